package io.kappa.worker.environment;

import io.kappa.contracts.registry.Deployment;

/** Starts environments before there are invocations for them. */
@FunctionalInterface
public interface EnvironmentStarter {

    /**
     * Starts environments until that many of the key live or start, as far as memory is to spare. From any thread; waits for nothing.
     *
     * @param count from 1
     * @return how many live or start then; fewer than that where memory is short, 0 where the worker drains and none is left
     */
    int startAhead(EnvironmentKey key, Deployment deployment, int count);
}
