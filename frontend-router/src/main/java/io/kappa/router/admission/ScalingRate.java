package io.kappa.router.admission;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast a function may come to have more execution environments: 1000 in 10 seconds. The router does not see environments start, so it
 * goes by what it knows: each runs one invocation at a time, and one that has run is kept for a while. As many as ran at once lately are
 * there; one more is a further environment.
 */
final class ScalingRate {
    static final int ENVIRONMENTS = 1000;
    static final Duration PERIOD = Duration.ofSeconds(10);

    /** How long environments are counted on: this long at least and twice as long at most. As long as workers keep them by default. */
    static final Duration KEPT = Duration.ofMinutes(10);

    private final RateLimit starts = new RateLimit(PERIOD.toNanos());
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger mostBefore = new AtomicInteger();
    private final AtomicLong lap = new AtomicLong();

    /**
     * Whether there is an environment for one more invocation, or one may be started.
     *
     * @param running how many run with this one, through this router
     * @param part of the {@code whole} of the function's pool that this router holds: as much of the rate is its own
     * @param now as for {@link RateLimit#take}
     */
    boolean allows(int running, int part, int whole, long now) {
        turn(now / KEPT.toNanos());
        int here = most.get();
        if (running > here) {
            if (running > mostBefore.get() && !starts.take(ENVIRONMENTS, part, whole, now)) {
                return false;
            }
            most.accumulateAndGet(running, Math::max);
        }
        return true;
    }

    private void turn(long current) {
        long last = lap.get();
        if (current != last && lap.compareAndSet(last, current)) {
            int ended = most.getAndSet(0);
            mostBefore.set(current == last + 1 ? ended : 0);
        }
    }
}
