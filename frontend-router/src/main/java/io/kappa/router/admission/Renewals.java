package io.kappa.router.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * When a router asks for its lots anew: every quarter of its lease, and soon where there is a reason to. Reasons that come again and again
 * while answers change nothing are heeded less and less often. One request is under way at a time, unless it seems to be lost.
 *
 * <p>{@link #urge} is for any thread, the rest for one at a time.
 */
final class Renewals {
    private static final long LOST_AFTER = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LOST_AFTER_AT_MOST = TimeUnit.SECONDS.toNanos(1);
    private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long MOST = TimeUnit.MILLISECONDS.toNanos(160);

    private final AtomicBoolean urgent = new AtomicBoolean(true);
    private volatile long lease;
    private volatile long interval = LEAST;
    private volatile long lostAfter = LOST_AFTER;
    private long lastAsked;
    private boolean asked;

    /** @param lease in nanoseconds, until a grant says otherwise */
    Renewals(long lease) {
        this.lease = lease;
    }

    /** There is a reason to ask. @return whether there was none before */
    boolean urge() {
        return !urgent.get() && urgent.compareAndSet(false, true);
    }

    /** Somebody waits for what this router has to spare: the present reason is heeded as soon as a new one. */
    void hurry() {
        interval = LEAST;
    }

    /** How long it is until the next request is due, in nanoseconds; not above 0 where it is. */
    long dueIn(boolean answered, long now) {
        if (!asked) {
            return 0;
        }
        long wait = !answered ? lostAfter : urgent.get() ? interval : lease / 4;
        return lastAsked + wait - now;
    }

    /** A request is made. */
    void asking(long now) {
        if (urgent.getAndSet(false)) {
            interval = Math.min(2 * interval, MOST);
        } else {
            interval = LEAST;
        }
        if (asked) {
            lostAfter = Math.min(2 * lostAfter, LOST_AFTER_AT_MOST); // Until an answer comes.
        }
        asked = true;
        lastAsked = now;
    }

    /**
     * A request is answered.
     *
     * @param changed whether more or less is held than before
     * @param granted how long, in nanoseconds
     */
    void answered(boolean changed, long granted) {
        lease = granted;
        lostAfter = LOST_AFTER / 2; // The next request doubles it.
        if (changed) {
            interval = LEAST;
        }
    }
}
