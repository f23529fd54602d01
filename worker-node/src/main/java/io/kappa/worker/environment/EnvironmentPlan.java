package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.registry.Deployment;
import org.jspecify.annotations.Nullable;

/**
 * Which environment is to be made.
 *
 * @param parked what it is made of; null where everything is to be started
 */
record EnvironmentPlan(
        EnvironmentKey key,
        Deployment deployment,
        EnvironmentName name,
        @Nullable ParkedRuntime parked) {

    EnvironmentPlan(EnvironmentKey key, Deployment deployment, EnvironmentName name) {
        this(key, deployment, name, null);
    }

    FunctionConfiguration configuration() {
        return deployment.configuration();
    }
}
