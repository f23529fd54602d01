package io.kappa.router.api;

import io.kappa.contracts.invocation.ReadinessHint;
import io.kappa.router.api.function.CodeLinks;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.api.operation.OperationTable;
import io.kappa.router.api.operation.RefusalAnswer;
import io.kappa.router.api.url.UrlAddresses;
import io.kappa.router.autoscaling.api.AutoScalingApi;
import io.kappa.router.autoscaling.api.AutoScalingErrors;
import io.kappa.router.autoscaling.api.AutoScalingOperation;
import io.kappa.router.logs.api.LogsApi;
import io.kappa.router.logs.api.LogsErrors;
import io.kappa.router.logs.api.LogsOperation;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One event loop's share of the API: a server on the common port, and what answers there. */
final class ApiLoop extends VerticleBase {
    /** Lambda takes one megabyte of request line and headers. */
    private static final int LONGEST_HEADERS = 1024 * 1024;

    /** Longer than any invocation: a connection on which nothing moves for so long is waited for by nobody. */
    private static final int IDLE_SECONDS = 1200;

    private static final CharSequence TARGET = HttpHeaders.createOptimized("X-Amz-Target");

    private final ApiServer api;
    private @Nullable HttpServer server;
    private @Nullable InvokeHandler invokes;
    private @Nullable FunctionUrlHandler urls;

    ApiLoop(ApiServer api) {
        this.api = api;
    }

    @Override
    public Future<?> start() {
        var lane = api.lane(vertx);
        var runs = api.runs(lane, context);
        invokes = api.invokeHandler(runs, lane, context);
        urls = api.urlHandler(runs, context);
        server = vertx.createHttpServer(new HttpServerOptions()
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setHttp2ClearTextEnabled(false)
                // Each of these would put a handler into every connection's way.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxInitialLineLength(64 * 1024)
                .setMaxHeaderSize(LONGEST_HEADERS)
                .setMaxChunkSize(64 * 1024)); // Each part of a body costs about as much as a small one.
        return server.requestHandler(this::handle).listen(address());
    }

    /** Of a free port, all loops of one deployment take the same. */
    private SocketAddress address() {
        int port = api.settings().port();
        var host = api.settings().host();
        return port == 0 ? SocketAddress.sharedRandomPort(1, host) : SocketAddress.inetSocketAddress(port, host);
    }

    int actualPort() {
        return Objects.requireNonNull(server, "not started").actualPort();
    }

    /** Takes no more requests and lets those that run end. */
    @Override
    public Future<?> stop() {
        return server == null
                ? Future.succeededFuture()
                : server.shutdown(api.settings().stopTimeout());
    }

    private void handle(HttpServerRequest request) {
        var path = request.path() == null ? "" : request.path();
        var urlId = UrlAddresses.idInHost(request.headers().get(HttpHeaders.HOST));
        if (urlId != null) {
            handleUrl(request, urlId, path);
            return;
        }
        var invoked = request.method().equals(HttpMethod.POST) ? InvokeTargets.nameIn(path) : null;
        if (invoked != null) {
            invoke(request, invoked);
            return;
        }
        var match = OperationTable.match(request.method().name(), path, request.query())
                .orElse(null);
        if (match == null && path.equals("/") && isOfLogs(request)) {
            findLogs(request);
        } else if (match == null && path.equals("/") && request.headers().contains(TARGET)) {
            scale(request);
        } else if (match == null) {
            handleOther(request, path);
        } else if (match.operation() == Operation.INVOKE) {
            invoke(request, match.parameters().getOrDefault("FunctionName", ""));
        } else if (match.operation() == Operation.INVOKE_ASYNC) {
            invokes()
                    .handleAsync(
                            exchange(request, Operation.INVOKE_ASYNC.wireName()),
                            match.parameters().getOrDefault("FunctionName", ""));
        } else if (match.operation() == Operation.INVOKE_WITH_RESPONSE_STREAM) {
            invokes()
                    .handleStreamed(
                            exchange(request, Operation.INVOKE_WITH_RESPONSE_STREAM.wireName()),
                            match.parameters().getOrDefault("FunctionName", ""));
        } else {
            api.control().handle(exchange(request, match.operation().wireName()), match, context);
        }
    }

