package io.kappa.router.refusal;

/** A refusal, thrown where it is known and turned into HTTP in one place. */
public final class LambdaApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public LambdaApiException(ErrorCode code, String message) {
        super(message, null, false, false); // A refusal is an answer: nobody reads its stack trace.
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    /** As {@link #getMessage()}, never null. */
    public String message() {
        return java.util.Objects.requireNonNull(getMessage());
    }
}
