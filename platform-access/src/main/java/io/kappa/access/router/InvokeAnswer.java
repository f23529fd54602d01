package io.kappa.access.router;

/** What a router answered to an invocation, or that it did not. */
public sealed interface InvokeAnswer {

    /** The function ran to its end. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    record Succeeded(String executedVersion, byte[] response) implements InvokeAnswer {}

    /**
     * The function ran and failed: an exception, a timeout, an exit.
     *
     * @param error what the response says
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    record FunctionFailed(String executedVersion, ErrorPayload error, byte[] response) implements InvokeAnswer {}

    /**
     * The router did not run it, or cannot tell what became of it.
     *
     * @param errorType the API's name for what is wrong, or the status where it has none
     */
    record NotRun(Why why, int status, String errorType, ErrorPayload error) implements InvokeAnswer {}

    /** There was none: the router cannot be reached, the connection broke, or it took too long. */
    record NoAnswer(String message) implements InvokeAnswer {}

    /** Why a router did not run a function. */
    enum Why {
        /** A limit of concurrency was reached. */
        THROTTLED,
        /** The platform could not run it, or lost it. */
        PLATFORM_ERROR,
        /** There is no such function, version or alias. */
        TARGET_MISSING,
        /** The router would not run it today or tomorrow. */
        REFUSED;

        static Why of(int status) {
            return switch (status) {
                case 429 -> THROTTLED;
                case 404 -> TARGET_MISSING;
                // A function that is being changed, and one whose caller was too slow to send the event: later is
                // better.
                case 409, 408 -> PLATFORM_ERROR;
                default -> status >= 500 ? PLATFORM_ERROR : REFUSED;
            };
        }
    }
}
