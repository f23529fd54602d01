package io.kappa.worker.provisioned;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.worker.WorkerStatus;
import java.util.Set;

/**
 * A worker that is present and not draining, as far as that matters for what it is to keep.
 *
 * @param megabytes that it gives to all of its environments
 */
record Site(String worker, int megabytes, Set<RuntimeIdentifier> runtimes) {
    Site {
        runtimes = Set.copyOf(runtimes);
    }

    static Site of(WorkerStatus status) {
        return new Site(status.worker(), status.memoryMegabytes(), status.runtimes());
    }
}
