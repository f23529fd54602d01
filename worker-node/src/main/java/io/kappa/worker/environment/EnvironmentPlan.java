package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.registry.Deployment;

/** Which environment is to be made, and what for. */
record EnvironmentPlan(EnvironmentKey key, Deployment deployment, EnvironmentName name, InitializationType type) {
    FunctionConfiguration configuration() {
        return deployment.configuration();
    }
}
