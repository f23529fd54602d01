package io.kappa.deadletters.index;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One redrive in one partition: what it is to do, and how far it has come.
 *
 * @param finished when everything was handed over or it was cancelled; null while it runs
 * @param boundary offset of the last dead letter that existed when it started
 * @param matchedUpTo position up to which letters have been matched; null before the first
 * @param matching whether there may be more to match
 * @param handledUpTo position up to which matched letters have been handled; null before the first
 * @param due when the next may be sent
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Redrive(
        @JsonProperty("v") int formatVersion,
        String id,
        RedriveOrder order,
        State state,
        @Nullable Instant finished,
        long boundary,
        @Nullable String matchedUpTo,
        boolean matching,
        @Nullable String handledUpTo,
        Instant due,
        Progress progress) {

    /** Where a redrive stands. */
    public enum State {
        RUNNING,
        /** Everything that it matched was sent, skipped or could not be sent. Outcomes may still come. */
        COMPLETED,
        CANCELLED
    }

    static Redrive started(String id, RedriveOrder order, long boundary, Instant now) {
        return new Redrive(1, id, order, State.RUNNING, null, boundary, null, true, null, now, Progress.NONE);
    }

    public boolean running() {
        return state == State.RUNNING;
    }

    Pace pace() {
        return new Pace(order.ratePerSecond(), due);
    }

    Redrive matched(int letters, @Nullable String upTo, boolean more) {
        return new Redrive(
                formatVersion,
                id,
                order,
                state,
                finished,
                boundary,
                upTo,
                more,
                handledUpTo,
                due,
                progress.matchedMore(letters));
    }

    Redrive handled(@Nullable String upTo, Instant nextDue, Progress now) {
        return new Redrive(
                formatVersion, id, order, state, finished, boundary, matchedUpTo, matching, upTo, nextDue, now);
    }

    Redrive with(Progress now) {
        return handled(handledUpTo, due, now);
    }

    Redrive finished(State as, Instant now) {
        return new Redrive(
                formatVersion, id, order, as, now, boundary, matchedUpTo, matching, handledUpTo, due, progress);
    }

    /** The same redrive in two partitions, as one. */
    Redrive plus(Redrive other) {
        var open = running() || other.running();
        var end = finished == null || other.finished == null
                ? null
                : finished.isAfter(other.finished) ? finished : other.finished;
        return new Redrive(
                formatVersion,
                id,
                order,
                open ? State.RUNNING : state == State.CANCELLED ? state : other.state,
                end,
                boundary,
                matchedUpTo,
                matching || other.matching,
                handledUpTo,
                due,
                progress.plus(other.progress));
    }
}
