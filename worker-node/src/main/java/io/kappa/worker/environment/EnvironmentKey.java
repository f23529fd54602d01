package io.kappa.worker.environment;

import io.kappa.contracts.function.SnapStart;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.Deployment;

/** What environments have in common that can stand in for one another: one version of one function, in one deployment of it. */
public record EnvironmentKey(VersionArn version, long generation) {

    /** Whether environments of that deployment are to come from a snapshot. */
    public boolean restorable(Deployment deployment) {
        return version.version() instanceof Version.Published
                && deployment.configuration().snapStart() == SnapStart.PublishedVersions;
    }
}
