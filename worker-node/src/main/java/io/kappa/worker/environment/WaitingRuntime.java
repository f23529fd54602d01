package io.kappa.worker.environment;

import io.kappa.worker.sandbox.Sandbox;
import io.kappa.worker.sandbox.Sandbox.Exit;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** A runtime process that runs in an environment's sandbox already and waits to be told which function it is for. */
interface WaitingRuntime {

    /** How the process ended, once it has. */
    CompletionStage<Exit> exit();

    /**
     * Tells it. To be called on the environment's event loop, once.
     *
     * @param environment all variables of the process from here on
     * @param output given what is printed from here on
     * @return false where it does not listen any more, and must be killed
     */
    boolean assign(Map<String, String> environment, Sandbox.Output output);
}
