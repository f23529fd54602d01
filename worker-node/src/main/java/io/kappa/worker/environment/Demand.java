package io.kappa.worker.environment;

/**
 * How much an environment has been used, with what lies back longer counting less: a use counts half after five minutes, a quarter after ten.
 *
 * @param uses as they count at that moment
 * @param atNanos of the last one
 */
record Demand(double uses, long atNanos) {
    static final long HALF_LIFE_NANOS = 300_000_000_000L;

    /** One use, just now. */
    static Demand first(long now) {
        return new Demand(1, now);
    }

    Demand usedAgain(long now) {
        return new Demand(1 + uses * Math.pow(0.5, (double) (now - atNanos) / HALF_LIFE_NANOS), now);
    }
}
