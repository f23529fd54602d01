package io.kappa.router.logs;

import io.kappa.kit.settings.Settings;

/**
 * How a router finds lines of functions again.
 *
 * @param readers how many read the log topic at once, for all callers together
 * @param mostStreams log streams that are known; past it, those are forgotten whose last line is the oldest
 */
public record LogsSettings(int readers, int mostStreams) {

    public static LogsSettings from(Settings settings) {
        return new LogsSettings(
                settings.integer("router.logs.readers", 4, 1, 64),
                settings.integer("router.logs.most-streams", 100_000, 10, 10_000_000));
    }
}
