package io.kappa.asyncqueue.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the last attempt came to that tells something of the function: a later one that was throttled or lost does not overwrite it with
 * less.
 *
 * @param status of the router's answer: 200 also for function errors
 * @param executedVersion null where nothing ran
 * @param functionError whether the function failed
 * @param errorMessage its first 1024 characters, or null
 * @param responseOffset of the outcome whose value is the function's response, in the event's partition, or one of the constants below
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LastOutcome(
        int status,
        @Nullable String executedVersion,
        boolean functionError,
        @Nullable String errorType,
        @Nullable String errorMessage,
        long responseOffset) {
    /** Value of {@link #responseOffset} where nothing was answered, or nothing ran. */
    public static final long NO_RESPONSE = -1;

    /** Value of {@link #responseOffset} where the answer was longer than a destination's record may be. */
    public static final long RESPONSE_TOO_LONG = -2;

    /** Where the answer is kept, if it is; {@code partition} is that of the event. */
    public Optional<Position> response(int partition) {
        return responseOffset < 0
                ? Optional.empty()
                : Optional.of(new Position(Source.OUTCOMES, partition, responseOffset));
    }
}
