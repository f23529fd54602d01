package io.kappa.router.admission.lots;

/**
 * What an owner grants lots on. Times are nanoseconds of whatever monotonic clock the reader has; no two clocks are compared.
 *
 * @param lease how long a holder may admit from a lot, counted on its own clock from when it sent the request that the grant answers
 */
public record LotTerms(long lease, Drift drift) {

    public LotTerms {
        if (lease <= 0) {
            throw new IllegalArgumentException("no lease: " + lease + " ns");
        }
    }

    /**
     * How long the owner counts a lot after it has decided to grant it: until nothing that was admitted from it can run any more, even if
     * the holder's clock is as slow and the owner's as fast as a clock may be.
     */
    long countedFor(long longestRun) {
        return drift.surely(lease + longestRun);
    }
}
