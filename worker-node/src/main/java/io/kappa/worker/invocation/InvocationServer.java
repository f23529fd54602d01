package io.kappa.worker.invocation;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.contracts.worker.ReadinessProtocol;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.EnvironmentStarter;
import io.kappa.worker.environment.Invocation;
import io.kappa.worker.environment.InvocationOutcome;
import io.kappa.worker.environment.InvocationOutcome.Answer;
import io.kappa.worker.environment.InvocationRunner;
import io.kappa.worker.runtimeapi.RequestBody;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side of {@link InvocationProtocol}, where one exchange is one invocation, and of {@link ReadinessProtocol}. Listens on several event loops, so that connections of
 * routers are spread over them; how many invocations run at once is the pool's affair.
 */
public final class InvocationServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InvocationServer.class);

    /** Routers bound payloads at 6 MB; this only keeps a broken one from filling the memory. */
    static final int LARGEST_PAYLOAD = 7 * 1024 * 1024;

    private static final Duration VERSION_COMES_WITHIN = Duration.ofSeconds(1);

    private static final Duration LOOKS_EVERY = Duration.ofMillis(20);
    private static final Duration ANSWERS_GO_OUT_WITHIN = Duration.ofSeconds(2);

    private static final CharSequence OUTCOME = HttpHeaders.createOptimized(InvocationProtocol.OUTCOME);
    private static final CharSequence RESULT = HttpHeaders.createOptimized(InvocationProtocol.OUTCOME_RESULT);
    private static final CharSequence FUNCTION_ERROR =
            HttpHeaders.createOptimized(InvocationProtocol.OUTCOME_FUNCTION_ERROR);
    private static final CharSequence LOG_TAIL = HttpHeaders.createOptimized(InvocationProtocol.LOG_TAIL);
    private static final CharSequence REFUSAL = HttpHeaders.createOptimized(InvocationProtocol.REFUSAL);
    private static final CharSequence CLOCK = HttpHeaders.createOptimized(InvocationProtocol.CLOCK);
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    private static final HttpServerOptions OPTIONS = new HttpServerOptions()
            .setTcpNoDelay(true)
            .setHttp2ClearTextEnabled(false)
            .setAcceptBacklog(1024)
            .setMaxHeaderSize(64 * 1024)
            .setMaxChunkSize(64 * 1024);

    /**
     * Names the free port of the next server. Servers of one Vert.x that gave the same number would share the port: the router gives 1, and
     * several workers in one process give one each.
     */
    private static final AtomicInteger FREE_PORTS = new AtomicInteger(2);

    private final Vertx vertx;
    private final DeployedFunctions functions;
    private final InvocationRunner runner;
    private final EnvironmentStarter starter;
    private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final WorkerClock clock = new WorkerClock(System::nanoTime);
    private String deployment = "";
    private volatile int port;
    private volatile long sentOnAtNanos = System.nanoTime();

    private InvocationServer(
            Vertx vertx, DeployedFunctions functions, InvocationRunner runner, EnvironmentStarter starter) {
        this.vertx = vertx;
        this.functions = functions;
        this.runner = runner;
        this.starter = starter;
    }

    /**
     * Listens.
     *
     * @param port 0 for a free one
     * @param loops how many event loops serve connections
     */
    public static InvocationServer open(
            Vertx vertx,
            String host,
            int port,
            int loops,
            DeployedFunctions functions,
            InvocationRunner runner,
            EnvironmentStarter starter) {
        var server = new InvocationServer(vertx, functions, runner, starter);
        // All instances of the deployment share the port, also where it is a free one.
        var address = port == 0
                ? SocketAddress.sharedRandomPort(FREE_PORTS.getAndIncrement(), host)
                : SocketAddress.inetSocketAddress(port, host);
        server.deployment = vertx.deployVerticle(
                        () -> context -> server.listen(address, context), new DeploymentOptions().setInstances(loops))
                .await();
        return server;
    }

    private Future<HttpServer> listen(SocketAddress address, Context context) {
        return vertx.createHttpServer(OPTIONS)
                .connectionHandler(this::connected)
                .requestHandler(request -> handle(request, context))
                .listen(address)
                .onSuccess(this::listening);
    }

    private void connected(HttpConnection connection) {
        connections.incrementAndGet();
        connection.closeHandler(_ -> connections.decrementAndGet());
    }

    private void listening(HttpServer server) {
        servers.add(server);
        port = server.actualPort();
    }

    /** Where the server listens. */
    public int port() {
        return port;
    }

    private void handle(HttpServerRequest request, Context context) {
        if (request.uri().equals(InvocationProtocol.CLOCK_PATH) && HttpMethod.GET.equals(request.method())) {
            respond(request, 204).end();
            return;
        }
        if (request.uri().equals(ReadinessProtocol.PATH) && HttpMethod.POST.equals(request.method())) {
            startAhead(request);
            return;
        }
        if (!request.uri().equals(InvocationProtocol.PATH) || !HttpMethod.POST.equals(request.method())) {
            respond(request, 404).end();
            return;
        }
        RequestBody.read(request, LARGEST_PAYLOAD, new RequestBody.Reader() {
            @Override
            public void complete(Buffer body) {
                invoke(request, body, context);
            }

            @Override
            public void tooLarge(long length) {
                respond(request, 413).end();
            }

            @Override
            public void broken() {
                // Nothing has begun, and nobody waits.
            }
        });
    }

    private HttpServerResponse respond(HttpServerRequest request, int status) {
        return request.response().setStatusCode(status).putHeader(CLOCK, clock.reading());
    }

    /** A version that is not known yet is not waited for: nobody waits for its environments either. */
    private void startAhead(HttpServerRequest request) {
        VersionArn version;
        long generation;
        int count;
        try {
            var headers = request.headers();
            version = VersionArn.parse(required(headers, InvocationProtocol.VERSION));
            generation = Long.parseLong(required(headers, InvocationProtocol.GENERATION));
            count = Integer.parseInt(required(headers, ReadinessProtocol.COUNT));
        } catch (IllegalArgumentException e) {
            respond(request, 400).end(e.getMessage());
            return;
        }
        var deployment = functions.running(version, generation);
        if (deployment.isEmpty()) {
            refuse(request, Refusal.VERSION_UNKNOWN);
            return;
        }
        var key = new EnvironmentKey(version, deployment.get().generation());
        int living = starter.startAhead(key, deployment.get(), count);
        respond(request, 200)
                .putHeader(ReadinessProtocol.COUNT, Integer.toString(living))
                .end();
    }

    private void invoke(HttpServerRequest request, Buffer body, Context context) {
        VersionArn version;
        long generation;
        Invocation invocation;
        try {
            var headers = request.headers();
            var startBefore = headers.get(InvocationProtocol.START_BEFORE);
            if (startBefore != null && !clock.isOfThisLife(startBefore)) {
                refuse(request, Refusal.TOO_LATE);
                return;
            }
            version = VersionArn.parse(required(headers, InvocationProtocol.VERSION));
            generation = Long.parseLong(required(headers, InvocationProtocol.GENERATION));
            invocation = new Invocation(
                    required(headers, InvocationProtocol.REQUEST_ID),
                    required(headers, InvocationProtocol.INVOKED_ARN),
                    orEmpty(headers.get(InvocationProtocol.TRACE_ID)),
                    orEmpty(headers.get(InvocationProtocol.CLIENT_CONTEXT)),
                    "Tail".equals(headers.get(InvocationProtocol.LOG_TYPE)),
                    body,
                    startBefore == null ? OptionalLong.empty() : OptionalLong.of(clock.nanoTime(startBefore)),
                    InvocationProtocol.STREAMED.equals(headers.get(InvocationProtocol.ANSWER_MODE)),
                    System.nanoTime());
        } catch (IllegalArgumentException e) {
            respond(request, 400).end(e.getMessage());
            return;
        }
        var deployment = functions.running(version, generation);
        if (deployment.isPresent()) {
            invoke(request, version, deployment.get(), invocation, context);
        } else {
            awaitVersion(request, version, generation, invocation, context);
        }
    }

    private void awaitVersion(
            HttpServerRequest request, VersionArn version, long generation, Invocation invocation, Context context) {
        var awaited = functions.awaited(version, generation);
        long timer = vertx.setTimer(VERSION_COMES_WITHIN.toMillis(), _ -> awaited.cancel(false));
        var _ = awaited.whenComplete((deployment, _) -> context.runOnContext(_ -> {
            vertx.cancelTimer(timer);
            if (deployment == null) {
                LOG.atWarn()
                        .addKeyValue("requestId", invocation.requestId())
                        .addKeyValue("function", version)
                        .addKeyValue("generation", generation)
                        .log("refused: this worker has not read of the version");
                refuse(request, Refusal.VERSION_UNKNOWN);
            } else {
                invoke(request, version, deployment, invocation, context);
            }
        }));
    }

    private void invoke(
            HttpServerRequest request,
            VersionArn version,
            Deployment deployment,
            Invocation invocation,
            Context context) {
        var key = new EnvironmentKey(version, deployment.generation());
        Answer answer = invocation.streamed()
                ? new StreamedAnswer(request.response(), clock.reading(), context, outcome -> answer(request, outcome))
                : outcome -> context.runOnContext(_ -> answer(request, outcome));
        runner.invoke(key, deployment, invocation, answer);
    }

    private void answer(HttpServerRequest request, InvocationOutcome outcome) {
        if (request.response().closed()) {
            return; // The router has gone; the function has run to its end all the same.
        }
        switch (outcome) {
            case InvocationOutcome.Result result -> answer(request, RESULT, result.payload(), result.tail());
            case InvocationOutcome.FunctionError error ->
                answer(request, FUNCTION_ERROR, error.payload(), error.tail());
            case InvocationOutcome.Refused refused -> tellRefusal(request, refused.refusal());
            case InvocationOutcome.Abandoned _ -> respond(request, 500).end();
        }
    }

    private void answer(HttpServerRequest request, CharSequence outcome, Buffer payload, String tail) {
        var response =
                respond(request, 200).putHeader(HttpHeaders.CONTENT_TYPE, JSON).putHeader(OUTCOME, outcome);
        if (!tail.isEmpty()) {
            response.putHeader(LOG_TAIL, tail);
        }
        response.end(payload);
    }

    /** Refuses what has not come to the pool, which would have counted it. */
    private void refuse(HttpServerRequest request, Refusal refusal) {
        runner.countRefusal(refusal);
        tellRefusal(request, refusal);
    }

    private void tellRefusal(HttpServerRequest request, Refusal refusal) {
        if (refusal == Refusal.DRAINING) {
            sentOnAtNanos = System.nanoTime();
        }
        respond(request, 503).putHeader(REFUSAL, refusal.name()).end();
    }

    private static String required(MultiMap headers, String name) {
        var value = headers.get(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("header " + name + " is missing");
        }
        return value;
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }

    /**
     * Waits until no router seems to come any more: none is connected, or none has had to be sent on to another worker for a while. A router
     * that has not read yet that this worker drains may have an invocation on its way, which would break with the connection.
     *
     * @param quiet how long nobody has come then
     * @param atMost after which it waits no longer, whoever comes
     */
    public void awaitQuiet(Duration quiet, Duration atMost) throws InterruptedException {
        long start = System.nanoTime();
        long end = start + atMost.toNanos();
        long now = start;
        while (connections.get() > 0 && now - end < 0) {
            long since = sentOnAtNanos - start > 0 ? sentOnAtNanos : start;
            long left = since + quiet.toNanos() - now;
            if (left <= 0) {
                return;
            }
            Thread.sleep(Duration.ofNanos(Math.min(left, LOOKS_EVERY.toNanos())));
            now = System.nanoTime();
        }
    }

    /** Stops listening, lets answers out that are being written, and breaks what is open then. */
    @Override
    public void close() {
        try {
            Future.join(servers.stream()
                            .map(server -> server.shutdown(ANSWERS_GO_OUT_WITHIN))
                            .toList())
                    .await();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("server did not stop cleanly");
        }
        vertx.undeploy(deployment).await(); // That closes what was opened on the deployment's contexts.
    }
}
