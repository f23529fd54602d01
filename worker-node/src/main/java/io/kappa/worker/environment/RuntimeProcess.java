package io.kappa.worker.environment;

import io.kappa.worker.sandbox.Sandbox;
import io.kappa.worker.sandbox.Sandbox.Exit;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runtime process of one environment, one after another in the same sandbox. Puts in order what a sandbox wants one at a time:
 * starting and closing, which take their time on another thread, and a kill or a new start that comes meanwhile.
 */
final class RuntimeProcess {
    private static final Logger LOG = LoggerFactory.getLogger(RuntimeProcess.class);
    private static final Exit UNKNOWN_EXIT = new Exit(0, 9, false);

    private final Sandbox sandbox;
    private final Sandbox.Output output;
    private final Listener listener;
    private final EventLoop loop;
    private final Executor blocking;
    private final EnvironmentMetrics metrics;
    private @Nullable WaitingRuntime waiting;
    private State state = new Absent();
    private boolean frozen;
    private Runnable gone = () -> {};

    /** Hears, on the event loop, what becomes of a process that nobody has asked to end. */
    interface Listener {
        /** The process is started now; what an earlier one has said counts no more. */
        void launching();

        /** The process runs, for this function from here on. */
        void launched();

        void exited(Exit exit);

        void notStarted(IOException cause);

        /** The process could not be restored from a snapshot. It is started in the ordinary way, without another word about that. */
        default void notRestored(IOException cause) {}
    }

    /**
     * What to start.
     *
     * @param restored variables for a process that is restored from the sandbox's image, if it can be; null where nothing is
     */
    record Start(
            List<String> command,
            Map<String, String> environment,
            @Nullable Map<String, String> restored) {
        Start(List<String> command, Map<String, String> environment) {
            this(command, environment, null);
        }

        /** The same without a snapshot. */
        Start afresh() {
            return new Start(command, environment);
        }
    }

    private sealed interface State {}

    private record Absent() implements State {}

    /**
     * @param wanted whether it is to live once it runs
     * @param next to be started after it where it is not wanted
     */
    private record Launching(boolean wanted, @Nullable Start next) implements State {}

    private record Alive() implements State {}

    /** Killed, and not gone yet. */
    private record Dying(@Nullable Start next) implements State {}

    /** @param closed called once the sandbox is no more */
    private record Closing(Runnable closed) implements State {}

    /** @param waiting a process that runs already and takes the place of the first that would be started; null where there is none */
    RuntimeProcess(
            Sandbox sandbox,
            Sandbox.Output output,
            Listener listener,
            EventLoop loop,
            Executor blocking,
            EnvironmentMetrics metrics,
            @Nullable WaitingRuntime waiting) {
        this.waiting = waiting;
        this.sandbox = sandbox;
        this.output = output;
        this.listener = listener;
        this.loop = loop;
        this.blocking = blocking;
        this.metrics = metrics;
    }

    /** Starts a process, after the end of one that has been killed. */
    void start(Start start) {
        switch (state) {
            case Absent _ -> begin(start);
            case Launching launching when !launching.wanted() -> state = new Launching(false, start);
            case Dying _ -> state = new Dying(start);
            case Launching _, Alive _ -> throw new IllegalStateException("there is a runtime process already");
            case Closing _ -> {}
        }
    }

    /** Ends the process, if there is one. */
    void kill() {
        switch (state) {
            case Alive _ -> {
                state = new Dying(null);
                sandbox.kill();
            }
            case Launching _ -> state = new Launching(false, null);
            case Dying _ -> state = new Dying(null);
            case Absent _, Closing _ -> {}
        }
    }

    /**
     * Asks the process to end, of which nothing is heard any more but that.
     *
     * @param then called once there is none, however it came to its end
     */
    void terminate(Runnable then) {
        thaw();
        gone = then;
        switch (state) {
            case Alive _ -> {
                state = new Dying(null);
                sandbox.terminate();
            }
            case Launching _ -> state = new Launching(false, null);
            case Dying _ -> state = new Dying(null);
            case Absent _ -> tellGone();
            case Closing _ -> {}
        }
    }

    /** Ends a process that was asked to end, and nothing else in the sandbox. */
    void killRuntime() {
        if (state instanceof Dying) {
            sandbox.killRuntime();
        }
    }

    private void tellGone() {
        var told = gone;
        gone = () -> {};
        told.run();
    }

