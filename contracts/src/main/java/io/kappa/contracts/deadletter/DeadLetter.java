package io.kappa.contracts.deadletter;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What failed for good, whoever gave it up: one record of {@code dead-letters.records}. The record's key is {@link #function}, its value the
 * payload as it was, and this stands as JSON in the header {@link #HEADER}.
 *
 * @param id names the dead letter; the same if it had to be written twice
 * @param origin which part of the platform gave up
 * @param cause why, in one word of the part that gave up, such as {@code RETRIES_EXHAUSTED}
 * @param function ARN of the function without a qualifier, or {@code unknown}
 * @param target ARN as it was invoked, or null where the record did not tell
 * @param requestId of the invocation, or null where there was none
 * @param errorType of the last failure, or null
 * @param errorMessage of the last failure, its first 1024 characters, or null
 * @param attempts how often the function was run
 * @param accepted when the platform had taken it over
 * @param failed when it was given up
 * @param topic full name of the topic that the payload came from, with partition and offset
 * @param traceId {@code X-Amzn-Trace-Id}, or null
 * @param clientContext JSON, or null
 * @param destination where it could not be delivered; set where the cause is {@link #DELIVERY_FAILED}, and then the payload is what should
 *     have gone there
 * @param redrivenFrom the dead letter whose redrive failed again, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadLetter(
        @JsonProperty("v") int formatVersion,
        String id,
        Origin origin,
        String cause,
        String function,
        @Nullable String target,
        @Nullable String requestId,
        @Nullable String errorType,
        @Nullable String errorMessage,
        int attempts,
        Instant accepted,
        Instant failed,
        String topic,
        int partition,
        long offset,
        @Nullable String traceId,
        @Nullable String clientContext,
        @Nullable String destination,
        @Nullable String redrivenFrom) {
    public static final String HEADER = "kappa-dead-letter";

    /** Value of {@link #function} where the record did not tell. */
    public static final String UNKNOWN_FUNCTION = "unknown";

    /** Value of {@link #cause} where an event ended well or ill, and a destination or dead-letter queue could not be written. */
    public static final String DELIVERY_FAILED = "DELIVERY_FAILED";

    /** Which part of the platform gave up. */
    public enum Origin {
        ASYNC_QUEUE,
        EVENT_SOURCE
    }
}
