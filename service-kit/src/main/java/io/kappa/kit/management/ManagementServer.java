package io.kappa.kit.management;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.BindException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;

/**
 * The pages that those look at who run a process: {@code /health/live}, {@code /health/ready} and {@code /metrics}, and below {@code /v1/}
 * what the services mount ({@link ManagementApi}). Health answers 200 or 503, with every problem in one line each.
 */
public final class ManagementServer implements AutoCloseable {
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final Vertx vertx;
    private final Health health;
    private final PrometheusMeterRegistry metrics;
    private final ManagementApi api;
    private final HttpServer server;

    private record Page(int status, String type, String body) {}

    private ManagementServer(Vertx vertx, Health health, PrometheusMeterRegistry metrics) {
        this.vertx = vertx;
        this.health = health;
        this.metrics = metrics;
        this.api = new ManagementApi(vertx);
        this.server = vertx.createHttpServer().requestHandler(this::route);
    }

    /**
     * Starts serving.
     *
     * @throws IOException in one line fit for a person, where the port is taken
     */
    public static ManagementServer start(
            Vertx vertx, ManagementSettings settings, Health health, PrometheusMeterRegistry metrics)
            throws IOException {
        var management = new ManagementServer(vertx, health, metrics);
        try {
            finished(management.server.listen(settings.port(), settings.host()));
        } catch (CompletionException e) {
            throw e.getCause() instanceof BindException
                    ? new IOException(
                            "port " + settings.port() + " is in use, so the management pages cannot be served")
                    : new IOException("the management pages cannot be served at " + settings.host(), e.getCause());
        }
        return management;
    }

    /** The port in use: the one asked for, or the free one that was found. */
    public int port() {
        return server.actualPort();
    }

    /** Where services mount what operators ask of them. */
    public ManagementApi api() {
        return api;
    }

    private void route(HttpServerRequest request) {
        if (request.path() != null && request.path().startsWith("/v1/")) {
            api.router().handle(request);
        } else {
            answer(request);
        }
    }

    private void answer(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            send(request, new Page(405, "text/plain", "only GET\n"));
            return;
        }
        // Away from the event loop: collecting takes milliseconds, and the parts of health are other people's code.
        Callable<Page> page = () -> page(request.path());
        vertx.executeBlocking(page, false)
                .onSuccess(found -> send(request, found))
                .onFailure(failure -> send(request, new Page(500, "text/plain", failure + "\n")));
    }

    private Page page(String path) {
        return switch (path) {
            case "/health/live" -> health("live", health.dead());
            case "/health/ready" -> health("ready", health.unready());
            case "/metrics" -> new Page(200, PROMETHEUS_TEXT, metrics.scrape());
            default -> new Page(404, "text/plain", "there are /health/live, /health/ready and /metrics\n");
        };
    }

    private static Page health(String what, List<String> problems) {
        var body = new JsonObject().put(what, problems.isEmpty()).put("problems", problems);
        return new Page(problems.isEmpty() ? 200 : 503, "application/json", body.encode() + "\n");
    }

    private static void send(HttpServerRequest request, Page page) {
        var _ = request.response()
                .setStatusCode(page.status())
                .putHeader("Content-Type", page.type())
                .end(page.body());
    }

    @Override
    public void close() {
        finished(server.close());
    }

    private static <T> T finished(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
