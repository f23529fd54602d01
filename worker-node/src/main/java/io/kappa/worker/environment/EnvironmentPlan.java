package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.registry.Deployment;

/** Which environment is to be made. */
record EnvironmentPlan(EnvironmentKey key, Deployment deployment, EnvironmentName name) {
    FunctionConfiguration configuration() {
        return deployment.configuration();
    }
}
