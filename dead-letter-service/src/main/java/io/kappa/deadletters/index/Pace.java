package io.kappa.deadletters.index;

import java.time.Duration;
import java.time.Instant;

/**
 * How many may be sent by now at a rate: one when it is due, and what was missed of the last second at most. One time is all there is to
 * remember, so pausing, stopping and starting again never lead to a burst of more than a second's worth.
 */
record Pace(double perSecond, Instant due) {
    private static final Duration CATCHING_UP = Duration.ofSeconds(1);

    int allowed(Instant now, int most) {
        var next = next(now);
        if (next.isAfter(now)) {
            return 0;
        }
        double seconds = Duration.between(next, now).toNanos() / 1e9;
        return (int) Math.min(most, 1 + (long) (seconds * perSecond));
    }

    /** When the next is due after that many were sent now. */
    Instant after(int sent, Instant now) {
        return sent == 0 ? due : next(now).plusNanos((long) (sent * nanosEach()));
    }

    private Instant next(Instant now) {
        var earliest = now.minus(CATCHING_UP);
        var latest = now.plusNanos((long) nanosEach()); // Further away only where a clock was put back.
        return due.isBefore(earliest) ? earliest : due.isAfter(latest) ? latest : due;
    }

    private double nanosEach() {
        return 1e9 / perSecond;
    }
}
