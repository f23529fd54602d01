package io.kappa.asyncqueue.event;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is still to be written to a user's topic about an event that has ended. Points at payload and response like {@link PendingEvent}.
 *
 * @param destination as it was configured when the event ended
 * @param ended epoch milliseconds
 * @param tries how often writing has failed
 * @param due epoch milliseconds
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Delivery(
        @JsonProperty("v") int formatVersion,
        Kind to,
        String destination,
        RequestId requestId,
        InvocationTarget target,
        Ending ending,
        Source source,
        int partition,
        long offset,
        long accepted,
        long ended,
        int runs,
        @Nullable LastOutcome last,
        int tries,
        long due) {

    /** Which of a function's settings asks for it. */
    public enum Kind {
        ON_SUCCESS,
        ON_FAILURE,
        DEAD_LETTER_QUEUE
    }

    /** One that is to be made now. */
    public static Delivery of(Kind to, String destination, PendingEvent event, Ending ending, long now) {
        return new Delivery(
                1,
                to,
                destination,
                event.requestId(),
                event.target(),
                ending,
                event.source(),
                event.partition(),
                event.offset(),
                event.accepted(),
                now,
                event.runs(),
                event.last(),
                0,
                now);
    }

    @JsonIgnore
    public Position position() {
        return new Position(source, partition, offset);
    }

    /** Writing failed; it is tried again then. */
    public Delivery failedAgain(long changedDue) {
        return new Delivery(
                formatVersion,
                to,
                destination,
                requestId,
                target,
                ending,
                source,
                partition,
                offset,
                accepted,
                ended,
                runs,
                last,
                tries + 1,
                changedDue);
    }

    /** Where the function's last answer is kept, if it answered. */
    @JsonIgnore
    public Optional<Position> response() {
        return last == null ? Optional.empty() : last.response(partition);
    }

    /** Whether the function's last answer was longer than a destination's record may be. */
    @JsonIgnore
    public boolean responseTooLong() {
        return last != null && last.responseOffset() == LastOutcome.RESPONSE_TOO_LONG;
    }
}
