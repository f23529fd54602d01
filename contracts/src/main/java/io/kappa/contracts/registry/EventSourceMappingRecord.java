package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.invocation.InvocationTarget;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event source mapping: what is to be read, how, and for which function.
 *
 * @param revision counts the changes that a mapper has to carry out, from 1
 * @param target as it is invoked; prints as the API's {@code FunctionArn}
 * @param consumerGroup of a Kafka source; the mapping's UUID where none was given
 * @param enabled whether it is to be read
 * @param stateReason as the API's {@code StateTransitionReason}
 * @param lastProcessingResult null where the API has none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EventSourceMappingRecord(
        @JsonProperty("v") int formatVersion,
        MappingId id,
        long revision,
        InvocationTarget target,
        EventSource source,
        List<SourceAccess> access,
        String consumerGroup,
        boolean enabled,
        State state,
        String stateReason,
        Instant lastModified,
        @Nullable String lastProcessingResult,
        Options options,
        Map<String, String> tags)
        implements RegistryRecord {

    public EventSourceMappingRecord {
        access = List.copyOf(access);
        tags = Map.copyOf(tags);
    }

    public EventSourceMappingRecord(
            MappingId id,
            long revision,
            InvocationTarget target,
            EventSource source,
            List<SourceAccess> access,
            String consumerGroup,
            boolean enabled,
            State state,
            String stateReason,
            Instant lastModified,
            @Nullable String lastProcessingResult,
            Options options,
            Map<String, String> tags) {
        this(
                1,
                id,
                revision,
                target,
                source,
                access,
                consumerGroup,
                enabled,
                state,
                stateReason,
                lastModified,
                lastProcessingResult,
                options,
                tags);
    }

    /** Named as the API writes them. Those in the gerund last until a mapper says that it is done. */
    public enum State {
        Creating,
        Enabling,
        Enabled,
        Disabling,
        Disabled,
        Updating,
        Deleting;

        /** Whether a mapper still has to carry out what was asked. */
        public boolean inTransition() {
            return this != Enabled && this != Disabled;
        }
    }

    /** Where reading starts the first time. */
    public enum StartingPosition {
        TRIM_HORIZON,
        LATEST,
        AT_TIMESTAMP
    }

    /**
     * How records are batched, and what is done about failures. What is null does not apply to the source, or has not been set and Lambda's
     * default holds.
     *
     * @param batchSize most records of a batch
     * @param batchWindowSeconds 0 to 300; null is the source's own default, half a second for Kafka and none otherwise
     * @param startingTimestamp for {@link StartingPosition#AT_TIMESTAMP}
     * @param parallelizationFactor 1 to 10: how many batches of one shard may run at once, none of them with the same key
     * @param filters patterns, of which a record must match one; no patterns let everything through
     * @param maximumRetryAttempts -1 for no limit
     * @param maximumRecordAgeSeconds -1 for no limit
     * @param tumblingWindowSeconds 0 for no windows
     * @param onFailure text of a {@link io.kappa.contracts.destination.Destination}
     * @param maximumConcurrency of a queue: most batches that run at once
     * @param minimumPollers of provisioned mode; kept and shown
     * @param maximumPollers of provisioned mode; kept and shown
     * @param metrics groups that were asked for; kept and shown, because all of them are always measured
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Options(
            int batchSize,
            @Nullable Integer batchWindowSeconds,
            @Nullable StartingPosition startingPosition,
            @Nullable Instant startingTimestamp,
            int parallelizationFactor,
            List<String> filters,
            int maximumRetryAttempts,
            int maximumRecordAgeSeconds,
            boolean bisectOnError,
            int tumblingWindowSeconds,
            boolean reportItemFailures,
            @Nullable String onFailure,
            @Nullable Integer maximumConcurrency,
            @Nullable Integer minimumPollers,
            @Nullable Integer maximumPollers,
            @Nullable List<String> metrics) {
        /** No limit, for retries and for age. */
        public static final int UNLIMITED = -1;

        public Options {
            filters = List.copyOf(filters);
            metrics = metrics == null ? null : List.copyOf(metrics);
        }
    }

    /** The same with other tags, which is nothing that a mapper has to carry out. */
    public EventSourceMappingRecord withTags(Map<String, String> changed) {
        return new EventSourceMappingRecord(
                id,
                revision,
                target,
                source,
                access,
                consumerGroup,
                enabled,
                state,
                stateReason,
                lastModified,
                lastProcessingResult,
                options,
                changed);
    }

    @Override
    public String key() {
        return id.toString();
    }
}
