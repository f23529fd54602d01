package io.kappa.router.admission.lots;

import java.util.Map;

/**
 * How many invocations of an account may run at once, in all and by pool. The pools may come to more than the account has only where its
 * limit was lowered below what is reserved; the account's limit holds even then.
 */
public record PoolLimits(int account, Map<Pool, Integer> pools) {

    public PoolLimits {
        pools = Map.copyOf(pools);
    }

    /** 0 for a pool that there is not, or is no more. */
    public int of(Pool pool) {
        return pools.getOrDefault(pool, 0);
    }
}
