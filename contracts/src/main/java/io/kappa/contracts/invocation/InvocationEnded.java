package io.kappa.contracts.invocation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A line of the ledger, {@code invocations.ended}: how one accepted event ended. Key of the record: the request id.
 *
 * @param target null where the record on the topic did not tell
 * @param attempts how often the function was run
 * @param topic where the event was accepted, without the prefix, with partition and offset: this is what is counted
 * @param executedVersion of the last attempt; null where none ran
 * @param errorType of the last failure, or null
 * @param action which operator's action ended it, or null
 * @param redrive which redrive sent the event, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InvocationEnded(
        @JsonProperty("v") int formatVersion,
        RequestId requestId,
        @Nullable String target,
        Ending ending,
        int attempts,
        Instant accepted,
        Instant ended,
        String topic,
        int partition,
        long offset,
        @Nullable String executedVersion,
        @Nullable String errorType,
        @Nullable String action,
        @Nullable String redrive) {}
