package io.kappa.router.admission.lots;

/**
 * What owner and holders must agree on. Times are nanoseconds of whatever monotonic clock the reader has; no two clocks are compared.
 *
 * @param lease how long a holder may admit from a lot, counted on its own clock from when it sent the request that the grant answers
 * @param driftPerMille how much faster or slower than true time any clock may run
 */
public record LotTerms(long lease, int driftPerMille) {

    public LotTerms {
        if (lease <= 0 || driftPerMille < 0 || driftPerMille >= 1000) {
            throw new IllegalArgumentException("no terms: " + lease + " ns, " + driftPerMille + " per mille");
        }
    }

    /**
     * How long the owner counts a lot after it has decided to grant it: until nothing that was admitted from it can run any more, even if
     * the holder's clock is as slow and the owner's as fast as a clock may be.
     */
    long countedFor(long longestRun) {
        return surely(lease + longestRun);
    }

    /** After how much of one's own time that much time has passed on every clock. */
    long surely(long time) {
        return Math.ceilDiv(time * (1000 + driftPerMille), 1000 - driftPerMille);
    }
}
