package io.kappa.contracts.eventsource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a mapper says of a mapping, in {@code mappings.reports}, keyed by account: that it has carried out what was asked, or how the last
 * batch went. The registry records what follows; a report about an older revision changes nothing.
 *
 * @param revision of the mapping that the mapper acts on: {@link io.kappa.contracts.registry.EventSourceMappingRecord#revision}
 * @param reached what the mapper has done with that revision, or null where this is only about a result
 * @param reason why, where the mapper stopped of itself; null otherwise
 * @param lastProcessingResult as the API shows it, or null where there is nothing new
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MappingReport(
        @JsonProperty("v") int formatVersion,
        MappingId mapping,
        long revision,
        Instant at,
        @Nullable Reached reached,
        @Nullable String reason,
        @Nullable String lastProcessingResult) {
    public static final String NOTHING_PROCESSED = "No records processed";
    public static final String OK = "OK";
    public static final String FUNCTION_CALL_FAILED = "PROBLEM: Function call failed";

    public MappingReport(
            MappingId mapping,
            long revision,
            Instant at,
            @Nullable Reached reached,
            @Nullable String reason,
            @Nullable String lastProcessingResult) {
        this(1, mapping, revision, at, reached, reason, lastProcessingResult);
    }

    /** What has become of a mapping. */
    public enum Reached {
        /** It is being read. */
        READING,
        /** It is not read any more, because it was asked to be disabled or deleted. */
        STOPPED,
        /** It is not read any more, because it cannot be: {@link #reason} says why. It becomes disabled. */
        BROKEN
    }
}
