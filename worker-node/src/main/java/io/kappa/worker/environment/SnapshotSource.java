package io.kappa.worker.environment;

import io.kappa.contracts.registry.Deployment;
import io.kappa.worker.sandbox.SandboxImage;
import java.util.Optional;

/** Where environments of functions with SnapStart come from. From any thread. */
public interface SnapshotSource {

    /** Empty where there is none, or not yet: the environment is then initialised in the ordinary way. */
    Optional<SandboxImage> find(EnvironmentKey key, Deployment deployment);

    /** The image cannot be restored. */
    void discard(EnvironmentKey key, SandboxImage image);
}
