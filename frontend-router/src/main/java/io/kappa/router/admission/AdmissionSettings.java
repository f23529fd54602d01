package io.kappa.router.admission;

import io.kappa.kit.settings.Settings;
import java.time.Duration;

/**
 * How routers share an account's limits.
 *
 * @param lease how long a router goes by what it was granted; of the router that is the owner it holds for all. After a crash of a router, what
 *     it held is missing for that long and for as long as a function may run
 * @param patience how long an invocation waits for the owner's answer, where this router has nothing left for it and others may
 * @param alone whether this is the only router, and whatever ran for earlier lives of it has ended by now: then nothing is missing after a crash.
 *     True only where router and workers are one process
 */
public record AdmissionSettings(Duration lease, Duration patience, boolean alone) {
    public static final AdmissionSettings DEFAULTS =
            new AdmissionSettings(Duration.ofSeconds(15), Duration.ofSeconds(1), false);

    public static AdmissionSettings from(Settings settings) {
        return new AdmissionSettings(
                settings.duration("router.admission.lease", DEFAULTS.lease()),
                settings.duration("router.admission.patience", DEFAULTS.patience()),
                false);
    }

    public AdmissionSettings whereAlone() {
        return new AdmissionSettings(lease, patience, true);
    }
}
