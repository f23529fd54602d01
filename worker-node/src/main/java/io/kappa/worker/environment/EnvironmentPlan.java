package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.registry.Deployment;
import org.jspecify.annotations.Nullable;

/**
 * Which environment is to be made, and what for.
 *
 * @param parked what it is made of; null where everything is to be started
 */
record EnvironmentPlan(
        EnvironmentKey key,
        Deployment deployment,
        EnvironmentName name,
        InitializationType type,
        @Nullable ParkedRuntime parked) {

    EnvironmentPlan(EnvironmentKey key, Deployment deployment, EnvironmentName name, InitializationType type) {
        this(key, deployment, name, type, null);
    }

    FunctionConfiguration configuration() {
        return deployment.configuration();
    }
}
