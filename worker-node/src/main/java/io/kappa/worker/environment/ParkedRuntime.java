package io.kappa.worker.environment;

import io.kappa.worker.runtimeapi.ParkingApi;
import io.kappa.worker.sandbox.Sandbox;
import io.kappa.worker.sandbox.Sandbox.Exit;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sandbox with a runtime in it that has been started for no function yet: with its Runtime API, on the event loop that the environment
 * it becomes will live on. Given to one function and never to another.
 */
final class ParkedRuntime implements WaitingRuntime {
    private final String id;
    private final WarmKey key;
    private final EventLoop loop;
    private final Sandbox sandbox;
    private final ParkingApi api;
    private final Output output;
    private final CompletionStage<Exit> exit;

    /** What the process prints. Before the assignment that is nobody's, and there should be none. */
    static final class Output implements Sandbox.Output {
        private static final Logger LOG = LoggerFactory.getLogger(Output.class);

        private final String id;
        private volatile Sandbox.@Nullable Output assigned;

        Output(String id) {
            this.id = id;
        }

        @Override
        public void print(byte[] bytes) {
            var to = assigned;
            if (to != null) {
                to.print(bytes);
            } else if (bytes.length > 0) {
                LOG.atWarn()
                        .addKeyValue("environmentId", id)
                        .addKeyValue("printed", new String(bytes, StandardCharsets.UTF_8).strip())
                        .log("a parked runtime prints");
            }
        }
    }

    /**
     * @param id of the environment that it becomes
     * @param output given to the process when it was started
     */
    ParkedRuntime(
            String id,
            WarmKey key,
            EventLoop loop,
            Sandbox sandbox,
            ParkingApi api,
            Output output,
            CompletionStage<Exit> exit) {
        this.id = id;
        this.key = key;
        this.loop = loop;
        this.sandbox = sandbox;
        this.api = api;
        this.output = output;
        this.exit = exit;
    }

    String id() {
        return id;
    }

    WarmKey key() {
        return key;
    }

    EventLoop loop() {
        return loop;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    ParkingApi api() {
        return api;
    }

    @Override
    public CompletionStage<Exit> exit() {
        return exit;
    }

    boolean lives() {
        return !exit.toCompletableFuture().isDone();
    }

    @Override
    public boolean assign(Map<String, String> environment, Sandbox.Output to) {
        if (!lives()) {
            return false;
        }
        sandbox.drainOutput(); // What has been printed until now is not the function's.
        output.assigned = to;
        return api.assign(environment);
    }

    /** Removes it. Takes its time. */
    void close() {
        loop.execute(api::close);
        sandbox.close();
    }
}
