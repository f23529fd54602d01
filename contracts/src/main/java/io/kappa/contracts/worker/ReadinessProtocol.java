package io.kappa.contracts.worker;

/**
 * The HTTP exchange by which a router has a worker start environments of a version before there are invocations for them: {@code POST}
 * {@link #PATH} without a body, with {@link InvocationProtocol#VERSION}, {@link InvocationProtocol#GENERATION} and {@link #COUNT}. A hint:
 * the worker starts as many as it has memory to spare for, and nothing has to go for them.
 *
 * <p>Answers: 200 with {@link #COUNT}; 503 with {@link InvocationProtocol#REFUSAL} where the worker does not know the version yet; 400 where a header is missing or makes no sense.
 */
public final class ReadinessProtocol {
    public static final String PATH = "/environments";

    /** In a request, how many environments of the version are to live or start, from 1; in an answer, how many do. */
    public static final String COUNT = "Kappa-Count";

    private ReadinessProtocol() {}
}
