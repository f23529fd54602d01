package io.kappa.asyncqueue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.contracts.invocation.ReadinessHint;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Answers Invoke as told, per function, and remembers what it was asked. */
final class FakeRouter implements AutoCloseable {
    final List<Call> calls = new CopyOnWriteArrayList<>();
    /** What it was told of backlogs. */
    final List<String> hints = new CopyOnWriteArrayList<>();

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private final HttpServer server;

    record Call(
            String path,
            @Nullable String requestId,
            @Nullable String trace,
            @Nullable String clientContext,
            String payload) {}

    /** @param functionError whether the status 200 is a failed function's */
    record Answer(int status, boolean functionError, String body) {
        static final Answer SUCCESS = new Answer(200, false, "{\"fine\":true}");
        static final Answer FAILURE = new Answer(200, true, "{\"errorType\":\"ValueError\",\"errorMessage\":\"boom\"}");
        static final Answer THROTTLE =
                new Answer(429, false, "{\"Reason\":\"ReservedFunctionConcurrentInvocationLimitExceeded\"}");
    }

    FakeRouter(Vertx vertx) {
        server = vertx.createHttpServer().requestHandler(this::answer);
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.actualPort());
    }

    void answers(String function, Answer answer) {
        answers.put(function, answer);
    }

    /** Gives no answer for that function. */
    void holds(String function) {
        held.add(function);
    }

    private void answer(HttpServerRequest request) {
        if (request.path().startsWith(ReadinessHint.PATH)) {
            hints.add(request.uri().substring(ReadinessHint.PATH.length()));
            request.response().setStatusCode(202).end();
            return;
        }
        request.body().onSuccess(body -> {
            var context = request.getHeader("X-Amz-Client-Context");
            calls.add(new Call(
                    request.uri(),
                    request.getHeader("Kappa-Request-Id"),
                    request.getHeader("X-Amzn-Trace-Id"),
                    context == null ? null : new String(Base64.getDecoder().decode(context), UTF_8),
                    body.toString()));
            var name = request.path().replaceAll(".*:function:([^:/]+)/.*", "$1");
            if (held.contains(name)) {
                return;
            }
            var answer = answers.getOrDefault(name, Answer.SUCCESS);
            var response = request.response().setStatusCode(answer.status());
            if (answer.status() == 200) {
                response.putHeader("X-Amz-Executed-Version", "$LATEST");
            }
            if (answer.functionError()) {
                response.putHeader("X-Amz-Function-Error", "Unhandled");
            }
            var _ = response.end(answer.body());
        });
    }

    @Override
    public void close() {
        server.close().toCompletionStage().toCompletableFuture().join();
    }
}
