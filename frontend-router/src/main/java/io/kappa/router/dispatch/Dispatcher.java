package io.kappa.router.dispatch;

import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.worker.Ability;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.router.refusal.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs invocations on worker nodes. A worker that refuses has not started anything, and neither has one that cannot be reached, so the next
 * is asked, three at most. Once a request has been sent, a broken connection is the end: the function may have run, and running it again is
 * for the caller to decide.
 */
public final class Dispatcher {
    /** Log tails, and errors that end a stream, make for long headers: 4 KB and 64 KB in base64, beside the rest. */
    private static final int LONGEST_HEADERS = 128 * 1024;

    private final WorkerDirectory directory;
    private final DispatchSettings settings;
    private final WorkerChoice choice;
    private final Readiness readiness;
    private final Map<Refusal, Counter> refusals;
    private final Counter unreachable;
    private final Counter broken;

    public Dispatcher(WorkerDirectory directory, DispatchSettings settings, MeterRegistry metrics) {
        this.directory = directory;
        this.settings = settings;
        this.choice = new WorkerChoice(directory, ThreadLocalRandom::current);
        this.readiness = new Readiness(directory, metrics);
        this.refusals = Arrays.stream(Refusal.values())
                .collect(Collectors.toMap(
                        Function.identity(),
                        refusal -> Counter.builder("kappa.router.worker.refusals")
                                .description("Invocations that a worker did not start")
                                .tag("reason", refusal.name().toLowerCase(Locale.ROOT))
                                .register(metrics)));
        this.unreachable = Counter.builder("kappa.router.worker.unreachable")
                .description("Connections to workers that could not be made")
                .register(metrics);
        this.broken = Counter.builder("kappa.router.worker.broken")
                .description("Invocations whose worker did not answer, or not as it should")
                .register(metrics);
        Gauge.builder("kappa.router.worker.running", directory, WorkerDirectory::running)
                .description("Invocations that this router has running on workers")
                .register(metrics);
    }

    /**
     * Connections for one event loop. Connections are not shared between loops, so that an invocation never changes threads.
     * Called on that loop; closed with what was deployed there.
     */
    public Lane lane(Vertx vertx) {
        var options = new HttpClientOptions()
                .setConnectTimeout((int) settings.connectTimeout().toMillis())
                .setKeepAlive(true)
                .setPipelining(false)
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setDecompressionSupported(false)
                .setMaxHeaderSize(LONGEST_HEADERS)
                .setMaxChunkSize(64 * 1024);
        var pool = new PoolOptions()
                .setHttp1MaxSize(settings.mostConnections())
                .setMaxWaitQueueSize(settings.mostConnections());
        return new Lane(vertx, vertx.createHttpClient(options, pool));
    }

    /** One event loop's way to the workers. */
    public final class Lane {
        private final Vertx vertx;
        private final HttpClient client;

        private Lane(Vertx vertx, HttpClient client) {
            this.vertx = vertx;
            this.client = client;
        }

        /** Runs the invocation. Called on the event loop of this lane, which is also where the outcome is handed over, exactly once. */
        public void run(Invocation invocation, StartPermit permit, Handler<InvocationOutcome> outcome) {
            new InvocationRun(Dispatcher.this, this, invocation, permit, outcome).start();
        }

        /**
         * Has environments started before there are invocations for them, as far as workers have memory to spare. Called on the event loop of
         * this lane; waits for nothing.
         *
         * @param concurrency how many invocations of the version could run at once, those that do included
         */
        public void prepare(VersionRecord version, int concurrency) {
            readiness.prepare(version, concurrency, client);
        }

        Vertx vertx() {
            return vertx;
        }

        HttpClient client() {
            return client;
        }
    }

    WorkerChoice choice() {
        return choice;
    }

    WorkerDirectory directory() {
        return directory;
    }

    DispatchSettings settings() {
        return settings;
    }

    void countUnreachable() {
        unreachable.increment();
    }

    void countBroken() {
        broken.increment();
    }

    void countRefusal(Refusal refusal) {
        var counter = refusals.get(refusal);
        if (counter != null) {
            counter.increment();
        }
    }

    /** Says why an invocation could not be started anywhere. */
    InvocationOutcome notStarted(Invocation invocation, @Nullable Refusal last) {
        var needed = Ability.neededBy(invocation.version().running());
        if (last != null) {
            return refused(last, needed);
        }
        if (directory.isEmpty()) {
            return unavailable("No worker node is there to run the function.");
        }
        if (!directory.have(needed)) {
            return refused(Refusal.RUNTIME_UNAVAILABLE, needed);
        }
        return unavailable("Every worker node that offers " + needed + " is draining or cannot be reached.");
    }

    // Full workers are answered with 503 and not with a throttle: no limit of the caller's was reached, the platform is
    // too small.
    private static InvocationOutcome refused(Refusal refusal, Ability needed) {
        return switch (refusal) {
            case FULL -> unavailable("No worker node has memory left to run the function.");
            case DRAINING -> unavailable("Every worker node that could run the function is draining.");
            case VERSION_UNKNOWN ->
                unavailable("The worker nodes have not come to know this version of the function in time.");
            case CODE_UNAVAILABLE ->
                new InvocationOutcome.PlatformError(
                        ErrorCode.INVALID_ZIP_FILE,
                        "The worker nodes could not read or unpack the deployment package.");
            case RUNTIME_UNAVAILABLE ->
                new InvocationOutcome.PlatformError(
                        ErrorCode.INVALID_RUNTIME,
                        switch (needed) {
                            case Ability.ManagedRuntime runtime ->
                                "No worker node has the runtime " + runtime + " installed.";
                            case Ability.Images images -> "No worker node can run " + images + ".";
                        });
            case IMAGE_UNAVAILABLE ->
                new InvocationOutcome.PlatformError(
                        ErrorCode.RESOURCE_NOT_READY,
                        "The worker nodes could not get or unpack the function's image. Check that it still is where it was "
                                + "when the function was created or updated.");
            case KEY_NOT_FOUND ->
                new InvocationOutcome.PlatformError(
                        ErrorCode.KMS_NOT_FOUND,
                        "Lambda was unable to decrypt the environment variables because the KMS key was not found. "
                                + "Please check the function's KMS key settings.");
            case KEY_INVALID ->
                new InvocationOutcome.PlatformError(
                        ErrorCode.KMS_ACCESS_DENIED,
                        "Lambda was unable to decrypt the environment variables because KMS access was denied. "
                                + "Please check the function's KMS key settings.");
            case RESTORE_TIMED_OUT ->
                new InvocationOutcome.PlatformError(
                        ErrorCode.SNAP_START_TIMEOUT, "Lambda couldn't restore the snapshot within the timeout limit.");
            case TOO_LATE -> unavailable("The invocation could not begin in the time in which it might.");
        };
    }

    private static InvocationOutcome unavailable(String message) {
        return new InvocationOutcome.PlatformError(ErrorCode.SERVICE_UNAVAILABLE, message);
    }
}
