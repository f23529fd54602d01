package io.kappa.worker.sandbox;

import java.util.List;

/**
 * The most memory that the processes of a sandbox were seen to use: the sum of what the kernel says is the peak of each. Looks at most
 * every 100 ms, because looking costs as much as a short invocation.
 */
final class MemoryPeak {
    private static final long INTERVAL_NANOS = 100_000_000;

    private long peak;
    private long lookedAt = System.nanoTime() - INTERVAL_NANOS;

    synchronized long of(List<Integer> pids) {
        long now = System.nanoTime();
        if (now - lookedAt >= INTERVAL_NANOS && !pids.isEmpty()) {
            lookedAt = now;
            peak = Math.max(peak, pids.stream().mapToLong(ProcFiles::memoryPeak).sum());
        }
        return peak;
    }
}
