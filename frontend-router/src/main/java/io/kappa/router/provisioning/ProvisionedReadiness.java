package io.kappa.router.provisioning;

import io.kappa.contracts.function.VersionArn;
import org.jspecify.annotations.Nullable;

/** What workers say of the execution environments that they keep ready. Any thread may ask; the answer does not wait. */
@FunctionalInterface
public interface ProvisionedReadiness {

    /**
     * How many are kept ready of a deployment of a version, by all workers that are there.
     *
     * @param generation {@code Deployment.generation}
     */
    Ready of(VersionArn version, long generation);

    /** @param problem why fewer are kept than are asked for, where that will not pass by itself; null otherwise */
    record Ready(int environments, @Nullable String problem) {}
}
