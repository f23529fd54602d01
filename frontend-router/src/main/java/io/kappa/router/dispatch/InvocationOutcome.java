package io.kappa.router.dispatch;

import io.kappa.router.refusal.ErrorCode;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** What became of an invocation. */
public sealed interface InvocationOutcome {

    /**
     * The function ran.
     *
     * @param functionError whether the payload tells of an error of the function rather than being its result
     * @param logTail base64, null where none was asked for
     */
    record Answered(
            boolean functionError, Buffer payload, @Nullable String logTail) implements InvocationOutcome {}

    /** The platform did not run it, or cannot tell what became of it. */
    record PlatformError(ErrorCode code, String message) implements InvocationOutcome {}
}
