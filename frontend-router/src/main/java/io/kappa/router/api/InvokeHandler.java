package io.kappa.router.api;

import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.invoke.ClientContext;
import io.kappa.router.api.invoke.InvokeTarget;
import io.kappa.router.api.invoke.PayloadCheck;
import io.kappa.router.api.invoke.TraceHeader;
import io.kappa.router.dispatch.Dispatcher;
import io.kappa.router.dispatch.Invocation;
import io.kappa.router.dispatch.InvocationOutcome;
import io.kappa.router.dispatch.InvocationOutcome.Answered;
import io.kappa.router.dispatch.InvocationOutcome.PlatformError;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.time.Clock;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Invoke, on one event loop from the first byte to the last: an invocation that finds its environment warm costs no change of threads in
 * the router. Only the checking of a large payload goes to another thread.
 */
final class InvokeHandler {
    private static final int LONGEST_PAYLOAD = 6_291_456;

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
    private static final Buffer NO_PAYLOAD = Buffer.buffer("{}");

    private final InvokeTargets targets;
    private final Registry registry;
    private final Dispatcher.Lane lane;
    private final Executor threads;
    private final Context context;
    private final Clock clock;

    InvokeHandler(Home home, Registry registry, Dispatcher.Lane lane, Executor threads, Context context, Clock clock) {
        this.targets = new InvokeTargets(home);
        this.registry = registry;
        this.lane = lane;
        this.threads = threads;
        this.context = context;
        this.clock = clock;
    }

    /** @param name the function's, decoded */
    void handle(Exchange exchange, String name) {
        BodyIntake.read(
                exchange,
                LONGEST_PAYLOAD,
                length -> new LambdaApiException(
                        ErrorCode.REQUEST_ENTITY_TOO_LARGE,
                        length + " byte payload is too large for the "
                                + orElse(exchange.header(INVOCATION_TYPE), "RequestResponse")
                                + " invocation type (limit " + LONGEST_PAYLOAD + " bytes)"),
                body -> exchange.attempt(() -> accept(exchange, name, body)));
    }

    private void accept(Exchange exchange, String name, Buffer body) {
        var invocationType = exchange.header(INVOCATION_TYPE);
        var target = targets.find(exchange.request(), name, invocationType, exchange.header(LOG_TYPE));
        refuseUnbuilt(exchange, invocationType);
        var version = target.resolve(registry.view());
        if (body.length() > PayloadCheck.LONGEST_ON_EVENT_LOOP) {
            threads.execute(() -> checkElsewhere(exchange, target, version, body));
            return;
        }
        if (body.length() > 0) {
            PayloadCheck.check(body);
        }
        run(exchange, target, version, body);
    }

    private void checkElsewhere(Exchange exchange, InvokeTarget target, VersionRecord version, Buffer body) {
        try {
            PayloadCheck.check(body);
            context.runOnContext(_ -> exchange.attempt(() -> run(exchange, target, version, body)));
        } catch (Throwable e) { // Whatever it is, somebody waits for an answer.
            context.runOnContext(_ -> exchange.fail(e));
        }
    }

    private static void refuseUnbuilt(Exchange exchange, @Nullable String invocationType) {
        if ("Event".equals(invocationType)) {
            throw ControlHandler.notBuilt("Invoke with InvocationType Event");
        }
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

    private void run(Exchange exchange, InvokeTarget target, VersionRecord version, Buffer body) {
        var clientContext = exchange.header(CLIENT_CONTEXT);
        var decoded = clientContext == null || clientContext.isEmpty() ? null : ClientContext.decode(clientContext);
        if ("DryRun".equals(exchange.header(INVOCATION_TYPE))) {
            exchange.end(exchange.response(204), Buffer.buffer(), "dry-run");
            return;
        }
        var invocation = new Invocation(
                exchange.requestId(),
                version,
                target.versionArn(),
                target.invokedArn(),
                body.length() == 0 ? NO_PAYLOAD : body,
                TraceHeader.of(exchange.header(TRACE_ID), target.functionHash(), clock.millis() / 1000),
                decoded,
                "Tail".equals(exchange.header(LOG_TYPE)));
        lane.run(invocation, outcome -> exchange.attempt(() -> answer(exchange, invocation, outcome)));
    }

    private static void answer(Exchange exchange, Invocation invocation, InvocationOutcome outcome) {
        switch (outcome) {
            case PlatformError(var code, var message) -> exchange.refuse(new LambdaApiException(code, message));
            case Answered(boolean functionError, Buffer payload, String logTail) -> {
                var response = exchange.response(200);
                var headers = response.headers();
                headers.set(
                        EXECUTED_VERSION,
                        invocation.version().version().version().toString());
                headers.set(TRACE_ID, invocation.traceId());
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

    private static String orElse(@Nullable String value, String otherwise) {
        return value == null ? otherwise : value;
    }
}
