package io.kappa.access.router;

import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.ReadinessHint;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.buffer.BufferInternal;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routers, one asked after the other. Invokes functions by the same request that users make, and waits for what they answer. */
public final class Routers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Routers.class);

    /** As many calls wait for a connection as want one. */
    public static final int ANY_NUMBER = -1;

    private static final int OK = 200;

    private final List<Router> routers;
    private final long timeoutMillis;
    private final HttpClient http;
    private final AtomicInteger turn = new AtomicInteger();

    /** A router's url, taken apart once and not for each call. */
    private record Router(String host, int port, boolean ssl, String path) {
        static Router at(URI url) {
            boolean ssl = "https".equals(url.getScheme());
            int port = url.getPort() >= 0 ? url.getPort() : ssl ? 443 : 80;
            return new Router(url.getHost(), port, ssl, url.getRawPath());
        }
    }

    /**
     * @param mostCalls how many are made at once, each on a connection of its own
     * @param mostWaiting how many may wait for a connection, also for one that is being made, or {@link #ANY_NUMBER}; beyond them a call gets
     *     no answer
     */
    public Routers(Vertx vertx, RouterSettings settings, int mostCalls, int mostWaiting) {
        this.routers = settings.urls().stream().map(Router::at).toList();
        this.timeoutMillis = settings.timeout().toMillis();
        this.http = vertx.createHttpClient(
                new HttpClientOptions()
                        .setTcpNoDelay(true)
                        .setTcpKeepAlive(true)
                        .setConnectTimeout(2_000),
                new PoolOptions().setHttp1MaxSize(mostCalls).setMaxWaitQueueSize(mostWaiting));
    }

    /**
     * Never completes with an error: whatever goes wrong is an answer, or that there is none.
     *
     * @param headers beside those that every invocation has
     * @param event not copied, so not to be changed before there is an answer
     */
    public CompletableFuture<InvokeAnswer> invoke(InvocationTarget target, Map<String, String> headers, byte[] event) {
        return http.request(request(target, headers))
                .compose(request -> request.send(BufferInternal.buffer(Unpooled.wrappedBuffer(event))))
                .compose(response -> response.body().map(body -> answer(response, body)))
                .otherwise(failure -> new InvokeAnswer.NoAnswer("the router gave no answer: " + failure))
                .toCompletionStage()
                .toCompletableFuture();
    }

    /**
     * Tells a router of a backlog, so that environments start before their invocations come. A hint that nothing depends on: it is given
     * once, and lost where the router does not take it.
     *
     * @param concurrency how many invocations could run at once, those that do included; from 1
     */
    public void prepare(InvocationTarget target, int concurrency) {
        var options = post(ReadinessHint.PATH
                + target.function()
                + "?"
                + ReadinessHint.CONCURRENCY
                + "="
                + concurrency
                + (target.qualifier() == null ? "" : "&Qualifier=" + target.qualifier()));
        http.request(options)
                .compose(HttpClientRequest::send)
                .onFailure(failure -> LOG.atDebug()
                        .addKeyValue("function", target)
                        .setCause(failure)
                        .log("no router was told of the backlog"));
    }

    private RequestOptions request(InvocationTarget target, Map<String, String> headers) {
        var options = post("/2015-03-31/functions/"
                        + target.function()
                        + "/invocations"
                        + (target.qualifier() == null ? "" : "?Qualifier=" + target.qualifier()))
                .putHeader("X-Amz-Invocation-Type", "RequestResponse");
        headers.forEach(options::putHeader);
        return options;
    }

    /** @param uri below that of the router */
    private RequestOptions post(String uri) {
        var router = routers.get(Math.floorMod(turn.getAndIncrement(), routers.size()));
        return new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setTimeout(timeoutMillis)
                .setHost(router.host())
                .setPort(router.port())
                .setSsl(router.ssl())
                .setURI(router.path() + uri);
    }

    private static InvokeAnswer answer(HttpClientResponse response, Buffer content) {
        var body = content.getBytes();
        int status = response.statusCode();
        if (status != OK) {
            var type = response.getHeader("x-amzn-ErrorType");
            return new InvokeAnswer.NotRun(
                    InvokeAnswer.Why.of(status),
                    status,
                    type == null ? "HTTP " + status : type,
                    ErrorPayload.read(body));
        }
        var version = response.getHeader("X-Amz-Executed-Version");
        var executed = version == null ? "$LATEST" : version;
        return response.getHeader("X-Amz-Function-Error") == null
                ? new InvokeAnswer.Succeeded(executed, body)
                : new InvokeAnswer.FunctionFailed(executed, ErrorPayload.read(body), body);
    }

    @Override
    public void close() {
        http.close().toCompletionStage().toCompletableFuture().join();
    }
}
