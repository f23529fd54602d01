package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.registry.Deployment;
import org.jspecify.annotations.Nullable;

/**
 * Which environment is to be made, and what for.
 *
 * @param parked what it is made of; null where everything is to be started
 * @param snapshot whether it is to be written down once it is initialised, and runs nothing itself
 */
record EnvironmentPlan(
        EnvironmentKey key,
        Deployment deployment,
        EnvironmentName name,
        InitializationType type,
        @Nullable ParkedRuntime parked,
        boolean snapshot) {

    EnvironmentPlan(EnvironmentKey key, Deployment deployment, EnvironmentName name, InitializationType type) {
        this(key, deployment, name, type, null, false);
    }

    EnvironmentPlan(
            EnvironmentKey key,
            Deployment deployment,
            EnvironmentName name,
            InitializationType type,
            @Nullable ParkedRuntime parked) {
        this(key, deployment, name, type, parked, false);
    }

    FunctionConfiguration configuration() {
        return deployment.configuration();
    }
}