    /** Ends the process and removes the sandbox. Nothing is heard of either afterwards but this call's own callback. */
    void close(Runnable closed) {
        if (frozen) {
            frozen = false; // Killed as it is.
            metrics.frozenIsGone();
        }
        switch (state) {
            case Launching _ -> state = new Closing(closed); // Goes on when the sandbox has returned: see launched().
            case Absent _, Alive _, Dying _ -> {
                state = new Closing(closed);
                remove(closed);
            }
            case Closing _ -> {}
        }
    }

    void throttle() {
        if (state instanceof Alive) {
            sandbox.throttle();
        }
    }

    void freeze() {
        if (state instanceof Alive && !frozen) {
            frozen = true;
            sandbox.freeze();
            metrics.froze();
        }
    }

    void thaw() {
        if (frozen) {
            frozen = false;
            long began = loop.nanoTime();
            sandbox.thaw();
            metrics.thawed(loop.nanoTime() - began);
        }
    }

    /** Sees to it that everything printed until now has been taken in. */
    void drainOutput() {
        if (mayAskSandbox()) {
            sandbox.drainOutput();
        }
    }

    /** Most memory used so far, in bytes; 0 where that is unknown. */
    long memoryPeakBytes() {
        return mayAskSandbox() ? sandbox.memoryPeakBytes() : 0;
    }

    private boolean mayAskSandbox() {
        return !(state instanceof Launching) && !(state instanceof Closing);
    }

    private void begin(Start start) {
        var parked = waiting;
        waiting = null;
        if (parked == null) {
            launch(start);
        } else if (parked.assign(start.environment(), output)) {
            state = new Alive();
            listener.launched();
            hearEnd(parked.exit());
        } else {
            // It has died just now, or is about to: the function gets one that is started for it.
            state = new Dying(start);
            sandbox.kill();
            hearEnd(parked.exit());
        }
    }

    private void hearEnd(CompletionStage<Exit> exit) {
        exit.whenComplete((how, problem) -> loop.execute(() -> exited(problem == null ? how : UNKNOWN_EXIT)));
    }

    private void launch(Start start) {
        state = new Launching(true, null);
        listener.launching();
        blocking.execute(() -> {
            try {
                var exit = startOrRestore(start);
                loop.execute(() -> launched(exit));
            } catch (IOException e) {
                loop.execute(() -> notLaunched(e));
            } catch (RuntimeException e) {
                LOG.atError().setCause(e).log("sandbox failed to start a process");
                loop.execute(() -> notLaunched(new IOException(e)));
            }
        });
    }

    private CompletionStage<Exit> startOrRestore(Start start) throws IOException {
        if (start.restored() != null) {
            try {
                return sandbox.restore(start.restored(), output);
            } catch (IOException e) {
                loop.execute(() -> {
                    if (state instanceof Launching) {
                        listener.notRestored(e);
                    }
                });
            }
        }
        return sandbox.start(start.command(), start.environment(), output);
    }

    private void launched(CompletionStage<Exit> exit) {
        switch (state) {
            case Launching(boolean wanted, var next) -> {
                if (wanted) {
                    state = new Alive();
                    listener.launched();
                } else {
                    state = new Dying(next);
                    sandbox.killRuntime();
                }
                hearEnd(exit);
            }
            case Closing(var closed) -> remove(closed);
            case Absent _, Alive _, Dying _ -> throw new IllegalStateException("launched in state " + state);
        }
    }

    private void notLaunched(IOException cause) {
        switch (state) {
            case Launching(boolean wanted, var next) -> {
                state = new Absent();
                if (wanted) {
                    listener.notStarted(cause);
                } else {
                    follow(next);
                }
            }
            case Closing(var closed) -> remove(closed);
            case Absent _, Alive _, Dying _ -> throw new IllegalStateException("not launched in state " + state);
        }
    }

    private void exited(Exit exit) {
        switch (state) {
            case Alive _ -> {
                state = new Absent();
                thaw(); // Else the next process would be born frozen.
                listener.exited(exit);
            }
            case Dying(var next) -> {
                state = new Absent();
                thaw();
                follow(next);
            }
            case Closing _ -> {}
            case Absent _, Launching _ -> throw new IllegalStateException("exited in state " + state);
        }
    }

    private void follow(@Nullable Start next) {
        if (next != null) {
            launch(next);
        } else {
            tellGone();
        }
    }

    private void remove(Runnable closed) {
        blocking.execute(() -> {
            try {
                sandbox.close();
            } catch (RuntimeException e) {
                LOG.atWarn().setCause(e).log("sandbox did not close cleanly");
            }
            loop.execute(closed);
        });
    }
}
