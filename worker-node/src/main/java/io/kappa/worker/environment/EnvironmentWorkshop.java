package io.kappa.worker.environment;

import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.worker.log.EnvironmentLog;
import io.kappa.worker.runtimeapi.RuntimeApi;
import io.kappa.worker.runtimeapi.RuntimeListener;
import io.kappa.worker.sandbox.Sandbox;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes what execution environments consist of. */
interface EnvironmentWorkshop {

    /**
     * Makes everything that the environment needs before its runtime can start. Called on the environment's event loop.
     *
     * @param listener hears what runtimes will say
     * @param done told what came of it, on the loop
     */
    void prepare(EnvironmentPlan plan, EventLoop loop, RuntimeListener listener, Consumer<Preparation> done);

    /** The environment will not be prepared after all. */
    default void withdraw(EnvironmentPlan plan) {}

    sealed interface Preparation {

        /** Everything is there. Whoever is told so closes the parts. */
        record Prepared(Parts parts) implements Preparation {}

        /** This machine cannot run the function, and nothing is left of the attempt. */
        record Failed(Refusal refusal) implements Preparation {}
    }

    /**
     * What one environment consists of.
     *
     * @param runtimeVersion what is installed, as INIT_START shows it
     * @param start how the runtime is started
     * @param unstartable why there is nothing that could be started; null where there is
     * @param release gives back what none of the parts closes: the function's code
     * @param waiting a runtime that runs already and is the first to serve; null where there is none
     * @param extensions of the function
     * @param notRestorable called where the snapshot that {@code start} names cannot be restored
     */
    record Parts(
            Sandbox sandbox,
            RuntimeApi api,
            String runtimeVersion,
            RuntimeProcess.Start start,
            EnvironmentLog log,
            @Nullable RuntimeFailure unstartable,
            Runnable release,
            @Nullable WaitingRuntime waiting,
            Extensions extensions,
            Runnable notRestorable) {

        Parts(
                Sandbox sandbox,
                RuntimeApi api,
                String runtimeVersion,
                RuntimeProcess.Start start,
                EnvironmentLog log,
                @Nullable RuntimeFailure unstartable,
                Runnable release) {
            this(sandbox, api, runtimeVersion, start, log, unstartable, release, null, Extensions.NONE, () -> {});
        }
    }
}
