package io.kappa.asyncqueue.schedule;

/**
 * How many of one queue may run at once, learnt from what becomes of them, as TCP learns a line's capacity: grows by one with each success
 * until the first throttle, is halved by a throttle, and then grows by one with each full round of successes. Where even a single one is
 * throttled, starting pauses, twice as long each time, so that a function that may not run costs next to nothing.
 *
 * <p>Throttles of what was started before the last halving say nothing new and change nothing.
 */
final class ConcurrencyLimit {
    private static final double FIRST = 16;
    private static final long LEAST_PAUSE_MILLIS = 250;

    private final int most;
    private final long mostPause;
    private double limit;
    private boolean grownOnce;
    private int running;
    private long started;
    private long halvedAt;
    private int refusedInARow;
    private long pausedUntil;

    /** @param mostPause longest pause of a queue of which not even one may run, in milliseconds */
    ConcurrencyLimit(int most, long mostPause) {
        this.most = most;
        this.mostPause = mostPause;
        this.limit = Math.min(FIRST, most);
    }

    int running() {
        return running;
    }

    int limit() {
        return (int) limit;
    }

    /** Epoch milliseconds; in the past unless starting pauses. */
    long pausedUntil() {
        return pausedUntil;
    }

    boolean hasRoom() {
        return running < limit();
    }

    /** Counts one that starts. The number tells, when it ends, whether it had started before the last halving. */
    long start() {
        running++;
        return ++started;
    }

    void succeeded() {
        running--;
        refusedInARow = 0;
        limit = Math.min(most, limit + (grownOnce ? 1 / limit : 1));
    }

    /** It ended in a way that tells nothing of the capacity. */
    void ended() {
        running--;
    }

    /** @param number as {@link #start} gave it */
    void throttled(long number, long now) {
        running--;
        grownOnce = true;
        if (number <= halvedAt) {
            return;
        }
        halvedAt = started;
        if (limit() > 1) {
            limit = Math.max(1, limit / 2);
        } else if (running == 0) {
            pausedUntil = now + Math.min(mostPause, LEAST_PAUSE_MILLIS << Math.min(refusedInARow, 10));
            refusedInARow++;
        }
    }
}
