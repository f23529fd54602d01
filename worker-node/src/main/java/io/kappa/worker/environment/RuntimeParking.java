package io.kappa.worker.environment;

import io.kappa.runtimes.InstalledRuntime;
import io.kappa.runtimes.RuntimeCatalogue;
import io.kappa.worker.environment.ParkedRuntime.Output;
import io.kappa.worker.runtimeapi.ParkingApi;
import io.kappa.worker.runtimeapi.RuntimeApiEndpoint;
import io.kappa.worker.sandbox.ParkingSpec;
import io.kappa.worker.sandbox.Sandboxes;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.HashMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Parks runtimes in sandboxes of this machine. */
final class RuntimeParking implements WarmPool.Parking {
    /** Of {@code /tmp}: what functions have that do not ask for more. */
    static final int EPHEMERAL_STORAGE_MEGABYTES = 512;

    /** More than any runtime takes that waits; the function's own limit holds from the assignment on. */
    private static final int MEMORY_MEGABYTES = 256;

    private static final long PATIENCE_SECONDS = 30;

    private final Vertx vertx;
    private final RuntimeCatalogue runtimes;
    private final Sandboxes sandboxes;
    private final VertxEventLoops loops;
    private final Executor blocking;

    /** @param blocking runs what takes its time */
    RuntimeParking(
            Vertx vertx, RuntimeCatalogue runtimes, Sandboxes sandboxes, VertxEventLoops loops, Executor blocking) {
        this.vertx = vertx;
        this.runtimes = runtimes;
        this.sandboxes = sandboxes;
        this.loops = loops;
        this.blocking = blocking;
    }

    @Override
    public CompletionStage<ParkedRuntime> park(WarmKey key, InstalledRuntime.Parking parking, int memoryMegabytes) {
        var loop = loops.next();
        var opened = new CompletableFuture<ParkingApi>();
        var waits = new CompletableFuture<Boolean>();
        loop.execute(() -> RuntimeApiEndpoint.park(vertx, () -> waits.complete(true))
                .onSuccess(opened::complete)
                .onFailure(opened::completeExceptionally));
        return opened.thenComposeAsync(
                api -> {
                    try {
                        return start(key, parking, memoryMegabytes, loop, api, waits);
                    } catch (IOException | RuntimeException e) {
                        loop.execute(api::close);
                        return CompletableFuture.failedFuture(e);
                    }
                },
                blocking);
    }

    @Override
    public boolean takesLayers(InstalledRuntime runtime) {
        return sandboxes.assignsLayers(runtime.hostPaths());
    }

    private CompletionStage<ParkedRuntime> start(
            WarmKey key,
            InstalledRuntime.Parking parking,
            int memoryMegabytes,
            EventLoop loop,
            ParkingApi api,
            CompletableFuture<Boolean> waits)
            throws IOException {
        var id = UUID.randomUUID().toString().replace("-", "");
        var sandbox = sandboxes.park(new ParkingSpec(
                id, runtimes.directory(), key.hostPaths(), MEMORY_MEGABYTES, EPHEMERAL_STORAGE_MEGABYTES));
        ParkedRuntime parked;
        try {
            var layout = sandbox.layout();
            var start = parking.start(layout.taskRoot(), layout.runtimeRoot(), memoryMegabytes);
            var environment = new HashMap<>(EnvironmentVariables.defaults(layout));
            environment.putAll(start.environment());
            environment.put(EnvironmentVariables.RUNTIME_API, api.address());
            var output = new Output(id);
            var exit = sandbox.start(start.command(), environment, output);
            parked = new ParkedRuntime(id, key, loop, sandbox, api, output, exit);
        } catch (IOException | RuntimeException e) {
            sandbox.close();
            throw e;
        }
        parked.exit().thenAccept(exit -> waits.completeExceptionally(new IOException("it ended: " + exit)));
        return waits.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .thenApply(_ -> parked)
                .whenCompleteAsync((_, problem) -> closeAfter(problem, parked), blocking);
    }

    private static void closeAfter(Throwable problem, ParkedRuntime parked) {
        if (problem != null) {
            parked.close();
        }
    }
}
