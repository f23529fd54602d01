package io.kappa.router.registry;

/** What AWS grants an account in one region, by default. */
public final class AccountQuotas {
    /** Invocations that may run at once. */
    public static final int CONCURRENT_EXECUTIONS = 1000;

    /** How many of them reservations must leave to all functions without one. */
    static final int LEAST_UNRESERVED = 100;

    private AccountQuotas() {}
}
