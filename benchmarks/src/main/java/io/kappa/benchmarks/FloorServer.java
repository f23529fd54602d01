package io.kappa.benchmarks;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The floor of an invocation: one process, one event loop, two ports. A request on the first port is the answer to a runtime's poll on
 * the second; the runtime's response is the answer to the request. No registry, no router, no worker, no log, no limit.
 *
 * <p>Prints the two ports on one line once it listens, and ends with its standard input.
 */
final class FloorServer extends VerticleBase {
    private static final String ARN = "arn:aws:lambda:us-east-1:000000000000:function:floor";

    private record Waiting(HttpServerRequest request, Buffer body) {}

    private final Deque<Waiting> requests = new ArrayDeque<>();
    private final Deque<HttpServerResponse> polls = new ArrayDeque<>();
    private final Map<String, HttpServerResponse> running = new HashMap<>();

    public static void main(String[] arguments) throws Exception {
        var vertx = Vertx.vertx();
        vertx.deployVerticle(new FloorServer()).await();
        while (System.in.read() >= 0) {
            // Until the benchmark closes the pipe.
        }
        vertx.close().await();
    }

    @Override
    public Future<?> start() {
        var options = new HttpServerOptions().setTcpNoDelay(true).setMaxInitialLineLength(16_384);
        HttpServer callers = vertx.createHttpServer(options).requestHandler(this::call);
        HttpServer runtimes = vertx.createHttpServer(options).requestHandler(this::runtime);
        return callers.listen(0, "127.0.0.1")
                .compose(_ -> runtimes.listen(0, "127.0.0.1"))
                .onSuccess(_ -> System.out.println(callers.actualPort() + " " + runtimes.actualPort()));
    }

    private void call(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            requests.add(new Waiting(request, body));
            match();
        });
    }

    private void runtime(HttpServerRequest request) {
        var path = request.path();
        if (path.endsWith("/next")) {
            polls.add(request.response());
            match();
            return;
        }
        request.body().onSuccess(body -> {
            var id = path.substring(path.indexOf("/invocation/") + 12, path.lastIndexOf('/'));
            var caller = running.remove(id);
            request.response()
                    .setStatusCode(202)
                    .putHeader("Content-Type", "application/json")
                    .end("{\"status\":\"OK\"}");
            if (caller != null) {
                caller.putHeader("Content-Type", "application/json").end(body);
            }
        });
    }

    private void match() {
        polls.removeIf(HttpServerResponse::closed); // Runtimes that are gone.
        while (!requests.isEmpty() && !polls.isEmpty()) {
            var waiting = requests.remove();
            var poll = polls.remove();
            var id = UUID.randomUUID().toString();
            running.put(id, waiting.request().response());
            poll.putHeader("Content-Type", "application/json")
                    .putHeader("Lambda-Runtime-Aws-Request-Id", id)
                    .putHeader("Lambda-Runtime-Deadline-Ms", Long.toString(System.currentTimeMillis() + 60_000))
                    .putHeader("Lambda-Runtime-Invoked-Function-Arn", ARN)
                    .end(waiting.body());
        }
    }
}
