package io.kappa.router.api;

import io.kappa.contracts.registry.FunctionUrlRecord;
import io.kappa.contracts.registry.FunctionUrlRecord.AuthType;
import io.kappa.contracts.registry.FunctionUrlRecord.InvokeMode;
import io.kappa.router.api.function.FunctionIdentifier;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.invoke.InvokeTarget;
import io.kappa.router.api.invoke.PayloadCheck;
import io.kappa.router.api.invoke.TraceHeader;
import io.kappa.router.api.url.CorsHeaders;
import io.kappa.router.api.url.MalformedResultException;
import io.kappa.router.api.url.UrlCaller;
import io.kappa.router.api.url.UrlEvent;
import io.kappa.router.api.url.UrlRequest;
import io.kappa.router.api.url.UrlResponse;
import io.kappa.router.dispatch.Invocation;
import io.kappa.router.dispatch.InvocationOutcome;
import io.kappa.router.dispatch.InvocationOutcome.Answered;
import io.kappa.router.dispatch.InvocationOutcome.Lost;
import io.kappa.router.dispatch.InvocationOutcome.PlatformError;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests to function URLs: each becomes an event, and the function's result the response. On one event loop; only what is long is
 * translated elsewhere.
 */
final class FunctionUrlHandler {
    private static final int LONGEST_PAYLOAD = 6_291_456;

    private static final CharSequence AUTHORIZATION = HttpHeaders.createOptimized("Authorization");
    private static final CharSequence ASKED_METHOD = HttpHeaders.createOptimized("Access-Control-Request-Method");
    private static final CharSequence ASKED_HEADERS = HttpHeaders.createOptimized("Access-Control-Request-Headers");
    private static final CharSequence TRACE_ID = HttpHeaders.createOptimized("X-Amzn-Trace-Id");
    private static final CharSequence FORWARDED_PROTO = HttpHeaders.createOptimized("X-Forwarded-Proto");

    private final Home home;
    private final Registry registry;
    private final InvocationRuns runs;
    private final Executor threads;
    private final Context context;
    private final Clock clock;

    FunctionUrlHandler(
            Home home, Registry registry, InvocationRuns runs, Executor threads, Context context, Clock clock) {
        this.home = home;
        this.registry = registry;
        this.runs = runs;
        this.threads = threads;
        this.context = context;
        this.clock = clock;
    }

    /** @param path what the function sees of the request's */
    void handle(Exchange exchange, String urlId, String path) {
        exchange.attempt(() -> {
            var url = registry.view().urlWithId(urlId).orElseThrow(UrlRefusals::unknownUrl);
            if (answersPreflight(exchange, url)) {
                return;
            }
            var caller = caller(exchange.request(), url);
            BodyIntake.read(
                    exchange,
                    LONGEST_PAYLOAD,
                    _ -> tooLarge(),
                    body -> exchange.attempt(() -> accept(exchange, url, path, caller.orElse(null), body)));
        });
    }

    /** Puts in what browsers have to be told, whatever else is answered; answers those who ask for nothing else. */
    private static boolean answersPreflight(Exchange exchange, FunctionUrlRecord url) {
        var cors = url.cors();
        var origin = exchange.header(HttpHeaders.ORIGIN);
        if (cors == null || origin == null) {
            return false;
        }
        var headers = exchange.request().response().headers();
        var asked = exchange.header(ASKED_METHOD);
        if (asked == null || !exchange.request().method().equals(HttpMethod.OPTIONS)) {
            CorsHeaders.of(cors, origin).forEach(headers::set);
            return false;
        }
        CorsHeaders.preflight(cors, origin, asked, exchange.header(ASKED_HEADERS))
                .forEach(headers::set);
        exchange.end(exchange.response(200), Buffer.buffer(), "preflight");
        return true;
    }

    private static Optional<UrlCaller> caller(HttpServerRequest request, FunctionUrlRecord url) {
        if (url.authType() == AuthType.NONE) {
            return Optional.empty();
        }
        return Optional.of(UrlCaller.of(request.headers().get(AUTHORIZATION), request.query())
                .orElseThrow(UrlRefusals::forbidden));
    }

