package io.kappa.worker.environment;

/**
 * An invocation that has begun in an environment.
 *
 * @param startedNanos by the loop's clock for measuring
 * @param deadlineMillis when the function's timeout hits, in epoch milliseconds
 * @param initNanos of the init phase before it, where it is the first to profit; else 0
 * @param failedInitNanos of an init phase before it that failed; else 0
 * @param restoreNanos of the restore phase before it, where it is the first to profit; else 0
 */
record RunningInvocation(
        Assignment assignment,
        long startedNanos,
        long deadlineMillis,
        long initNanos,
        long failedInitNanos,
        long restoreNanos) {

    /** An invocation and who waits for its outcome. */
    record Assignment(Invocation invocation, InvocationOutcome.Answer answer) {}

    Invocation invocation() {
        return assignment.invocation();
    }

    String requestId() {
        return assignment.invocation().requestId();
    }
}
