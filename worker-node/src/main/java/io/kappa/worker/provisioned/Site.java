package io.kappa.worker.provisioned;

import io.kappa.contracts.worker.Ability;
import io.kappa.contracts.worker.WorkerStatus;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A worker that is present and not draining, as far as that matters for what it is to keep.
 *
 * @param megabytes that it gives to all of its environments
 */
record Site(String worker, int megabytes, Set<Ability> abilities) {
    Site {
        abilities = Set.copyOf(abilities);
    }

    static Site of(WorkerStatus status) {
        var runtimes = status.runtimes().stream().map(Ability.ManagedRuntime::new);
        var images = Objects.requireNonNullElse(status.images(), Set.<String>of()).stream()
                .map(Ability.Images::new);
        return new Site(
                status.worker(),
                status.memoryMegabytes(),
                Stream.<Ability>concat(runtimes, images).collect(Collectors.toSet()));
    }
}
