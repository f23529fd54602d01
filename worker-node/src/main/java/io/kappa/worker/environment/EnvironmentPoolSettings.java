package io.kappa.worker.environment;

import io.kappa.kit.settings.Settings;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * How many execution environments a node keeps, and for how long.
 *
 * @param memoryMegabytes that all environments together may have, counted by what their functions are configured for
 * @param idleTimeout after which an unused environment is retired
 * @param maximumLife after which an environment is retired when it is idle; some go up to a fifth earlier, so that not all go at once
 * @param pressure from which on idle environments are retired because the machine itself runs short of memory
 */
public record EnvironmentPoolSettings(
        int memoryMegabytes,
        int maximumCount,
        Duration idleTimeout,
        Duration maximumLife,
        MemoryPressureSettings pressure) {
    private static final long MEGABYTE = 1024 * 1024;

    public static EnvironmentPoolSettings from(Settings settings) {
        int machine = machineMegabytes();
        return new EnvironmentPoolSettings(
                // The rest is for the node, page cache and neighbours.
                settings.integer("worker.memory-megabytes", Math.max(128, machine / 4 * 3)),
                settings.integer("worker.environment.maximum-count", 256),
                settings.duration("worker.environment.idle-timeout", Duration.ofMinutes(10)),
                settings.duration("worker.environment.maximum-life", Duration.ofHours(2)),
                MemoryPressureSettings.from(settings, machine));
    }

    /** The same with other memory. */
    public EnvironmentPoolSettings withMemory(int megabytes) {
        return new EnvironmentPoolSettings(megabytes, maximumCount, idleTimeout, maximumLife, pressure);
    }

    /** Memory of the machine, or of this process's cgroup. */
    private static int machineMegabytes() {
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        return (int) (system.getTotalMemorySize() / MEGABYTE);
    }
}
