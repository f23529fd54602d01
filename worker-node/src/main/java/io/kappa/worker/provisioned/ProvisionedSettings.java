package io.kappa.worker.provisioned;

import io.kappa.kit.settings.Settings;

/**
 * How a worker comes to the environments that provisioned concurrency asks for.
 *
 * @param startsAtOnce how many of them may be starting at any moment: their inits take CPU from invocations
 */
public record ProvisionedSettings(int startsAtOnce) {
    public static ProvisionedSettings from(Settings settings) {
        return new ProvisionedSettings(settings.integer(
                "worker.provisioned.starts-at-once", 2 * Runtime.getRuntime().availableProcessors(), 1, 1000));
    }
}
