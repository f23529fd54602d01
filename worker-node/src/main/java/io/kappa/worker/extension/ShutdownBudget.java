package io.kappa.worker.extension;

import java.time.Duration;

/**
 * How long the end of an environment's processes may take.
 *
 * @param runtime from SIGTERM for the runtime process until its SIGKILL; zero where it gets no SIGTERM
 * @param whole from the beginning until SIGKILL for all
 */
public record ShutdownBudget(Duration runtime, Duration whole) {
    private static final ShutdownBudget NONE = new ShutdownBudget(Duration.ZERO, Duration.ZERO);
    private static final ShutdownBudget INTERNAL = new ShutdownBudget(Duration.ofMillis(500), Duration.ofMillis(500));
    private static final ShutdownBudget EXTERNAL = new ShutdownBudget(Duration.ofMillis(300), Duration.ofSeconds(2));

    public static ShutdownBudget of(ExtensionRoster roster) {
        if (roster.isEmpty()) {
            return NONE;
        }
        return roster.hasExternal() ? EXTERNAL : INTERNAL;
    }
}