    private static LambdaApiException tooLarge() {
        return new LambdaApiException(
                ErrorCode.REQUEST_ENTITY_TOO_LARGE,
                "Request must be smaller than " + LONGEST_PAYLOAD + " bytes for the InvokeFunction operation");
    }

    private void accept(
            Exchange exchange, FunctionUrlRecord url, String path, @Nullable UrlCaller caller, Buffer body) {
        var qualifier = url.qualifier().equals("$LATEST") ? null : url.qualifier();
        var target = InvokeTarget.of(
                new FunctionIdentifier(home, url.function().name().value(), qualifier));
        var found = target.resolve(registry.view());
        var traceId = TraceHeader.ofRun(exchange.header(TRACE_ID), target.functionHash(), clock.millis() / 1000);
        var event = new UrlEvent(
                request(exchange.request(), path, body),
                url.urlId(),
                domainName(exchange.request()),
                home.account(),
                exchange.requestId(),
                traceId,
                caller,
                clock.instant());
        translate(exchange, body.length(), event::toJson, payload -> {
            if (payload.length() > LONGEST_PAYLOAD) {
                throw tooLarge();
            }
            exchange.request().response().putHeader(TRACE_ID, traceId);
            run(exchange, url, target, found, traceId, payload);
        });
    }

    private static UrlRequest request(HttpServerRequest request, String path, Buffer body) {
        var forwarded = request.headers().get(FORWARDED_PROTO);
        return new UrlRequest(
                request.method().name(),
                path,
                request.query(),
                request.headers().entries(),
                "HTTP/1.1",
                forwarded == null ? "http" : forwarded,
                request.remoteAddress().hostAddress(),
                request.localAddress().port(),
                body);
    }

    private static String domainName(HttpServerRequest request) {
        var host = request.headers().get(HttpHeaders.HOST);
        return host == null ? "" : host.replaceFirst(":\\d+$", "");
    }

    private void run(
            Exchange exchange,
            FunctionUrlRecord url,
            InvokeTarget target,
            InvokeTarget.Found found,
            String traceId,
            Buffer payload) {
        var streamed = url.invokeMode() == InvokeMode.RESPONSE_STREAM ? new StreamedUrlAnswer(exchange) : null;
        var invocation = new Invocation(
                exchange.requestId(),
                found.version(),
                found.versionArn(),
                target.invokedArn(),
                payload,
                traceId,
                null,
                false,
                streamed);
        runs.run(exchange, invocation, streamed == null ? outcome -> answer(exchange, outcome) : streamed::end);
    }

    private void answer(Exchange exchange, InvocationOutcome outcome) {
        switch (outcome) {
            case PlatformError(var code, var message) -> exchange.refuse(new LambdaApiException(code, message));
            case Lost lost -> exchange.refuse(InvokeHandler.lost(lost));
            case Answered(boolean functionError, var _, var _)
            when functionError -> exchange.refuse(UrlRefusals.failed("the function failed"));
            case Answered(var _, Buffer payload, var _) ->
                translate(exchange, payload.length(), () -> response(payload), response -> write(exchange, response));
        }
    }

    private static UrlResponse response(Buffer result) {
        try {
            return UrlResponse.of(result);
        } catch (MalformedResultException e) {
            throw UrlRefusals.failed("the function's result is no response: " + e.getMessage());
        }
    }

    private static void write(Exchange exchange, UrlResponse result) {
        var response = exchange.response(result.head().status());
        UrlHeads.write(response, result.head());
        var body = result.body();
        if (UrlHeads.isBodiless(exchange.request())) {
            if (exchange.request().method().equals(HttpMethod.HEAD)) {
                response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
            }
            body = Buffer.buffer();
        }
        exchange.end(response, body, "result");
    }

    /** Does the work here, or where it would take long, on another thread, and goes on here. */
    private <T> void translate(Exchange exchange, int length, Supplier<T> work, Consumer<T> next) {
        if (length <= PayloadCheck.LONGEST_ON_EVENT_LOOP) {
            next.accept(work.get());
            return;
        }
        threads.execute(() -> {
            try {
                var done = work.get();
                context.runOnContext(_ -> exchange.attempt(() -> next.accept(done)));
            } catch (Throwable e) { // Whatever it is, somebody waits for an answer.
                context.runOnContext(_ -> exchange.fail(e));
            }
        });
    }
}
