package io.kappa.deadletters.index;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.deadletter.RedriveOutcome;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.RequestId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a redrive did with one dead letter, and what came of it.
 *
 * @param requestId under which it was sent, or null where it was not
 * @param reason why it was skipped or could not be sent, or null
 * @param at when it was looked at
 * @param ended when what was sent ended, or null
 * @param ending how it ended, or null
 * @param errorType of the last failure, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ResultRow(
        @JsonProperty("v") int formatVersion,
        String deadLetter,
        Result result,
        @Nullable RequestId requestId,
        @Nullable String reason,
        Instant at,
        @Nullable Instant ended,
        @Nullable Ending ending,
        @Nullable String errorType) {

    /** What came of it, so far. */
    public enum Result {
        /** Sent; how it ended is not known yet. */
        SENT,
        SKIPPED,
        /** It could not be sent. */
        FAILED,
        SUCCEEDED,
        FAILED_AGAIN,
        /** It was taken out of the queue before it ran, or was a duplicate of what waited there. */
        RETURNED,
        /** A dry run would have sent it. */
        WOULD_SEND
    }

    static ResultRow sent(String deadLetter, RequestId as, Instant at) {
        return new ResultRow(1, deadLetter, Result.SENT, as, null, at, null, null, null);
    }

    static ResultRow wouldSend(String deadLetter, Instant at) {
        return new ResultRow(1, deadLetter, Result.WOULD_SEND, null, null, at, null, null, null);
    }

    static ResultRow skipped(String deadLetter, String reason, Instant at) {
        return new ResultRow(1, deadLetter, Result.SKIPPED, null, reason, at, null, null, null);
    }

    static ResultRow failed(String deadLetter, String reason, Instant at) {
        return new ResultRow(1, deadLetter, Result.FAILED, null, reason, at, null, null, null);
    }

    boolean awaits(RequestId request) {
        return result == Result.SENT && request.equals(requestId);
    }

    ResultRow ended(Result as, RedriveOutcome outcome) {
        return new ResultRow(
                formatVersion,
                deadLetter,
                as,
                requestId,
                reason,
                at,
                outcome.ended(),
                outcome.ending(),
                outcome.errorType());
    }
}
