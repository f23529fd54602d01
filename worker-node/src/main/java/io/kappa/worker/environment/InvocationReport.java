package io.kappa.worker.environment;

/**
 * What one invocation has used. Times are kept in hundredths of a millisecond, as they are shown, so that the billed time follows from the
 * lines that users see.
 *
 * @param init of the cold start that this invocation caused; 0 where there was none
 * @param failedInit spent on an init that failed before the invocation began: billed, not shown
 * @param restore of the environment from a snapshot, which this invocation caused; 0 where there was none. Billed by itself
 */
record InvocationReport(
        String requestId,
        long duration,
        long init,
        long failedInit,
        long restore,
        int memoryMegabytes,
        int maxMemoryUsedMegabytes,
        EndStatus status) {

    /** Each millisecond that was begun, at least one. */
    long billedMillis() {
        return Math.max(1, Math.ceilDiv(duration + init + failedInit, 100));
    }

    long billedRestoreMillis() {
        return Math.ceilDiv(restore, 100);
    }

    static long micros(long hundredths) {
        return hundredths * 10;
    }

    static long hundredths(long nanos) {
        return (nanos + 5_000) / 10_000;
    }
}
