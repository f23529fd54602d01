package io.kappa.worker.environment;

import io.kappa.kit.settings.Settings;
import java.time.Duration;

/**
 * How long the phases of an environment's life may take.
 *
 * @param initTimeout of the init phase; Lambda allows ten seconds
 * @param restoreTimeout of the restore phase of functions with snapshots; Lambda allows ten seconds
 * @param freezeAfter how long an idle environment keeps the CPU, so that an invocation that comes soon finds it awake
 */
public record EnvironmentSettings(Duration initTimeout, Duration restoreTimeout, Duration freezeAfter) {
    EnvironmentSettings(Duration initTimeout, Duration freezeAfter) {
        this(initTimeout, Duration.ofSeconds(10), freezeAfter);
    }

    public static EnvironmentSettings from(Settings settings) {
        return new EnvironmentSettings(
                settings.duration("worker.environment.init-timeout", Duration.ofSeconds(10)),
                settings.duration("worker.environment.restore-timeout", Duration.ofSeconds(10)),
                settings.duration("worker.environment.freeze-after", Duration.ofMillis(50)));
    }
}
