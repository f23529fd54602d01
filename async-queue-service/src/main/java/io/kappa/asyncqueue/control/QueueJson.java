package io.kappa.asyncqueue.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.event.QueueAction;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the API answers and asks for, as JSON has it; {@code openapi.json} describes it. */
final class QueueJson {

    /** @param shards how many of the shards answered */
    record Summary(
            long accepted,
            long ended,
            long pending,
            int running,
            int deliveries,
            int shards,
            double oldestAgeSeconds) {}

    record Queues(List<Queue> queues) {}

    /**
     * @param function ARN as it is invoked, with a qualifier only if the events have it
     * @param due of the waiting ones, how many could start now
     * @param limit how many may run at once, as learnt so far
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Queue(
            String function,
            long waiting,
            long due,
            long running,
            boolean held,
            long limit,
            @Nullable Instant oldestAccepted,
            @Nullable Double oldestAgeSeconds) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Events(List<Event> events, @Nullable String cursor) {}

    /** @param attempts that have come to something; {@code runs} of them ran the function */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Event(
            String requestId,
            String function,
            Instant accepted,
            Instant due,
            int runs,
            int attempts,
            @Nullable Failure lastFailure,
            String topic,
            int partition,
            long offset,
            @Nullable String redrive) {

        static Event of(PendingEvent event) {
            var last = event.last();
            var redrive = event.redrive();
            return new Event(
                    event.requestId().toString(),
                    event.target().toString(),
                    Instant.ofEpochMilli(event.accepted()),
                    Instant.ofEpochMilli(event.due()),
                    event.runs(),
                    event.tries(),
                    last == null ? null : new Failure(last.status(), last.errorType(), last.errorMessage()),
                    event.source().topic().suffix(),
                    event.partition(),
                    event.offset(),
                    redrive == null ? null : redrive.toString());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Failure(
            int status,
            @Nullable String errorType,
            @Nullable String errorMessage) {}

    /**
     * What an operator asks.
     *
     * @param kind one of HOLD, RELEASE, CANCEL, RUN_NOW, PURGE; the last is CANCEL of everything that a function has waiting
     * @param function ARN, with a qualifier only if the events have it
     * @param confirm must be true for PURGE, and for CANCEL without a request id
     */
    record Asked(
            @Nullable String kind,
            @Nullable String function,
            @Nullable String requestId,
            @Nullable Integer leastRuns,
            @Nullable String errorType,
            @Nullable Instant acceptedBefore,
            @Nullable Boolean confirm,
            @Nullable String by,
            @Nullable String reason) {}

    record Actions(List<Action> actions) {}

    /** @param finished null while a shard is still at it */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Action(
            String id,
            QueueAction.Kind kind,
            Selection selection,
            Instant asked,
            @Nullable String by,
            @Nullable String reason,
            long affected,
            @Nullable Instant finished) {}

    /** Which events an action is about, in the words in which it was asked for. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Selection(
            @Nullable String function,
            @Nullable String requestId,
            @Nullable Integer leastRuns,
            @Nullable String errorType,
            @Nullable Instant acceptedBefore) {

        static Selection of(QueueAction.Selection selection) {
            var target = selection.target();
            var requestId = selection.requestId();
            return new Selection(
                    target == null ? null : target.toString(),
                    requestId == null ? null : requestId.toString(),
                    selection.leastRuns(),
                    selection.errorType(),
                    selection.acceptedBefore());
        }
    }

    private QueueJson() {}
}
