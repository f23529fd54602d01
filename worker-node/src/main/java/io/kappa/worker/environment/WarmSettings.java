package io.kappa.worker.environment;

import io.kappa.kit.settings.Settings;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * How many runtimes are kept parked for functions to come.
 *
 * @param memoryMegabytes that all of them together may take, apart from what environments have; 0 keeps none
 * @param keep how long one of a kind is kept for certain after the last function that could have used it
 */
public record WarmSettings(int memoryMegabytes, Duration keep) {
    private static final long MEGABYTE = 1024 * 1024;

    public static WarmSettings from(Settings settings) {
        return new WarmSettings(
                settings.integer("worker.warm.memory-megabytes", shareOfMachine()),
                settings.duration("worker.warm.keep", Duration.ofHours(1)));
    }

    /** A thirty-second of the machine's memory, at most 512 MB: out of the quarter that environments leave. */
    private static int shareOfMachine() {
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        return (int) Math.min(512, system.getTotalMemorySize() / MEGABYTE / 32);
    }
}
