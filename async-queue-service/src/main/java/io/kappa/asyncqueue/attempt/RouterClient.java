package io.kappa.asyncqueue.attempt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.asyncqueue.event.AttemptOutcome;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.record.StoredRecord;
import io.kappa.contracts.invocation.AttemptProtocol;
import io.kappa.contracts.invocation.QueuedEvent;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Invokes functions at the routers, by the same call that users make. Blocks; made for virtual threads. */
final class RouterClient implements AutoCloseable {
    private static final String NO_ANSWER = "Platform.NoAnswer";
    private static final int THROTTLED = 429;
    private static final int CONFLICT = 409;
    private static final int MISSING = 404;
    private static final int TIMEOUT = 408;
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final RouterSettings settings;
    private final HttpClient http;
    private final AtomicInteger turn = new AtomicInteger();

    /** What came of a call: an outcome, and the function's answer where it ran. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    record Answer(AttemptOutcome outcome, byte[] response) {}

    /** @param mostConnections as many as calls that are made at once */
    RouterClient(Vertx vertx, RouterSettings settings, int mostConnections) {
        this.settings = settings;
        this.http = vertx.createHttpClient(
                new HttpClientOptions()
                        .setTcpNoDelay(true)
                        .setTcpKeepAlive(true)
                        .setConnectTimeout(2_000),
                new PoolOptions().setHttp1MaxSize(mostConnections).setMaxWaitQueueSize(mostConnections));
    }

    Answer invoke(PendingEvent event, StoredRecord record) throws InterruptedException {
        var payload = record.value().length == 0 ? new byte[] {'{', '}'} : record.value();
        try {
            return http.request(request(event, record))
                    .compose(request -> request.send(Buffer.buffer(payload)))
                    .compose(response -> response.body().map(body -> answer(response, body.getBytes())))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            return lost("the router gave no answer: " + e.getCause());
        } catch (TimeoutException e) {
            return lost("the router did not answer within " + settings.timeout());
        }
    }

    private static Answer lost(String message) {
        return new Answer(new AttemptOutcome.PlatformFailed(UNAVAILABLE, NO_ANSWER, message), new byte[0]);
    }

    private RequestOptions request(PendingEvent event, StoredRecord record) {
        var target = event.target();
        var options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setTimeout(settings.timeout().toMillis())
                .setAbsoluteURI(router()
                        + "/2015-03-31/functions/"
                        + target.function()
                        + "/invocations"
                        + (target.qualifier() == null ? "" : "?Qualifier=" + target.qualifier()))
                .putHeader("X-Amz-Invocation-Type", "RequestResponse")
                .putHeader(AttemptProtocol.REQUEST_ID, event.requestId().toString());
        var trace = record.headers().get(QueuedEvent.TRACE_ID);
        if (trace != null) {
            options.putHeader("X-Amzn-Trace-Id", new String(trace, UTF_8));
        }
        var context = record.headers().get(QueuedEvent.CLIENT_CONTEXT);
        if (context != null) {
            options.putHeader("X-Amz-Client-Context", Base64.getEncoder().encodeToString(context));
        }
        return options;
    }

    private URI router() {
        var urls = settings.urls();
        return urls.get(Math.floorMod(turn.getAndIncrement(), urls.size()));
    }

    private static Answer answer(HttpClientResponse response, byte[] body) {
        int status = response.statusCode();
        if (status == OK) {
            return ran(response, body);
        }
        var error = FunctionErrors.read(body);
        var named = response.getHeader("x-amzn-ErrorType");
        var type = named == null ? "HTTP " + status : named;
        AttemptOutcome outcome = switch (status) {
            case THROTTLED -> new AttemptOutcome.Throttled(orElse(error.reason(), ""));
            case MISSING -> new AttemptOutcome.TargetMissing(error.message());
            case CONFLICT, TIMEOUT -> new AttemptOutcome.PlatformFailed(status, type, error.message());
            default ->
                status >= 500
                        ? new AttemptOutcome.PlatformFailed(status, type, error.message())
                        : new AttemptOutcome.Refused(status, type, error.message());
        };
        return new Answer(outcome, new byte[0]);
    }

    private static Answer ran(HttpClientResponse response, byte[] body) {
        var version = orElse(response.getHeader("X-Amz-Executed-Version"), "$LATEST");
        if (response.getHeader("X-Amz-Function-Error") == null) {
            return new Answer(new AttemptOutcome.Succeeded(version), body);
        }
        var error = FunctionErrors.read(body);
        return new Answer(new AttemptOutcome.FunctionFailed(version, error.type(), error.message()), body);
    }

    private static String orElse(@Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }

    @Override
    public void close() {
        http.close().toCompletionStage().toCompletableFuture().join();
    }
}
