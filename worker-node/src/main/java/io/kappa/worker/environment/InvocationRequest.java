package io.kappa.worker.environment;

import io.kappa.contracts.registry.Deployment;
import io.kappa.worker.environment.InvocationOutcome.Answer;

/** An invocation that has no environment yet. Told apart by identity, as a caller may ask for the same thing twice. */
final class InvocationRequest {
    private final EnvironmentKey key;
    private final Deployment deployment;
    private final Invocation invocation;
    private final Answer answer;
    private final long askedNanos;

    InvocationRequest(
            EnvironmentKey key, Deployment deployment, Invocation invocation, Answer answer, long askedNanos) {
        this.key = key;
        this.deployment = deployment;
        this.invocation = invocation;
        this.answer = answer;
        this.askedNanos = askedNanos;
    }

    EnvironmentKey key() {
        return key;
    }

    Deployment deployment() {
        return deployment;
    }

    int megabytes() {
        return deployment.configuration().memoryMegabytes();
    }

    Invocation invocation() {
        return invocation;
    }

    Answer answer() {
        return answer;
    }

    /** When it came, by the pool's clock for measuring. */
    long askedNanos() {
        return askedNanos;
    }
}
