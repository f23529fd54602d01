package io.kappa.router.dispatch;

import io.kappa.router.admission.lots.Drift;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What this router knows of one worker's clock, and the translation of its own times into it. Never is a translated time later than the
 * time that was meant, whatever the clocks' rates are within what is assumed of them; it may be earlier, and then the worker refuses more
 * than it would have to.
 *
 * <pre>
 *   worker   ────── W ────────────────────── W + x ──────────▶   read W, must not begin from W + x on
 *                    ╲                          ≤ in truth
 *   router   ─────────── H ─────────────────────── D ────────▶   heard of W at H, means D
 * </pre>
 *
 * The worker read W before the router heard of it at H, so the truth at W is no later than at H, and it is enough that x takes no longer on
 * the worker's clock than D − H does on the router's. A router's clock that is as fast as may be shows D − H after (D − H) / (1 + d) of true
 * time. A worker's that is as slow as may be needs x / (1 − d) of true time to go on by x. So x = (D − H) · (1 − d) / (1 + d) will do.
 *
 * <p>How long the reading was under way, and how old it is, only makes the translation earlier: by the way and by 2 % of the age. Of all
 * readings of one life of the worker the one is kept that translates to the latest times. A worker that has come back has another clock;
 * what was translated for the one before it refuses.
 *
 * <p>Times of the router are of {@link System#nanoTime}. Any thread may call.
 */
final class WorkerClock {
    /** A reading that is older loses too much; it costs a round trip to have another. */
    private static final long OLD_NANOS = 30_000_000_000L;

    private final AtomicReference<@Nullable Reading> best = new AtomicReference<>();

    private record Reading(String life, long worker, long heardAt) {
        long at(long time) {
            return worker + Drift.ASSUMED.atLeast(time - heardAt);
        }

        /** Whether it makes for later translations than the other, or for the only ones that are worth anything. */
        boolean isBetterThan(@Nullable Reading other) {
            return other == null || !life.equals(other.life) || worker > other.at(heardAt);
        }
    }

    /**
     * Takes in a reading.
     *
     * @param header as the worker gave it; what cannot be read is passed over
     * @param heardAt a time at which, or after which, it was received
     */
    void hear(@Nullable String header, long heardAt) {
        int end = header == null ? -1 : header.lastIndexOf(':');
        if (header == null || end < 0) {
            return;
        }
        try {
            var reading = new Reading(
                    header.substring(0, end), Long.parseLong(header, end + 1, header.length(), 10), heardAt);
            var before = best.get();
            while (reading.isBetterThan(before) && !best.compareAndSet(before, reading)) {
                before = best.get();
            }
        } catch (NumberFormatException e) {
            // Not a worker of this release. It will not understand what it is told either.
        }
    }

    /** Whether times can be translated well enough. */
    boolean isKnown(long now) {
        var reading = best.get();
        return reading != null && now - reading.heardAt() < OLD_NANOS;
    }

    /** As the worker is told, or null where nothing is known of its clock. */
    @Nullable
    String translate(long time) {
        var reading = best.get();
        return reading == null ? null : reading.life() + ':' + reading.at(time);
    }
}
