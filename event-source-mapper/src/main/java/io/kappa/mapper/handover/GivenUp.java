package io.kappa.mapper.handover;

import io.kappa.mapper.invoke.InvokeOutcome;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Records that a mapping does not try any more.
 *
 * @param records at least one, in the order of their offsets
 * @param attempts how often the function was run with them
 * @param last what the last run came to; null where there was none
 * @param firstTried when they were first taken up
 */
public record GivenUp(
        List<ConsumerRecord<byte[], byte[]>> records,
        Cause cause,
        int attempts,
        @Nullable LastOutcome last,
        Instant firstTried,
        Instant failedAt) {

    public GivenUp {
        records = List.copyOf(records);
        if (records.isEmpty()) {
            throw new IllegalArgumentException("nothing was given up");
        }
    }

    /**
     * How the last call went.
     *
     * @param status as the API gave it; 200 for whatever did run
     * @param executedVersion null where the function did not run
     * @param functionError null where it ended well, and only named records that failed
     */
    public record LastOutcome(
            int status,
            @Nullable String executedVersion,
            @Nullable String functionError,
            @Nullable String errorType,
            @Nullable String errorMessage) {

        /** @param complaint what was wrong with an answer; null otherwise */
        public static LastOutcome of(InvokeOutcome outcome, @Nullable String complaint) {
            return switch (outcome) {
                case InvokeOutcome.Answered answered ->
                    new LastOutcome(200, answered.executedVersion(), null, null, complaint);
                case InvokeOutcome.FunctionFailed failed ->
                    new LastOutcome(
                            200, failed.executedVersion(), "Unhandled", failed.errorType(), failed.errorMessage());
                case InvokeOutcome.NotRun notRun ->
                    new LastOutcome(
                            switch (notRun.why()) {
                                case THROTTLED -> 429;
                                case PLATFORM_ERROR -> 500;
                                case TARGET_MISSING -> 404;
                                case REFUSED, LOOP -> 400;
                            },
                            null,
                            null,
                            notRun.why().name(),
                            notRun.message());
            };
        }
    }
}
