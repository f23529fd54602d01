package io.kappa.worker.environment;

import io.kappa.kit.settings.Settings;

/**
 * When the machine counts as short of memory, whatever its environments are configured for.
 *
 * @param availableMegabytes less than this being available, it is; 0 where that is never to count
 * @param stallPercent of the last ten seconds that some process has waited for memory. That much, it is, once less than four times {@code
 *     availableMegabytes} is available: a function that is at its own limit waits as well, on a machine with plenty
 */
public record MemoryPressureSettings(int availableMegabytes, int stallPercent) {
    private static final int EARLIER = 4;

    static MemoryPressureSettings from(Settings settings, int machineMegabytes) {
        return new MemoryPressureSettings(
                settings.integer(
                        "worker.memory-pressure.available-megabytes",
                        Math.clamp(machineMegabytes / 32, 64, 1024),
                        0,
                        Integer.MAX_VALUE),
                settings.integer("worker.memory-pressure.stall-percent", 10, 1, 100));
    }

    boolean isHigh(MachineMemory.Reading reading) {
        long available = reading.availableMegabytes();
        return available < availableMegabytes
                || (available < (long) EARLIER * availableMegabytes && reading.stalledPercent() >= stallPercent);
    }
}
