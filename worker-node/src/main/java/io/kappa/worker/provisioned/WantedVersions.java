package io.kappa.worker.provisioned;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.contracts.worker.Ability;
import io.kappa.worker.environment.EnvironmentKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * What the registry has kept ready, by version: what is provisioned for an alias is divided among the versions that it points to. Any thread
 * tells of changes; one reads.
 */
final class WantedVersions {
    private final Function<FunctionArn, Optional<FunctionView>> functions;
    private final Map<FunctionArn, List<Wanted>> byFunction = new ConcurrentHashMap<>();
    private final AtomicLong changes = new AtomicLong();

    /** Something that is wanted, and what it is made from. */
    record Wanted(Want want, Deployment deployment) {}

    private record Part(Instant since, int count) {
        Part plus(Part other) {
            return new Part(since.isBefore(other.since) ? since : other.since, count + other.count);
        }
    }

    /** @param functions what the registry says of a function now, unless it is gone */
    WantedVersions(Function<FunctionArn, Optional<FunctionView>> functions) {
        this.functions = functions;
    }

    /** Looks at the function again. */
    void review(FunctionArn function) {
        var wanted = functions.apply(function).map(WantedVersions::wantedOf).orElse(List.of());
        var before = wanted.isEmpty() ? byFunction.remove(function) : byFunction.put(function, wanted);
        if (!wanted.equals(before == null ? List.of() : before)) {
            changes.incrementAndGet();
        }
    }

    /** Another number than before where {@link #all} may say something else than before. */
    long changes() {
        return changes.get();
    }

    private static List<Wanted> wantedOf(FunctionView function) {
        var parts = new TreeMap<Version, Part>();
        for (var config : function.provisioned().values()) {
            function.sharesOf(config).forEach((version, count) -> {
                if (count > 0) {
                    parts.merge(version, new Part(config.lastModified(), count), Part::plus);
                }
            });
        }
        return parts.entrySet().stream()
                .flatMap(part -> wanted(function, part.getKey(), part.getValue()).stream())
                .toList();
    }

    /** Nothing where the version is gone, or not yet read of. */
    private static Optional<Wanted> wanted(FunctionView function, Version version, Part part) {
        return function.version(version).map(record -> {
            var deployment = record.running();
            var arn = new VersionArn(function.function().function(), version);
            var configuration = deployment.configuration();
            return new Wanted(
                    new Want(
                            new EnvironmentKey(arn, deployment.generation()),
                            part.since(),
                            Ability.neededBy(deployment),
                            configuration.memoryMegabytes(),
                            part.count()),
                    deployment);
        });
    }

    List<Wanted> all() {
        return byFunction.values().stream().flatMap(List::stream).toList();
    }
}
