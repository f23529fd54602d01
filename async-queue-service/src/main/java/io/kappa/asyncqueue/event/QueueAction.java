package io.kappa.asyncqueue.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks of the queue: a record of {@code invocations.commands}, written to every partition, because each shard does its part.
 *
 * @param id names the action; one asked twice is done once
 * @param by who asked, as they say
 * @param selection which events; for holding and releasing only its target counts
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record QueueAction(
        @JsonProperty("v") int formatVersion,
        String id,
        Kind kind,
        Selection selection,
        Instant asked,
        @Nullable String by,
        @Nullable String reason) {

    /** What is done. */
    public enum Kind {
        /** Starts nothing of the target until it is released. Its events grow older meanwhile. */
        HOLD,
        RELEASE,
        /** Ends the selected events without running them. */
        CANCEL,
        /** Makes the selected events due now. */
        RUN_NOW
    }

    /**
     * Which events. What is null selects all.
     *
     * @param target exactly as it was invoked: with a qualifier only if the events have it
     * @param leastRuns how often the function has run at least
     * @param errorType of the last failure
     * @param acceptedBefore events that were accepted earlier
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Selection(
            @Nullable InvocationTarget target,
            @Nullable RequestId requestId,
            @Nullable Integer leastRuns,
            @Nullable String errorType,
            @Nullable Instant acceptedBefore) {

        public boolean selects(PendingEvent event) {
            var last = event.last();
            return (target == null || target.equals(event.target()))
                    && (requestId == null || requestId.equals(event.requestId()))
                    && (leastRuns == null || event.runs() >= leastRuns)
                    && (errorType == null || (last != null && errorType.equals(last.errorType())))
                    && (acceptedBefore == null || event.accepted() < acceptedBefore.toEpochMilli());
        }
    }
}
