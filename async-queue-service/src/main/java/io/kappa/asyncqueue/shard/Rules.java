package io.kappa.asyncqueue.shard;

import io.kappa.kit.settings.Settings;
import java.time.Duration;
import java.util.List;

/**
 * How long to wait for what. The defaults are Lambda's; a demo or a test sets seconds.
 *
 * @param retryDelays before the second and the third run after function errors
 * @param leastBackoff after the first throttle or platform error; doubles with each that follows
 * @param mostBackoff longest wait after throttles and platform errors
 * @param mostMisses how many attempts in a row may find no such function until it counts as deleted; the router that accepted the event
 *     knew it, so another may just not have heard of it yet
 * @param deliveryTries how often a destination's topic is tried
 */
public record Rules(
        List<Duration> retryDelays, Duration leastBackoff, Duration mostBackoff, int mostMisses, int deliveryTries) {

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    public Rules {
        retryDelays = List.copyOf(retryDelays);
    }

    public static Rules from(Settings settings) {
        return new Rules(
                settings.durations(
                        "async-queue.retry-delays", List.of(Duration.ofSeconds(60), Duration.ofSeconds(120))),
                settings.duration("async-queue.backoff.least", Duration.ofSeconds(1)),
                settings.duration("async-queue.backoff.most", Duration.ofMinutes(5)),
                settings.integer("async-queue.missing-function-tries", 4, 1, 100),
                settings.integer("async-queue.delivery-tries", 6, 1, 100));
    }

    /** @param runs how often the function has run and failed, from 1 */
    long retryDelay(int runs) {
        return retryDelays.isEmpty()
                ? 0
                : retryDelays.get(Math.min(runs, retryDelays.size()) - 1).toMillis();
    }

    /** @param before how many waits in a row there have been already */
    long backoff(int before) {
        long least = Math.max(1, leastBackoff.toMillis());
        return before >= 40 ? mostBackoff.toMillis() : Math.min(mostBackoff.toMillis(), least << before);
    }

    /** Longest pause of a queue of which not even one may run: short enough to notice soon that it may again. */
    Duration mostPause() {
        return mostBackoff.compareTo(LONGEST_PAUSE) < 0 ? mostBackoff : LONGEST_PAUSE;
    }
}
