package io.kappa.mapper.invoke;

/** What one call of a function came to. */
public sealed interface InvokeOutcome {

    /** The function ran to its end. Whether it is content with every record, its answer says. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    record Answered(String executedVersion, byte[] response) implements InvokeOutcome {}

    /** The function ran and failed: an exception, a timeout, an exit. */
    record FunctionFailed(String executedVersion, String errorType, String errorMessage) implements InvokeOutcome {}

    /** It did not run, or nobody can tell. Uses up no attempt. */
    record NotRun(Why why, String message) implements InvokeOutcome {}

    /** Why a function was not run. */
    enum Why {
        /** A limit of concurrency was reached. */
        THROTTLED,
        /** The platform could not run it, or lost it, or gave no answer. */
        PLATFORM_ERROR,
        /** There is no such function, version or alias. */
        TARGET_MISSING,
        /** The router would not run it today or tomorrow. */
        REFUSED,
        /** It would have been one run too many in a chain of invocations that leads back to the function. */
        LOOP
    }
}
