package io.kappa.worker.code;

import io.kappa.kit.settings.Settings;

/**
 * How much room the code of functions may take.
 *
 * @param maximumMegabytes of all unpacked packages together; those in use are kept even beyond it
 */
public record CodeCacheSettings(int maximumMegabytes) {
    public static CodeCacheSettings from(Settings settings) {
        return new CodeCacheSettings(settings.integer("worker.code.maximum-megabytes", 4096));
    }
}
