package io.kappa.contracts.deadletter;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.RequestId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an event ended that a redrive had sent: what whoever ended it writes to {@code dead-letters.commands}, in the partition that the
 * {@link RedriveReference} names, under the redrive's id and with the header {@link #KIND_HEADER}.
 *
 * @param requestId of the event that was sent
 * @param errorType of its last failure, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RedriveOutcome(
        @JsonProperty("v") int formatVersion,
        String redrive,
        String deadLetter,
        RequestId requestId,
        Ending ending,
        int attempts,
        Instant ended,
        @Nullable String errorType) {
    /** Tells the records of {@code dead-letters.commands} apart. */
    public static final String KIND_HEADER = "kappa-kind";

    /** Value of {@link #KIND_HEADER} for records of this kind. */
    public static final String KIND = "redrive-outcome";
}
