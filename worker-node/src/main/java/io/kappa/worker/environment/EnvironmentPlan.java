package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.registry.Deployment;
import java.util.Map;
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

    /** The same with variables that are not sealed. */
    EnvironmentPlan withVariables(Map<String, String> variables) {
        var opened =
                new Deployment(deployment.generation(), configuration().withEnvironment(variables), deployment.code());
        return new EnvironmentPlan(key, opened, name, type, parked, snapshot);
    }

    FunctionConfiguration configuration() {
        return deployment.configuration();
    }
}
