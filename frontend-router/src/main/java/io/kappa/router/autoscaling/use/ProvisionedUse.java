package io.kappa.router.autoscaling.use;

import io.kappa.contracts.function.VersionArn;

/** What runs on environments that provisioned concurrency keeps, of the invocations that came through this router. Any thread may ask. */
@FunctionalInterface
public interface ProvisionedUse {

    /**
     * How many of the version's invocations run there now.
     *
     * @param ready provisioned environments that there are of it now
     */
    int running(VersionArn version, int ready);
}