    private void invoke(HttpServerRequest request, String name) {
        var exchange = exchange(request, InvokeHandler.requestId(request), Operation.INVOKE.wireName());
        invokes().handle(exchange, name);
    }

    private InvokeHandler invokes() {
        return Objects.requireNonNull(invokes, "not started");
    }

    private void handleOther(HttpServerRequest request, String path) {
        if (request.method().equals(HttpMethod.GET) && path.startsWith(CodeLinks.PATH)) {
            var exchange = exchange(request, "code-link");
            var link = path.substring(CodeLinks.PATH.length());
            var query = ControlHandler.query(request);
            api.control()
                    .run(
                            exchange,
                            () -> PackageAnswer.send(
                                    api.links().follow(link, query), api.registry(), exchange, context),
                            context);
        } else if (request.method().equals(HttpMethod.POST) && path.startsWith(ReadinessHint.PATH)) {
            invokes().prepare(exchange(request, "readiness"), path.substring(ReadinessHint.PATH.length()));
        } else if (path.startsWith(UrlAddresses.PATH)) {
            handleUrl(request, UrlAddresses.idIn(path), UrlAddresses.pathIn(path));
        } else {
            exchange(request, "unknown")
                    .refuse(new LambdaApiException(
                            ErrorCode.UNKNOWN_OPERATION,
                            "Lambda has no operation " + request.method() + " at this path."));
        }
    }

    private void handleUrl(HttpServerRequest request, String urlId, String path) {
        var exchange = exchange(request, "function-url", UrlRefusals::answer);
        Objects.requireNonNull(urls, "not started").handle(exchange, urlId, path);
    }

    /** Application Auto Scaling. */
    private void scale(HttpServerRequest request) {
        var operation =
                AutoScalingOperation.named(request.headers().get(TARGET)).orElse(null);
        var exchange =
                exchange(request, operation == null ? "unknown" : operation.wireName(), AutoScalingErrors::answer);
        if (operation == null) {
            exchange.refuse(new LambdaApiException(
                    ErrorCode.UNKNOWN_OPERATION, "There is no operation of this name on this port."));
            return;
        }
        answer(exchange, AutoScalingApi.LONGEST_BODY, body -> api.autoScaling().answer(operation, body));
    }

    private static boolean isOfLogs(HttpServerRequest request) {
        var target = request.headers().get(TARGET);
        return target != null && target.startsWith(LogsOperation.PREFIX);
    }

    /** CloudWatch Logs. */
    private void findLogs(HttpServerRequest request) {
        var target = request.headers().get(TARGET);
        var operation = LogsOperation.named(target).orElse(null);
        var exchange = exchange(request, operation == null ? "unknown" : operation.wireName(), LogsErrors::answer);
        if (operation == null) {
            exchange.refuse(LogsApi.unknown(target));
            return;
        }
        answer(exchange, LogsApi.LONGEST_BODY, body -> api.logs().answer(operation, body));
    }

    private Exchange exchange(
            HttpServerRequest request, String operation, Function<LambdaApiException, RefusalAnswer> refusals) {
        return new Exchange(request, Exchange.randomId(), operation, api.metrics(), api.budget(), refusals);
    }

    /** What answers a request whose operation is named by a header. */
    @FunctionalInterface
    private interface NamedOperation {
        ApiAnswer answer(Buffer body) throws Exception;
    }

    private void answer(Exchange exchange, int longestBody, NamedOperation operation) {
        BodyIntake.read(
                exchange,
                longestBody,
                _ -> new LambdaApiException(
                        ErrorCode.REQUEST_ENTITY_TOO_LARGE, "Request must be smaller than " + longestBody + " bytes"),
                body -> api.control().answer(exchange, () -> operation.answer(body), context));
    }

    private Exchange exchange(HttpServerRequest request, String operation) {
        return exchange(request, Exchange.randomId(), operation);
    }

    private Exchange exchange(HttpServerRequest request, String requestId, String operation) {
        return new Exchange(request, requestId, operation, api.metrics(), api.budget());
    }
}
