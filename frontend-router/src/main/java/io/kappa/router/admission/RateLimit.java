package io.kappa.router.admission;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A bucket that is refilled continuously and holds what one period brings: as many may come at once as in a period, and from then on
 * as they are refilled. What is not used beyond that is lost.
 *
 * <p>Kept as one number, the time at which the bucket is full again, so that any number of threads share it without a lock. It keeps its
 * meaning when the limit changes.
 */
final class RateLimit {
    private final long periodNanos;
    private final AtomicLong fullAt = new AtomicLong();

    RateLimit(long periodNanos) {
        this.periodNanos = periodNanos;
    }

    /**
     * Takes one, if there is one.
     *
     * @param perPeriod the limit as it is now; nothing is to be had of a limit of 0
     * @param now nanoseconds since some moment that never changes; not negative
     */
    boolean take(long perPeriod, long now) {
        return take(perPeriod, 1, 1, now);
    }

    /**
     * Takes one of a part of what there is. The parts of several routers are refilled as fast together as the whole is; each holds one at
     * least.
     *
     * @param perPeriod the limit of the whole as it is now
     * @param part of {@code whole}; nothing is to be had of a part of 0
     * @param now as above
     */
    boolean take(long perPeriod, int part, int whole, long now) {
        if (perPeriod <= 0 || part <= 0) {
            return false;
        }
        long each = Math.ceilDiv(
                periodNanos * whole, perPeriod * part); // Rounded against the caller, never against the limit.
        long most = each * Math.max(1, perPeriod * part / whole);
        while (true) {
            long before = fullAt.get();
            long after = Math.max(before, now) + each;
            if (after - now > most) {
                return false;
            }
            if (fullAt.compareAndSet(before, after)) {
                return true;
            }
        }
    }
}
