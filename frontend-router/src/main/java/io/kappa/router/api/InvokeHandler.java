package io.kappa.router.api;

import io.kappa.contracts.invocation.AttemptProtocol;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.ReadinessHint;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.admission.Admission;
import io.kappa.router.api.invoke.ClientContext;
import io.kappa.router.api.invoke.InvokeTarget;
import io.kappa.router.api.invoke.PayloadCheck;
import io.kappa.router.api.invoke.TraceHeader;
import io.kappa.router.api.operation.QueryParameters;
import io.kappa.router.dispatch.Dispatcher;
import io.kappa.router.dispatch.Invocation;
import io.kappa.router.dispatch.InvocationOutcome;
import io.kappa.router.dispatch.InvocationOutcome.Answered;
import io.kappa.router.dispatch.InvocationOutcome.Lost;
import io.kappa.router.dispatch.InvocationOutcome.PlatformError;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Invoke, on one event loop from the first byte to the last: an invocation that finds its environment warm costs no change of threads in
 * the router. Only the checking of a large payload goes to another thread. Events are checked alike, and queued instead of run.
 */
final class InvokeHandler {
    private static final int LONGEST_PAYLOAD = 6_291_456;

    /** Of InvokeAsync, whose limit never grew. */
    private static final int LONGEST_ASYNC = 262_144;

    private static final String SYNCHRONOUS = "RequestResponse";
    private static final String EVENT = "Event";

    private static final CharSequence INVOCATION_TYPE = HttpHeaders.createOptimized("X-Amz-Invocation-Type");
    private static final CharSequence LOG_TYPE = HttpHeaders.createOptimized("X-Amz-Log-Type");
    private static final CharSequence CLIENT_CONTEXT = HttpHeaders.createOptimized("X-Amz-Client-Context");
    private static final CharSequence TENANT = HttpHeaders.createOptimized("X-Amz-Tenant-Id");
    private static final CharSequence DURABLE_NAME = HttpHeaders.createOptimized("X-Amz-Durable-Execution-Name");
    private static final CharSequence TRACE_ID = HttpHeaders.createOptimized("X-Amzn-Trace-Id");
    private static final CharSequence EXECUTED_VERSION = HttpHeaders.createOptimized("X-Amz-Executed-Version");
    private static final CharSequence FUNCTION_ERROR = HttpHeaders.createOptimized("X-Amz-Function-Error");
    private static final CharSequence UNHANDLED = HttpHeaders.createOptimized("Unhandled");
    private static final CharSequence LOG_RESULT = HttpHeaders.createOptimized("X-Amz-Log-Result");
    private static final CharSequence ATTEMPT_ID = HttpHeaders.createOptimized(AttemptProtocol.REQUEST_ID);
    private static final Buffer NO_PAYLOAD = Buffer.buffer("{}");
    private static final Buffer NO_ANSWER = Buffer.buffer();
    private static final Buffer ASYNC_ANSWER = Buffer.buffer("{\"Status\":202}");

    private final InvokeTargets targets;
    private final Registry registry;
    private final Admission admission;
    private final InvocationRuns runs;
    private final Dispatcher.Lane lane;
    private final EventAcceptance events;
    private final int mostEventBytes;
    private final Executor threads;
    private final Context context;
    private final Clock clock;

    InvokeHandler(
            ApiSettings settings,
            ApiParts parts,
            InvocationRuns runs,
            Dispatcher.Lane lane,
            EventAcceptance events,
            Executor threads,
            Context context,
            Clock clock) {
        this.targets = new InvokeTargets(settings.home());
        this.registry = parts.registry();
        this.admission = parts.admission();
        this.runs = runs;
        this.lane = lane;
        this.events = events;
        this.mostEventBytes = settings.mostEventBytes();
        this.threads = threads;
        this.context = context;
        this.clock = clock;
    }

    /** The id that an attempt of an event brings along; for anything else, and for every new event, one of its own. */
    static String requestId(HttpServerRequest request) {
        var given = request.headers().get(ATTEMPT_ID);
        if (given == null
                || !orElse(request.headers().get(INVOCATION_TYPE), SYNCHRONOUS).equals(SYNCHRONOUS)) {
            return Exchange.randomId();
        }
        try {
            return RequestId.parse(given).toString();
        } catch (IllegalArgumentException e) {
            return Exchange.randomId();
        }
    }

