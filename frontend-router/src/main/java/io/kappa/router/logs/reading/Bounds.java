package io.kappa.router.logs.reading;

import java.time.Duration;

/**
 * Where one read stops, whatever there is: the answer says how to go on.
 *
 * @param lines most of an answer
 * @param size most of an answer, as {@link LogLine#size} counts
 * @param scanned most bytes of records that are looked at
 * @param time after which no more are looked at
 */
public record Bounds(int lines, int size, long scanned, Duration time) {
    private static final int MOST_SIZE = 1024 * 1024;
    private static final long MOST_SCANNED = 32L * 1024 * 1024;
    private static final Duration MOST_TIME = Duration.ofSeconds(3);

    /** As CloudWatch Logs bounds answers, and what a reader can look at in a moment. */
    public static Bounds of(int lines) {
        return new Bounds(lines, MOST_SIZE, MOST_SCANNED, MOST_TIME);
    }
}
