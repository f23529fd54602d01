package io.kappa.deadletters.index;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.invocation.RequestId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as the index knows it: everything but its payload, which stays where it was written.
 *
 * @param partition of {@code dead-letters.records}, with the offset: where the payload is
 * @param payloadBytes length of the payload
 * @param redrive which sent it last, or null
 * @param requestId under which it was sent last, or null
 * @param changed when it came to its status
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Letter(
        @JsonProperty("v") int formatVersion,
        DeadLetter deadLetter,
        int partition,
        long offset,
        int payloadBytes,
        LetterStatus status,
        @Nullable String redrive,
        @Nullable RequestId requestId,
        Instant changed) {

    static Letter arrived(DeadLetter deadLetter, int partition, long offset, int payloadBytes, Instant now) {
        return new Letter(1, deadLetter, partition, offset, payloadBytes, LetterStatus.OPEN, null, null, now);
    }

    public String id() {
        return deadLetter.id();
    }

    /** Its place among all: by the time of failure, then by id. */
    public String position() {
        return Position.of(deadLetter.failed(), deadLetter.id());
    }

    Letter sent(String byRedrive, RequestId as, Instant now) {
        return new Letter(
                formatVersion, deadLetter, partition, offset, payloadBytes, LetterStatus.REDRIVING, byRedrive, as, now);
    }

    Letter moved(LetterStatus to, Instant now) {
        return new Letter(formatVersion, deadLetter, partition, offset, payloadBytes, to, redrive, requestId, now);
    }
}
