package io.kappa.router.refusal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A refusal, thrown where it is known and turned into HTTP in one place. */
public final class LambdaApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final @Nullable String reason;

    public LambdaApiException(ErrorCode code, String message) {
        this(code, message, null);
    }

    private LambdaApiException(ErrorCode code, String message, @Nullable String reason) {
        super(message, null, false, false); // A refusal is an answer: nobody reads its stack trace.
        this.code = code;
        this.reason = reason;
    }

    /** @param reason which limit was reached, in Lambda's words, such as {@code CallerRateLimitExceeded} */
    public static LambdaApiException throttled(String reason) {
        return new LambdaApiException(ErrorCode.TOO_MANY_REQUESTS, "Rate Exceeded.", reason);
    }

    public ErrorCode code() {
        return code;
    }

    /** As {@link #getMessage()}, never null. */
    public String message() {
        return Objects.requireNonNull(getMessage());
    }

    /** What the answer gives as {@code Reason}: set for throttles alone. */
    public @Nullable String reason() {
        return reason;
    }
}
