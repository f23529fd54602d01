package io.kappa.contracts.registry;

import io.kappa.contracts.function.FunctionConfiguration;

/**
 * Code and configuration together: what an execution environment is made from.
 *
 * @param generation counts the deployments of a function from 1; an environment of an older one is retired
 */
public record Deployment(long generation, FunctionConfiguration configuration, FunctionCode code) {}
