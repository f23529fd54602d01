package io.kappa.contracts.worker;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.VersionArn;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says of the snapshot of a version, in {@code snapshots.reports}, keyed by account. The registry records what follows for the
 * version's state; a report about another deployment than the version's changes nothing.
 *
 * @param generation {@code Deployment.generation}
 * @param reasonCode as the API shows it, where there is no snapshot; null otherwise
 * @param reason for people, where there is no snapshot; null otherwise
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SnapshotReport(
        @JsonProperty("v") int formatVersion,
        VersionArn version,
        long generation,
        Outcome outcome,
        @Nullable String reasonCode,
        @Nullable String reason) {

    /** What came of taking it. */
    public enum Outcome {
        /** The worker has it. */
        TAKEN,
        /** The function is initialised, but what runs then cannot be written down. It can be invoked all the same. */
        NOT_TAKEN,
        /** The function cannot be initialised. */
        FUNCTION_FAILED
    }

    public SnapshotReport(
            VersionArn version,
            long generation,
            Outcome outcome,
            @Nullable String reasonCode,
            @Nullable String reason) {
        this(1, version, generation, outcome, reasonCode, reason);
    }
}
