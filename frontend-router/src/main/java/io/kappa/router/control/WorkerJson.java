package io.kappa.router.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.router.dispatch.WorkerDirectory.KnownWorker;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the API answers, as JSON has it; {@code openapi.json} describes it. */
final class WorkerJson {

    /** @param workers by name */
    record Workers(List<Worker> workers) {
        static Workers of(List<KnownWorker> known) {
            return new Workers(known.stream()
                    .map(Worker::of)
                    .sorted(Comparator.comparing(Worker::name))
                    .toList());
        }
    }

    /**
     * A worker node.
     *
     * @param present whether its last status still counts
     * @param heard when it was written
     * @param runningHere how many invocations this router has running on it
     */
    record Worker(
            String name,
            String host,
            int port,
            String sandbox,
            List<String> runtimes,
            int memoryMegabytes,
            int usedMegabytes,
            boolean draining,
            boolean present,
            Instant heard,
            int runningHere,
            List<Environments> environments) {

        static Worker of(KnownWorker known) {
            var status = known.status();
            return new Worker(
                    status.worker(),
                    status.host(),
                    status.port(),
                    status.sandbox(),
                    status.runtimes().stream()
                            .sorted()
                            .map(RuntimeIdentifier::wireName)
                            .toList(),
                    status.memoryMegabytes(),
                    status.usedMegabytes(),
                    status.draining(),
                    known.present(),
                    known.heard(),
                    known.running(),
                    Objects.requireNonNullElse(status.environments(), List.<WorkerStatus.Environments>of()).stream()
                            .map(Environments::of)
                            .sorted(Comparator.comparing(Environments::function)
                                    .thenComparingLong(Environments::generation))
                            .toList());
        }
    }

    /**
     * What it has of one deployment of a version.
     *
     * @param function ARN with the version
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Environments(
            String function,
            long generation,
            int living,
            int provisioned,
            @Nullable String problem) {
        static Environments of(WorkerStatus.Environments said) {
            return new Environments(
                    said.version().toString(), said.generation(), said.living(), said.provisioned(), said.problem());
        }
    }

    private WorkerJson() {}
}
