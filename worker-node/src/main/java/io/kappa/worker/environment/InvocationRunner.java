package io.kappa.worker.environment;

import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;

/** Runs invocations on this machine, as far as there is room. */
public interface InvocationRunner {

    /** Runs the invocation in an environment of that version and deployment, or refuses it. From any thread. */
    void invoke(EnvironmentKey key, Deployment deployment, Invocation invocation, InvocationOutcome.Answer answer);

    /** Counts an invocation that was refused before it came here. */
    void countRefusal(Refusal refusal);
}
