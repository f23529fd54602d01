package io.kappa.worker.environment;

import io.kappa.kit.settings.Settings;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * How many execution environments a node keeps, and for how long.
 *
 * @param memoryMegabytes that all environments together may have, counted by what their functions are configured for
 * @param idleTimeout after which an unused environment is retired
 */
public record EnvironmentPoolSettings(int memoryMegabytes, int maximumCount, Duration idleTimeout) {
    private static final long MEGABYTE = 1024 * 1024;

    public static EnvironmentPoolSettings from(Settings settings) {
        return new EnvironmentPoolSettings(
                settings.integer("worker.memory-megabytes", shareOfMachine()),
                settings.integer("worker.environment.maximum-count", 256),
                settings.duration("worker.environment.idle-timeout", Duration.ofMinutes(10)));
    }

    /** The same with other memory. */
    public EnvironmentPoolSettings withMemory(int megabytes) {
        return new EnvironmentPoolSettings(megabytes, maximumCount, idleTimeout);
    }

    /** Three quarters of the machine's memory (or of this process's cgroup): the rest is for the node, page cache and neighbours. */
    private static int shareOfMachine() {
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        return (int) Math.max(128, system.getTotalMemorySize() / MEGABYTE / 4 * 3);
    }
}
