package io.kappa.standalone;

import java.time.Duration;
import java.time.Instant;

/** When this process began, by the operating system: the start of the JVM counts too for whoever waits for it. */
final class StartTime {
    static Duration elapsed() {
        var now = Instant.now();
        return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now);
    }

    private StartTime() {}
}