    /** @param name the function's, decoded */
    void handle(Exchange exchange, String name) {
        var type = orElse(exchange.header(INVOCATION_TYPE), SYNCHRONOUS);
        int most = type.equals(EVENT) ? mostEventBytes : LONGEST_PAYLOAD;
        read(exchange, type, most, body -> accept(exchange, name, body, this::run));
    }

    /**
     * InvokeWithResponseStream: as Invoke, and answered while the function runs.
     *
     * @param name the function's, decoded
     */
    void handleStreamed(Exchange exchange, String name) {
        read(exchange, SYNCHRONOUS, LONGEST_PAYLOAD, body -> {
            targets.checkStreamed(name, exchange.header(INVOCATION_TYPE), exchange.header(LOG_TYPE));
            accept(exchange, name, body, this::runStreamed);
        });
    }

    /**
     * Not Lambda's: has environments started for a backlog that somebody sees. No more than could run are asked for.
     *
     * @param name the function's, or its ARN
     */
    void prepare(Exchange exchange, String name) {
        exchange.attempt(() -> {
            var query = exchange.request().query();
            var found = targets.findFor(name, QueryParameters.first(query, "Qualifier"))
                    .resolve(registry.view());
            int concurrency = concurrency(QueryParameters.first(query, ReadinessHint.CONCURRENCY));
            int limit = Objects.requireNonNullElse(
                    found.function().reservedConcurrency(), admission.quotas().concurrentExecutions());
            lane.prepare(found.version(), Math.min(concurrency, limit));
            exchange.end(exchange.response(202), NO_ANSWER, "prepares");
        });
    }

