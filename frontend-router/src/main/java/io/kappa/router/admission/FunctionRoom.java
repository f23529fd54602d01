package io.kappa.router.admission;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What runs of one function, and from which pool it is taken: the function's own, or the one that is shared by all without a reservation.
 * The pool and the number are one value, so that whoever enters or leaves counts in the pool that the function has at that instant, and all
 * that runs changes pools at once.
 */
final class FunctionRoom {
    private static final long RESERVED = 1L << 32;

    private final AtomicInteger unreserved;
    private final AtomicLong state = new AtomicLong();
    private final RateLimit requests = new RateLimit(TimeUnit.SECONDS.toNanos(1));
    private final ScalingRate scaling = new ScalingRate();
    private volatile int reserved;

    /** @param unreserved what runs of all functions without a reservation */
    FunctionRoom(AtomicInteger unreserved) {
        this.unreserved = unreserved;
    }

    int running() {
        return running(state.get());
    }

    private static int running(long state) {
        return (int) state;
    }

    private static boolean isReserved(long state) {
        return state >= RESERVED;
    }

    boolean isReserved() {
        return isReserved(state.get());
    }

    int reserved() {
        return reserved;
    }

    RateLimit requests() {
        return requests;
    }

    ScalingRate scaling() {
        return scaling;
    }

    /**
     * Counts one more, where its pool has room.
     *
     * @return how many run now, or 0 where there is no room
     */
    int enter(int mostUnreserved) {
        while (true) {
            long before = state.get();
            if (isReserved(before)) {
                if (running(before) >= reserved) {
                    return 0;
                }
                if (state.compareAndSet(before, before + 1)) {
                    return running(before) + 1;
                }
            } else {
                if (!countUpTo(unreserved, mostUnreserved)) {
                    if (isReserved()) {
                        continue; // Since just now.
                    }
                    return 0;
                }
                if (state.compareAndSet(before, before + 1)) {
                    return running(before) + 1;
                }
                unreserved.decrementAndGet();
            }
        }
    }

    /** Adds one unless there are that many. */
    static boolean countUpTo(AtomicInteger count, int most) {
        while (true) {
            int before = count.get();
            if (before >= most) {
                return false;
            }
            if (count.compareAndSet(before, before + 1)) {
                return true;
            }
        }
    }

    void leave() {
        if (!isReserved(state.getAndDecrement())) {
            unreserved.decrementAndGet();
        }
    }

    /** From now on so many are reserved. One caller at a time. */
    void reserve(int executions) {
        reserved = executions;
        long before = state.get();
        while (!isReserved(before) && !state.compareAndSet(before, before + RESERVED)) {
            before = state.get();
        }
        if (!isReserved(before)) {
            unreserved.addAndGet(-running(before));
        }
    }

    /** From now on nothing is reserved. One caller at a time. */
    void release() {
        while (isReserved()) {
            long before = state.get();
            unreserved.addAndGet(running(before)); // First, so that the pool never seems to have more room than it has.
            if (!state.compareAndSet(before, before - RESERVED)) {
                unreserved.addAndGet(-running(before));
            }
        }
    }
}
