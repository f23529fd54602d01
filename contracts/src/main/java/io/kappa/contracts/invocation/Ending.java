package io.kappa.contracts.invocation;

/** How an accepted event ended. Every one ends exactly once, in exactly one of these ways. */
public enum Ending {
    /** An attempt succeeded. */
    SUCCEEDED(false),
    /** The function failed as often as it was allowed to. */
    RETRIES_EXHAUSTED(true),
    /** It became, or would have become before its next attempt, older than allowed. */
    EVENT_AGE_EXCEEDED(true),
    /** The function's reserved concurrency is zero. */
    ZERO_RESERVED_CONCURRENCY(true),
    /** There is no such function, version or alias, and has not been for a while. */
    FUNCTION_NOT_FOUND(true),
    /** The router refuses to run it, and would again: a payload that is no JSON, for one. */
    REFUSED(true),
    /** The record on the topic is not an event. */
    MALFORMED(true),
    /** The record was gone from the topic before the event ended. */
    PAYLOAD_LOST(true),
    /** An event of the same request id was waiting already. */
    DUPLICATE(false),
    /** An operator took it out of the queue. */
    CANCELLED(false);

    private final boolean deadLetter;

    Ending(boolean deadLetter) {
        this.deadLetter = deadLetter;
    }

    /** Whether the event failed for good, and so becomes a dead letter. */
    public boolean isFailure() {
        return deadLetter;
    }
}
