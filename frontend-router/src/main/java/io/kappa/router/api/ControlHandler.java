package io.kappa.router.api;

import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.operation.Endpoint;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.api.operation.OperationTable.Match;
import io.kappa.router.api.operation.QueryParameters;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/** The control plane: reads a request in full and has it answered on a virtual thread, where parsing and waiting hold up nobody. */
final class ControlHandler {
    /** What Lambda takes: a package of the largest size in base64, and the rest of the request. */
    static final int LONGEST_BODY = 70_167_211;

    /** Past this many at once, callers are throttled. */
    private static final int MOST_AT_ONCE = 256;

    private final Map<Operation, Endpoint> endpoints;
    private final Executor threads;
    private final Optional<URI> publicUrl;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    ControlHandler(Map<Operation, Endpoint> endpoints, Executor threads, Optional<URI> publicUrl) {
        this.endpoints = endpoints;
        this.threads = threads;
        this.publicUrl = publicUrl;
    }

    void handle(Exchange exchange, Match match, Context context) {
        var endpoint = endpoints.get(match.operation());
        if (endpoint == null) {
            exchange.refuse(notBuilt(match.operation().wireName()));
            return;
        }
        BodyIntake.read(
                exchange,
                LONGEST_BODY,
                _ -> new LambdaApiException(
                        ErrorCode.REQUEST_ENTITY_TOO_LARGE,
                        "Request must be smaller than " + LONGEST_BODY + " bytes for the "
                                + match.operation().wireName() + " operation"),
                body -> answer(exchange, () -> endpoint.answer(request(exchange, match, body)), context));
    }

    static LambdaApiException notBuilt(String what) {
        return new LambdaApiException(ErrorCode.NOT_BUILT, "Kappa does not implement " + what + " yet");
    }

    /** Something that may wait for its answer. */
    @FunctionalInterface
    interface Work {
        ApiAnswer answer() throws Exception;
    }

    void answer(Exchange exchange, Work work, Context context) {
        run(
                exchange,
                () -> {
                    var answer = work.answer();
                    context.runOnContext(_ -> exchange.answer(answer));
                },
                context);
    }

    /** Something that may wait while it answers. */
    @FunctionalInterface
    interface Task {
        void run() throws Exception;
    }

    void run(Exchange exchange, Task task, Context context) {
        if (!places.tryAcquire()) {
            exchange.refuse(LambdaApiException.throttled("CallerRateLimitExceeded"));
            return;
        }
        threads.execute(() -> {
            try {
                task.run();
            } catch (Throwable e) { // Whatever it is, somebody waits for an answer.
                context.runOnContext(_ -> exchange.fail(e));
            } finally {
                places.release();
            }
        });
    }

    private ApiRequest request(Exchange exchange, Match match, Buffer body) {
        return new ApiRequest(
                match.operation(),
                match.parameters(),
                QueryParameters.decoded(exchange.request().query()),
                body,
                exchange.requestId(),
                publicUrl.map(URI::toString).orElseGet(() -> origin(exchange.request())));
    }

    static Map<String, String> query(HttpServerRequest request) {
        var query = new HashMap<String, String>();
        QueryParameters.decoded(request.query()).forEach((name, values) -> query.put(name, values.getFirst()));
        return query;
    }

    private static String origin(HttpServerRequest request) {
        var forwarded = request.headers().get("X-Forwarded-Proto");
        var scheme = "https".equals(forwarded) ? "https" : request.isSSL() ? "https" : "http";
        var host = request.headers().get("Host");
        return scheme + "://" + (host == null ? request.localAddress().toString() : host);
    }
}
