package io.kappa.worker.environment;

import java.util.Comparator;

/**
 * What it is worth to keep an idle environment rather than have the memory: what it would cost to have it again, times how much it is
 * wanted, for each megabyte.
 *
 * <p>The demand for all idle environments fades at the same pace. So which of two is worth more does not change while they are idle, and the
 * logarithm of the worth can be compared as of one moment, which is the origin of the clock.
 *
 * @param ready whether a runtime waits in it. One that would have to start its runtime first saves next to nothing
 * @param logarithm to the base of two
 */
record Worth(boolean ready, double logarithm) implements Comparable<Worth> {
    private static final Comparator<Worth> ORDER =
            Comparator.comparing(Worth::ready).thenComparingDouble(Worth::logarithm);

    /** @param costNanos time that its start has taken, from asking for it until it was ready */
    static Worth of(boolean ready, long costNanos, Demand demand, int megabytes) {
        return new Worth(
                ready,
                log2((double) Math.max(1, costNanos))
                        + log2(demand.uses())
                        + (double) demand.atNanos() / Demand.HALF_LIFE_NANOS
                        - log2(megabytes));
    }

    private static double log2(double number) {
        return Math.log(number) / Math.log(2);
    }

    @Override
    public int compareTo(Worth other) {
        return ORDER.compare(this, other);
    }
}
