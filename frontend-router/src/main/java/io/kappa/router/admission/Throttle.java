package io.kappa.router.admission;

/** Which limit was reached, in Lambda's words. */
enum Throttle {
    /** The account's, or what it leaves to functions without a reservation. */
    CONCURRENCY("ConcurrentInvocationLimitExceeded"),
    RESERVED_CONCURRENCY("ReservedFunctionConcurrentInvocationLimitExceeded"),
    /** Of requests per second, or of further execution environments. */
    RATE("FunctionInvocationRateLimitExceeded"),
    RESERVED_RATE("ReservedFunctionInvocationRateLimitExceeded");

    private final String reason;

    Throttle(String reason) {
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
