package io.kappa.worker.sandbox;

import java.util.List;
import java.util.function.Supplier;

/**
 * The most memory that the processes of a sandbox were seen to use: the sum of what the kernel says is the peak of each. Looks at most
 * every 100 ms, because looking costs as much as a short invocation. Process 1 of a container is the platform's and does not count.
 */
final class MemoryPeak {
    private static final long INTERVAL_NANOS = 100_000_000;

    private long peak;
    private long lookedAt = System.nanoTime() - INTERVAL_NANOS;

    synchronized long of(Supplier<List<Integer>> processes) {
        long now = System.nanoTime();
        if (now - lookedAt >= INTERVAL_NANOS) {
            lookedAt = now;
            peak = Math.max(
                    peak,
                    processes.get().stream()
                            .flatMap(pid -> ProcFiles.status(pid).stream())
                            .filter(status -> status.innerPid() != 1)
                            .mapToLong(ProcFiles.Status::memoryPeak)
                            .sum());
        }
        return peak;
    }
}
