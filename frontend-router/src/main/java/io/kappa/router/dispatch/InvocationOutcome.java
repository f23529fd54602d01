package io.kappa.router.dispatch;

import io.kappa.router.refusal.ErrorCode;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** What became of an invocation. */
public sealed interface InvocationOutcome {

    /**
     * The function ran. Of a result that was taken in parts, the payload holds nothing more.
     *
     * @param functionError whether the payload tells of an error of the function rather than being its result
     * @param logTail base64, null where none was asked for
     */
    record Answered(
            boolean functionError, Buffer payload, @Nullable String logTail) implements InvocationOutcome {}

    /** The platform did not run it. */
    record PlatformError(ErrorCode code, String message) implements InvocationOutcome {}

    /** It was handed to a worker, and nobody can tell what became of it. It may run still. */
    record Lost(String why) implements InvocationOutcome {
        /** For the caller. */
        public String message() {
            return "The invocation was lost on its worker node: " + why + ". It may have run.";
        }
    }
}