    private static int concurrency(@Nullable String text) {
        try {
            int concurrency = Integer.parseInt(orElse(text, ""));
            if (concurrency > 0) {
                return concurrency;
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw new LambdaApiException(
                ErrorCode.INVALID_PARAMETER_VALUE, ReadinessHint.CONCURRENCY + " must be a whole number from 1.");
    }

    /**
     * InvokeAsync, the older way to send an event.
     *
     * @param name the function's, decoded
     */
    void handleAsync(Exchange exchange, String name) {
        read(exchange, EVENT, Math.min(LONGEST_ASYNC, mostEventBytes), body -> {
            var target = targets.findUnqualified(name);
            var _ = target.resolve(registry.view());
            check(exchange, body, () -> queue(exchange, target, null, body, ASYNC_ANSWER));
        });
    }

    private static void read(Exchange exchange, String type, int most, Handler<Buffer> whole) {
        BodyIntake.read(
                exchange,
                most,
                length -> new LambdaApiException(
                        ErrorCode.REQUEST_ENTITY_TOO_LARGE,
                        length + " byte payload is too large for the " + type + " invocation type (limit " + most
                                + " bytes)"),
                body -> exchange.attempt(() -> whole.handle(body)));
    }

    /** What is done with an invocation that is to be answered with the function's result. */
    @FunctionalInterface
    private interface Run {
        void begin(
                Exchange exchange,
                InvokeTarget target,
                InvokeTarget.Found found,
                @Nullable String clientContext,
                Buffer body);
    }

    private void accept(Exchange exchange, String name, Buffer body, Run run) {
        var target =
                targets.find(exchange.request(), name, exchange.header(INVOCATION_TYPE), exchange.header(LOG_TYPE));
        refuseUnbuilt(exchange);
        var found = target.resolve(registry.view());
        check(exchange, body, () -> proceed(exchange, target, found, body, run));
    }

    /** Goes on with a payload that is JSON, on this event loop; one too long to be looked at here is looked at elsewhere. */
    private void check(Exchange exchange, Buffer body, Runnable next) {
        if (body.length() > PayloadCheck.LONGEST_ON_EVENT_LOOP) {
            threads.execute(() -> checkElsewhere(exchange, body, next));
            return;
        }
        if (body.length() > 0) {
            PayloadCheck.check(body);
        }
        next.run();
    }

    private void checkElsewhere(Exchange exchange, Buffer body, Runnable next) {
        try {
            PayloadCheck.check(body);
            context.runOnContext(_ -> exchange.attempt(next));
        } catch (Throwable e) { // Whatever it is, somebody waits for an answer.
            context.runOnContext(_ -> exchange.fail(e));
        }
    }

    private static void refuseUnbuilt(Exchange exchange) {
        if (exchange.header(TENANT) != null) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "The invoked function is not enabled with tenancy configuration. "
                            + "Remove the tenant ID from your request and try again.");
        }
        if (exchange.header(DURABLE_NAME) != null) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "The option DurableExecutionName is not supported by Kappa yet.");
        }
    }

    private void proceed(Exchange exchange, InvokeTarget target, InvokeTarget.Found found, Buffer body, Run run) {
        var clientContext = exchange.header(CLIENT_CONTEXT);
        var decoded = clientContext == null || clientContext.isEmpty() ? null : ClientContext.decode(clientContext);
        switch (orElse(exchange.header(INVOCATION_TYPE), SYNCHRONOUS)) {
            case "DryRun" -> exchange.end(exchange.response(204), NO_ANSWER, "dry-run");
            case EVENT -> queue(exchange, target, decoded, body, NO_ANSWER);
            default -> run.begin(exchange, target, found, decoded, body);
        }
    }

    private void queue(
            Exchange exchange, InvokeTarget target, @Nullable String clientContext, Buffer body, Buffer answer) {
        var trace = TraceHeader.ofEvent(exchange.header(TRACE_ID), clock.millis() / 1000);
        var event = new QueuedEvent(InvocationTarget.parse(target.invokedArn()), trace, clientContext, null);
        events.accept(exchange, event, payload(body), answer);
    }

    private void run(
            Exchange exchange,
            InvokeTarget target,
            InvokeTarget.Found found,
            @Nullable String clientContext,
            Buffer body) {
        var invocation = new Invocation(
                exchange.requestId(),
                found.version(),
                found.versionArn(),
                target.invokedArn(),
                payload(body),
                trace(exchange, target),
                clientContext,
                "Tail".equals(exchange.header(LOG_TYPE)));
        runs.run(exchange, invocation, outcome -> answer(exchange, invocation, outcome));
    }

    private void runStreamed(
            Exchange exchange,
            InvokeTarget target,
            InvokeTarget.Found found,
            @Nullable String clientContext,
            Buffer body) {
        var traceId = trace(exchange, target);
        var answer =
                new StreamedAnswer(exchange, response -> tellWhatRan(response.headers(), found.version(), traceId));
        var invocation = new Invocation(
                exchange.requestId(),
                found.version(),
                found.versionArn(),
                target.invokedArn(),
                payload(body),
                traceId,
                clientContext,
                "Tail".equals(exchange.header(LOG_TYPE)),
                answer);
        runs.run(exchange, invocation, answer::end);
    }

    private static Buffer payload(Buffer body) {
        return body.length() == 0 ? NO_PAYLOAD : body;
    }

    private String trace(Exchange exchange, InvokeTarget target) {
        var given = exchange.header(TRACE_ID);
        target.refuseLoop(given, registry.view());
        return TraceHeader.ofRun(given, target.functionHash(), clock.millis() / 1000);
    }

    private static void answer(Exchange exchange, Invocation invocation, InvocationOutcome outcome) {
        switch (outcome) {
            case PlatformError(var code, var message) -> exchange.refuse(new LambdaApiException(code, message));
            case Lost lost -> exchange.refuse(lost(lost));
            case Answered(boolean functionError, Buffer payload, String logTail) -> {
                var response = exchange.response(200);
                var headers = response.headers();
                tellWhatRan(headers, invocation.version(), invocation.traceId());
                if (functionError) {
                    headers.set(FUNCTION_ERROR, UNHANDLED);
                }
                if (logTail != null) {
                    headers.set(LOG_RESULT, logTail);
                }
                exchange.end(response, payload, functionError ? "function-error" : "result");
            }
        }
    }

    private static void tellWhatRan(MultiMap headers, VersionRecord version, String traceId) {
        headers.set(EXECUTED_VERSION, version.version().version().toString());
        headers.set(TRACE_ID, traceId);
    }

    static LambdaApiException lost(Lost lost) {
        return new LambdaApiException(ErrorCode.SERVICE, lost.message());
    }

    private static String orElse(@Nullable String value, String otherwise) {
        return value == null ? otherwise : value;
    }
}
