package io.kappa.router.admission;

import io.kappa.kit.settings.Settings;
import java.time.Duration;

/**
 * How routers share an account's limits.
 *
 * @param lease how long a router goes by what it was granted; of the router that is the owner it holds for all. After a crash of a router, what
 *     it held is missing for that long and for as long as a function may run
 * @param patience how long an invocation waits for the owner's answer, where this router has nothing left for it and others may
 */
public record AdmissionSettings(Duration lease, Duration patience) {
    public static final AdmissionSettings DEFAULTS =
            new AdmissionSettings(Duration.ofSeconds(15), Duration.ofSeconds(1));

    public static AdmissionSettings from(Settings settings) {
        return new AdmissionSettings(
                settings.duration("router.admission.lease", DEFAULTS.lease()),
                settings.duration("router.admission.patience", DEFAULTS.patience()));
    }
}
