package io.kappa.mapper.shard;

import java.time.Duration;

/** How long to wait before the next try: twice as long each time, up to a limit. Lambda publishes no figures for streams. */
public record Backoff(Duration first, Duration longest) {
    private static final int MOST_DOUBLINGS = 30;

    public Backoff {
        if (first.isNegative() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("not a back-off: from " + first + " to " + longest);
        }
    }

    /** The same wait each time. */
    public static Backoff constant(Duration wait) {
        return new Backoff(wait, wait);
    }

    /** @param failures so far, 1 at least */
    public long millis(int failures) {
        long doubled = first.toMillis() << Math.min(failures - 1, MOST_DOUBLINGS);
        return doubled < 0 ? longest.toMillis() : Math.min(doubled, longest.toMillis());
    }
}
