package io.kappa.worker.environment;

import io.kappa.contracts.function.VersionArn;

/** What environments have in common that can stand in for one another: one version of one function, in one deployment of it. */
public record EnvironmentKey(VersionArn version, long generation) {}
