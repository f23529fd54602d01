package io.kappa.mapper.invoke;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import io.kappa.contracts.invocation.InvocationTarget;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls functions at the routers, by the same request that users make. Calls beyond what is allowed at once wait for a connection; how many
 * can wait is bounded by the shards, each of which has few calls of its own.
 */
public final class RouterInvoker implements Invoker, AutoCloseable {
    private static final int OK = 200;
    private static final int MISSING = 404;
    private static final int TIMEOUT = 408;
    private static final int CONFLICT = 409;
    private static final int THROTTLED = 429;
    private static final int FAILED = 500;
    private static final JsonFactory JSON = new JsonFactory();

    private final RouterSettings settings;
    private final HttpClient http;
    private final AtomicInteger turn = new AtomicInteger();

    public RouterInvoker(Vertx vertx, RouterSettings settings) {
        this.settings = settings;
        this.http = vertx.createHttpClient(
                new HttpClientOptions()
                        .setTcpNoDelay(true)
                        .setTcpKeepAlive(true)
                        .setConnectTimeout(2_000),
                new PoolOptions().setHttp1MaxSize(settings.mostCalls()).setMaxWaitQueueSize(-1));
    }

    @Override
    public CompletableFuture<InvokeOutcome> invoke(InvocationTarget target, byte[] event) {
        return http.request(request(target))
                .compose(request -> request.send(Buffer.buffer(event)))
                .compose(response -> response.body().map(body -> outcome(response, body.getBytes())))
                .otherwise(failure -> new InvokeOutcome.NotRun(
                        InvokeOutcome.Why.PLATFORM_ERROR, "the router gave no answer: " + failure))
                .toCompletionStage()
                .toCompletableFuture();
    }

    private RequestOptions request(InvocationTarget target) {
        return new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setTimeout(settings.timeout().toMillis())
                .setAbsoluteURI(router()
                        + "/2015-03-31/functions/"
                        + target.function()
                        + "/invocations"
                        + (target.qualifier() == null ? "" : "?Qualifier=" + target.qualifier()))
                .putHeader("X-Amz-Invocation-Type", "RequestResponse");
    }

    private URI router() {
        var urls = settings.urls();
        return urls.get(Math.floorMod(turn.getAndIncrement(), urls.size()));
    }

    private static InvokeOutcome outcome(HttpClientResponse response, byte[] body) {
        int status = response.statusCode();
        if (status == OK) {
            var version = response.getHeader("X-Amz-Executed-Version");
            var executed = version == null ? "$LATEST" : version;
            return response.getHeader("X-Amz-Function-Error") == null
                    ? new InvokeOutcome.Answered(executed, body)
                    : new InvokeOutcome.FunctionFailed(
                            executed, member(body, "errorType"), member(body, "errorMessage"));
        }
        var why = switch (status) {
            case THROTTLED -> InvokeOutcome.Why.THROTTLED;
            case MISSING -> InvokeOutcome.Why.TARGET_MISSING;
            case CONFLICT, TIMEOUT -> InvokeOutcome.Why.PLATFORM_ERROR;
            default -> status >= FAILED ? InvokeOutcome.Why.PLATFORM_ERROR : InvokeOutcome.Why.REFUSED;
        };
        var type = response.getHeader("x-amzn-ErrorType");
        return new InvokeOutcome.NotRun(why, (type == null ? "HTTP " + status : type) + ": " + message(body));
    }

    private static String message(byte[] body) {
        var lower = member(body, "message");
        return lower.isEmpty() ? member(body, "Message") : lower;
    }

    /** A text of a JSON object; empty where there is none to be found, for a function may answer anything. */
    private static String member(byte[] body, String name) {
        try (var json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return "";
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean meant = name.equals(json.currentName());
                if (json.nextToken() == JsonToken.VALUE_STRING && meant) {
                    return json.getText();
                }
                json.skipChildren();
            }
        } catch (IOException e) {
            // What could be read until here will do.
        }
        return "";
    }

    @Override
    public void close() {
        http.close().toCompletionStage().toCompletableFuture().join();
    }
}
