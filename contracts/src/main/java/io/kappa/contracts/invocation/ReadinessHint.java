package io.kappa.contracts.invocation;

/**
 * How whoever sees a backlog tells a router of it, so that execution environments start before their invocations come: {@code POST}
 * {@link #PATH} with the function's name or ARN behind it and {@link #CONCURRENCY} in the query, beside {@code Qualifier} where there is one.
 * Answered with 202 as soon as it is understood, and with an error of the Lambda API otherwise. Nothing depends on it.
 */
public final class ReadinessHint {
    /** Below nothing that Lambda has. */
    public static final String PATH = "/kappa/readiness/functions/";

    /** How many invocations could run at once, those that do included; from 1. */
    public static final String CONCURRENCY = "Concurrency";

    private ReadinessHint() {}
}
