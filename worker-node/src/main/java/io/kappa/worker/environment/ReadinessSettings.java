package io.kappa.worker.environment;

import io.kappa.kit.settings.Settings;

/**
 * How much is started before there are invocations for it.
 *
 * @param memoryMegabytes that environments may have which were started ahead and not used yet; 0 starts none
 */
public record ReadinessSettings(int memoryMegabytes) {

    /** @param allMegabytes of all environments: a quarter, unless told otherwise */
    public static ReadinessSettings from(Settings settings, int allMegabytes) {
        return new ReadinessSettings(
                settings.integer("worker.readiness.memory-megabytes", allMegabytes / 4, 0, Integer.MAX_VALUE));
    }
}
