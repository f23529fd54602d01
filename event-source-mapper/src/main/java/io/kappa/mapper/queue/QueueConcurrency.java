package io.kappa.mapper.queue;

import java.time.Duration;
import java.time.Instant;

/**
 * How many batches of a queue may run at once. Lambda starts with five, adds up to 300 a minute while there is more to do, falls to two when
 * there is nothing, and backs off while the function fails or is throttled. By how much it backs off Lambda does not say: here by a quarter, at
 * most once a second, and nothing is added for five seconds.
 *
 * <p>Not thread-safe.
 */
final class QueueConcurrency {
    static final int MOST = 1250;
    static final int START = 5;
    static final int IDLE = 2;
    static final double ADDED_PER_SECOND = 300 / 60.0;
    static final Duration IDLE_AFTER = Duration.ofMinutes(1);
    static final Duration BETWEEN_CUTS = Duration.ofSeconds(1);
    static final Duration PAUSE_AFTER_CUT = Duration.ofSeconds(5);
    private static final double CUT = 0.75;

    private int maximum;
    private double limit;
    private Instant seen;
    private Instant busy;
    private Instant cut = Instant.MIN;

    /** @param maximum of this process, 1 at least */
    QueueConcurrency(int maximum, Instant now) {
        this.maximum = maximum;
        this.limit = Math.min(START, maximum);
        this.seen = now;
        this.busy = now;
    }

    int limit() {
        return (int) limit;
    }

    void changeMaximum(int changed) {
        maximum = changed;
        limit = Math.min(limit, maximum);
    }

    /**
     * Lets time pass.
     *
     * @param atWork whether batches run
     * @param wanting whether more of them would, had they leave to
     */
    void pass(Instant now, boolean atWork, boolean wanting) {
        var passed = Duration.between(seen, now);
        seen = now;
        if (passed.isNegative()) {
            busy = now; // The clock was set back.
            return;
        }
        if (atWork || wanting) {
            busy = now;
        } else if (Duration.between(busy, now).compareTo(IDLE_AFTER) >= 0) {
            limit = Math.min(limit, IDLE);
        }
        if (wanting && !now.isBefore(after(cut, PAUSE_AFTER_CUT))) {
            limit = Math.min(maximum, limit + ADDED_PER_SECOND * passed.toNanos() / 1e9);
        }
    }

    /** The function failed, or could not be run. */
    void backOff(Instant now) {
        if (!now.isBefore(after(cut, BETWEEN_CUTS))) {
            cut = now;
            limit = Math.max(Math.min(IDLE, maximum), limit * CUT);
        }
    }

    private static Instant after(Instant cut, Duration time) {
        return cut.equals(Instant.MIN) ? cut : cut.plus(time);
    }
}
