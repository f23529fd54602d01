package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.SnapStart;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One version of a function, and how far its last change has come.
 *
 * @param requested what the API shows
 * @param previous what invocations run while an update is in progress, and null otherwise
 * @param lastUpdate how the last update went; null until the function has become active for the first time
 * @param revisionId changes with every change of this record
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VersionRecord(
        @JsonProperty("v") int formatVersion,
        VersionArn version,
        Deployment requested,
        @Nullable Deployment previous,
        Instant lastModified,
        String revisionId,
        State state,
        @Nullable LastUpdate lastUpdate)
        implements RegistryRecord {

    /** Lambda's {@code State}, with reason and code where it is not active. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record State(
            Name name, @Nullable String reason, @Nullable String reasonCode) {
        public static final State ACTIVE = new State(Name.Active, null, null);
        public static final State CREATING = new State(Name.Pending, "The function is being created.", "Creating");

        /** Named as the API writes them. */
        public enum Name {
            Pending,
            Active,
            Inactive,
            Failed
        }
    }

    /** Lambda's {@code LastUpdateStatus}, with reason and code where it has not succeeded. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record LastUpdate(
            Status status,
            @Nullable String reason,
            @Nullable String reasonCode) {
        public static final LastUpdate SUCCESSFUL = new LastUpdate(Status.Successful, null, null);
        public static final LastUpdate IN_PROGRESS =
                new LastUpdate(Status.InProgress, "The function is being created.", "Creating");

        /** Named as the API writes them. */
        public enum Status {
            Successful,
            Failed,
            InProgress
        }
    }

    public VersionRecord(
            VersionArn version,
            Deployment requested,
            @Nullable Deployment previous,
            Instant lastModified,
            String revisionId,
            State state,
            @Nullable LastUpdate lastUpdate) {
        this(1, version, requested, previous, lastModified, revisionId, state, lastUpdate);
    }

    @Override
    public String key() {
        return version.toString();
    }

    /** The same under another revision. */
    public VersionRecord withRevision(String changed) {
        return new VersionRecord(version, requested, previous, lastModified, changed, state, lastUpdate);
    }

    /** Whether environments of it come from a snapshot, which is taken before the version is active. */
    @JsonIgnore
    public boolean restorable() {
        return version.version() instanceof Version.Published
                && requested.configuration().snapStart() == SnapStart.PublishedVersions;
    }

    /** Whether it waits for its snapshot. */
    @JsonIgnore
    public boolean awaitsSnapshot() {
        return restorable() && state.name() == State.Name.Pending;
    }

    /** What an invocation runs now: while an update is in progress, still the deployment before it. */
    @JsonIgnore
    public Deployment running() {
        return previous == null ? requested : previous;
    }
}
