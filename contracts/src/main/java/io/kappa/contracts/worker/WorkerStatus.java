package io.kappa.contracts.worker;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.VersionArn;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a worker node says of itself in {@code workers.status}, at every change and every few seconds. A status that has not been renewed
 * for {@link #STALE_AFTER_MILLIS} by the reader's clock no longer counts. A record without a value says that the worker has left.
 *
 * @param worker name of the node, unique in the cluster
 * @param host where routers reach it
 * @param memoryMegabytes memory that it gives to execution environments in all
 * @param usedMegabytes memory that its environments now have
 * @param runtimes identifiers of which it can start functions
 * @param sandbox how it isolates them: {@code process} or {@code oci}
 * @param draining whether it takes no new invocations
 * @param environments what it has of which version. Null is read as none: workers of an earlier release did not say
 * @param snapshots runtimes of which it can take and restore snapshots. Null is read as none
 * @param images architectures of which it can run container images. Null is read as none
 */
public record WorkerStatus(
        @JsonProperty("v") int formatVersion,
        String worker,
        String host,
        int port,
        int memoryMegabytes,
        int usedMegabytes,
        Set<RuntimeIdentifier> runtimes,
        String sandbox,
        boolean draining,
        @Nullable List<Environments> environments,
        @Nullable Set<RuntimeIdentifier> snapshots,
        @Nullable Set<String> images) {

    /** How often a worker renews its status at the latest, in milliseconds. */
    public static final long RENEWED_EVERY_MILLIS = 5_000;

    public static final long STALE_AFTER_MILLIS = 4 * RENEWED_EVERY_MILLIS;

    public WorkerStatus {
        runtimes = Set.copyOf(runtimes);
        environments = environments == null ? List.of() : List.copyOf(environments);
        snapshots = snapshots == null ? Set.of() : Set.copyOf(snapshots);
        images = images == null ? Set.of() : Set.copyOf(images);
    }

    public WorkerStatus(
            int formatVersion,
            String worker,
            String host,
            int port,
            int memoryMegabytes,
            int usedMegabytes,
            Set<RuntimeIdentifier> runtimes,
            String sandbox,
            boolean draining,
            @Nullable List<Environments> environments) {
        this(
                formatVersion,
                worker,
                host,
                port,
                memoryMegabytes,
                usedMegabytes,
                runtimes,
                sandbox,
                draining,
                environments,
                null,
                null);
    }

    /** Whether it can do that. */
    public boolean has(Ability ability) {
        return switch (ability) {
            case Ability.ManagedRuntime(var runtime) -> runtimes.contains(runtime);
            case Ability.Images(var architecture) -> images != null && images.contains(architecture);
        };
    }

    /**
     * The execution environments of one deployment of a version. How many of them have an invocation just now changes too often to be told.
     *
     * @param generation {@code Deployment.generation}
     * @param living that can run an invocation now, or do
     * @param provisioned of the living, those that are kept because provisioned concurrency asks for them
     * @param problem why fewer are provisioned than are asked for, where that will not pass by itself; null otherwise
     */
    public record Environments(
            VersionArn version,
            long generation,
            int living,
            int provisioned,
            @Nullable String problem) {}
}
