package io.kappa.deadletters.index;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.invocation.RequestId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code dead-letters.ledger}: what became of a dead letter, which is the record's key.
 *
 * @param action that asked for it, or null
 * @param redrive that did it, or null
 * @param requestId under which it was sent, or null
 * @param by who asked, in their own words, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record LedgerLine(
        @JsonProperty("v") int formatVersion,
        String deadLetter,
        What what,
        @Nullable String action,
        @Nullable String redrive,
        @Nullable RequestId requestId,
        Instant at,
        @Nullable String by) {

    /** What became of it. */
    enum What {
        REDRIVEN,
        RESOLVED,
        FAILED_AGAIN,
        /** What was sent was taken out of the queue unrun. */
        REOPENED,
        DELETED,
        EXPIRED
    }

    static LedgerLine ofRedrive(
            String deadLetter, What what, String redrive, RequestId request, Instant at, @Nullable String by) {
        return new LedgerLine(1, deadLetter, what, null, redrive, request, at, by);
    }

    static LedgerLine deleted(String deadLetter, Deletion deletion, Instant at) {
        return new LedgerLine(1, deadLetter, What.DELETED, deletion.action(), null, null, at, deletion.by());
    }

    static LedgerLine expired(String deadLetter, Instant at) {
        return new LedgerLine(1, deadLetter, What.EXPIRED, null, null, null, at, null);
    }
}
