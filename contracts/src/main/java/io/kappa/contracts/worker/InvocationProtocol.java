package io.kappa.contracts.worker;

/**
 * The HTTP exchange by which a router has a worker run one invocation: {@code POST} {@link #PATH} with the payload as body.
 *
 * <p>Answers: 200 with the function's bytes, {@link #OUTCOME} telling whether they are a result or an error payload; 503 with
 * {@link #REFUSAL} where the invocation did not start and another worker may be tried; any other status, or a broken connection, is a
 * platform error and the invocation may have run.
 *
 * <p>Where a router asks for it, and the function makes its result bit by bit, the answer is 200 with {@link #OUTCOME_STREAM} and goes out as
 * it is made. How that ended is told by trailers: {@link #OUTCOME} with one of the other two values, {@link #ERROR} and {@link #LOG_TAIL}. A
 * body that ends without them is a broken one.
 */
public final class InvocationProtocol {
    public static final String PATH = "/invocations";
    /** {@code GET}: 204 with {@link #CLOCK}, and nothing else. For a router that has no late enough reading of the worker's clock. */
    public static final String CLOCK_PATH = "/clock";

    // Request headers.
    public static final String REQUEST_ID = "Kappa-Request-Id";
    /** The version to run: its qualified ARN, ending in {@code :$LATEST} or a number. */
    public static final String VERSION = "Kappa-Version";
    /** Least {@code Deployment.generation} to run; the worker waits for its own view of the registry to hold it. */
    public static final String GENERATION = "Kappa-Generation";
    /** The ARN as the caller gave it, alias or version kept. */
    public static final String INVOKED_ARN = "Kappa-Invoked-Arn";
    /** JSON of the client context, escaped to ASCII. Absent where there is none. */
    public static final String CLIENT_CONTEXT = "Kappa-Client-Context";
    /** {@code X-Amzn-Trace-Id} for the function. */
    public static final String TRACE_ID = "Kappa-Trace-Id";
    /** Present and {@code Tail} where the last 4 KB of the log are wanted. */
    public static final String LOG_TYPE = "Kappa-Log-Type";
    /**
     * {@code LIFE:NANOS}: from that time of the worker's clock on it must not begin the invocation, and in no other of its lives. Absent for
     * a caller to whom it does not matter when.
     */
    public static final String START_BEFORE = "Kappa-Start-Before";

    /** Present and {@link #STREAMED} where the router takes a result while it is being made. */
    public static final String ANSWER_MODE = "Kappa-Answer-Mode";

    public static final String STREAMED = "streamed";

    // Response headers.
    /**
     * {@code LIFE:NANOS}: what the worker's clock showed after the request had been sent and before the answer was received. In every answer.
     * The clock is monotonic and starts anew with each life of the worker.
     */
    public static final String CLOCK = "Kappa-Clock";

    public static final String OUTCOME = "Kappa-Outcome";
    /** Value of {@link #OUTCOME}: the body is what the handler returned. */
    public static final String OUTCOME_RESULT = "result";
    /** Value of {@link #OUTCOME}: the body is an error payload as Lambda writes it. */
    public static final String OUTCOME_FUNCTION_ERROR = "function-error";
    /** Value of {@link #OUTCOME} in the head of an answer: the body is a result in the making, of the {@code Content-Type} that the runtime gave. */
    public static final String OUTCOME_STREAM = "stream";
    /** Trailer: base64 of the error payload that ends a stream. */
    public static final String ERROR = "Kappa-Error";
    /** Base64 of the last 4096 bytes of this invocation's log. */
    public static final String LOG_TAIL = "Kappa-Log-Tail";
    /** Why the invocation did not start: the wire name of a {@link Refusal}. */
    public static final String REFUSAL = "Kappa-Refusal";

    /** Why a worker did not start an invocation. */
    public enum Refusal {
        /** No memory for one more environment, and none that could be retired. */
        FULL,
        DRAINING,
        /** The worker's view of the registry did not come to hold the version in time. */
        VERSION_UNKNOWN,
        /** The package could not be read or unpacked. */
        CODE_UNAVAILABLE,
        /** The container image could not be got or unpacked. */
        IMAGE_UNAVAILABLE,
        /** The machine lacks the runtime. */
        RUNTIME_UNAVAILABLE,
        /** The key that the function's environment variables were encrypted under is not held here. */
        KEY_NOT_FOUND,
        /** The function's environment variables cannot be decrypted with the key that they name. */
        KEY_INVALID,
        /** It could have begun only at {@link #START_BEFORE} or later, or was meant for another life of the worker. */
        TOO_LATE,
        /** The environment was restored from a snapshot, and the function's hooks took too long. */
        RESTORE_TIMED_OUT
    }

    private InvocationProtocol() {}
}
