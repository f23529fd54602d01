package io.kappa.worker.environment;

import java.util.concurrent.TimeUnit;

/**
 * Most memory that an environment has used, in whole megabytes. Asking the kernel costs more than the rest of a report, so it is asked at
 * most ten times a second; between, the figure of before stands.
 */
final class MemoryGauge {
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long MEGABYTE = 1024 * 1024;

    private final RuntimeProcess process;
    private boolean asked;
    private long askedAt;
    private int megabytes;

    MemoryGauge(RuntimeProcess process) {
        this.process = process;
    }

    int megabytes(long now) {
        if (!asked || now - askedAt >= EVERY_NANOS) {
            asked = true;
            askedAt = now;
            megabytes = Math.max(megabytes, (int) Math.ceilDiv(process.memoryPeakBytes(), MEGABYTE));
        }
        return megabytes;
    }
}
