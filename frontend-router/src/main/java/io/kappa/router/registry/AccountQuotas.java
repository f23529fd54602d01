package io.kappa.router.registry;

import io.kappa.kit.settings.Settings;

/**
 * What an account is granted in one region. All routers of an installation must be told the same.
 *
 * @param concurrentExecutions invocations that may run at once
 */
public record AccountQuotas(int concurrentExecutions) {
    /** What AWS grants by default. */
    public static final AccountQuotas DEFAULTS = new AccountQuotas(1000);

    private static final int LEAST_UNRESERVED = 100;

    public static AccountQuotas from(Settings settings) {
        return new AccountQuotas(settings.integer(
                "router.account.concurrent-executions", DEFAULTS.concurrentExecutions(), 1, 1_000_000));
    }

    /** How many invocations reservations and what is provisioned must leave to all functions. Small accounts can reserve nothing but zero. */
    int leastUnreserved() {
        return Math.min(LEAST_UNRESERVED, concurrentExecutions);
    }

    /**
     * What all share that nothing is allocated to. None where the quota was lowered below what is allocated.
     *
     * @param allocated what is reserved for functions, or provisioned
     */
    public int unreserved(long allocated) {
        return (int) Math.max(0, concurrentExecutions - allocated);
    }
}
