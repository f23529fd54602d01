package io.kappa.asyncqueue.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.deadletter.RedriveReference;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * An accepted event that has not ended. Small: its payload stays where it was accepted. Times are epoch milliseconds, because a million of
 * these are read at a start.
 *
 * @param source topic in which it was accepted, at {@code offset} of the shard's partition
 * @param accepted its age counts from here
 * @param due when the next attempt may start
 * @param runs how often the function ran
 * @param tries how many attempts have come to something, runs and others alike; tells late outcomes from the one that is awaited
 * @param delays attempts in a row that were throttled or lost: they lengthen the next wait
 * @param misses attempts in a row that found no such function
 * @param last null until an attempt has come to something
 * @param redrive which redrive sent it, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PendingEvent(
        @JsonProperty("v") int formatVersion,
        RequestId requestId,
        InvocationTarget target,
        Source source,
        int partition,
        long offset,
        long accepted,
        long due,
        int runs,
        int tries,
        int delays,
        int misses,
        @Nullable LastOutcome last,
        @Nullable RedriveReference redrive) {

    /** One that has just been accepted. */
    public static PendingEvent accepted(
            RequestId requestId,
            InvocationTarget target,
            Position position,
            long accepted,
            @Nullable RedriveReference redrive) {
        return new PendingEvent(
                1,
                requestId,
                target,
                position.source(),
                position.partition(),
                position.offset(),
                accepted,
                accepted,
                0,
                0,
                0,
                0,
                null,
                redrive);
    }

    public Position position() {
        return new Position(source, partition, offset);
    }

    /** The function has run once more. */
    public PendingEvent ran(LastOutcome outcome) {
        return with(due, runs + 1, tries + 1, 0, 0, outcome);
    }

    /** An attempt was throttled or lost. What the function said when it ran is worth more than that, and stays. */
    public PendingEvent delayed(LastOutcome outcome) {
        return with(due, runs, tries + 1, delays + 1, 0, last != null && last.functionError() ? last : outcome);
    }

    /** An attempt found no such function. */
    public PendingEvent missed(LastOutcome outcome) {
        return with(due, runs, tries + 1, delays, misses + 1, outcome);
    }

    /** An attempt was refused for good. */
    public PendingEvent refused(LastOutcome outcome) {
        return with(due, runs, tries + 1, delays, misses, outcome);
    }

    /** @param changed epoch milliseconds */
    public PendingEvent dueAt(long changed) {
        return with(changed, runs, tries, delays, misses, last);
    }

    private PendingEvent with(
            long changedDue,
            int changedRuns,
            int changedTries,
            int changedDelays,
            int changedMisses,
            @Nullable LastOutcome changedLast) {
        return new PendingEvent(
                formatVersion,
                requestId,
                target,
                source,
                partition,
                offset,
                accepted,
                changedDue,
                changedRuns,
                changedTries,
                changedDelays,
                changedMisses,
                changedLast,
                redrive);
    }
}
