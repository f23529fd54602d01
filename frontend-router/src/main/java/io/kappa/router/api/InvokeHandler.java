package io.kappa.router.api;

import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.api.function.FunctionIdentifier;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.function.RequestShapes;
import io.kappa.router.api.invoke.ClientContext;
import io.kappa.router.api.invoke.InvokeTarget;
import io.kappa.router.api.invoke.PayloadCheck;
import io.kappa.router.api.invoke.TraceHeader;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.dispatch.Dispatcher;
import io.kappa.router.dispatch.Invocation;
import io.kappa.router.dispatch.InvocationOutcome;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Invoke, on one event loop from the first byte to the last: an invocation that finds its environment warm costs no change of threads in
 * the router, and what can be known of a name is worked out once. Only the checking of a large payload goes to another thread.
 */
final class InvokeHandler {
    private static final int LONGEST_PAYLOAD = 6_291_456;
    private static final int MOST_TARGETS = 10_000;

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

    private final Home home;
    private final Registry registry;
    private final Dispatcher.Lane lane;
    private final Executor threads;
    private final Context context;
    private final Clock clock;

    /** Used by one event loop alone. Dropped as a whole when it has grown too large, since working a target out again is cheap. */
    private final Map<String, InvokeTarget> targets = new HashMap<>();

    InvokeHandler(Home home, Registry registry, Dispatcher.Lane lane, Executor threads, Context context, Clock clock) {
        this.home = home;
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
                body -> {
                    try {
                        accept(exchange, name, body);
                    } catch (RuntimeException e) {
                        exchange.fail(e);
                    }
                });
    }

    private void accept(Exchange exchange, String name, Buffer body) {
        var target = target(exchange, name);
        refuseUnbuilt(exchange);
        var version = target.resolve(registry.view());
        if (body.length() <= PayloadCheck.LONGEST_ON_EVENT_LOOP) {
            if (body.length() > 0) {
                PayloadCheck.check(body);
            }
            run(exchange, target, version, body);
        } else {
            threads.execute(() -> {
                try {
                    PayloadCheck.check(body);
                    context.runOnContext(_ -> run(exchange, target, version, body));
                } catch (Throwable e) { // Whatever it is, somebody waits for an answer.
                    context.runOnContext(_ -> exchange.fail(e));
                }
            });
        }
    }

    private InvokeTarget target(Exchange exchange, String name) {
        var request = exchange.request();
        var query = request.query();
        var key = query == null ? name : name + '?' + query;
        var known = targets.get(key);
        if (known != null && isCommon(exchange)) {
            return known;
        }
        var qualifier = query == null ? null : request.getParam("Qualifier");
        validate(exchange, name, qualifier);
        var identifier = FunctionIdentifier.parse(name, qualifier, home, Operation.INVOKE);
        if (identifier == null) {
            throw new IllegalStateException("passed its pattern and is no identifier");
        }
        if (targets.size() >= MOST_TARGETS) {
            targets.clear();
        }
        var target = InvokeTarget.of(identifier);
        targets.put(key, target);
        return target;
    }

    /** Whether the headers hold nothing that could fail validation. */
    private static boolean isCommon(Exchange exchange) {
        var type = exchange.header(INVOCATION_TYPE);
        var logType = exchange.header(LOG_TYPE);
        return (type == null || type.equals("RequestResponse")) && (logType == null || logType.equals("Tail"));
    }

    private static void validate(Exchange exchange, String name, @Nullable String qualifier) {
        var parameters = new HashMap<String, String>();
        parameters.put("FunctionName", name);
        putIfPresent(parameters, "Qualifier", qualifier);
        putIfPresent(parameters, "InvocationType", exchange.header(INVOCATION_TYPE));
        putIfPresent(parameters, "LogType", exchange.header(LOG_TYPE));
        InputReader.read(RequestShapes.INVOKE, parameters);
    }

    private static void putIfPresent(Map<String, String> parameters, String name, @Nullable String value) {
        if (value != null) {
            parameters.put(name, value);
        }
    }

    private static void refuseUnbuilt(Exchange exchange) {
        if ("Event".equals(exchange.header(INVOCATION_TYPE))) {
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
        var trace =
                TraceHeader.of(exchange.header(TRACE_ID), target.versionArn().hashCode(), clock.millis() / 1000);
        var invocation = new Invocation(
                exchange.requestId(),
                version,
                target.versionArn(),
                target.invokedArn(),
                body.length() == 0 ? NO_PAYLOAD : body,
                trace,
                decoded,
                "Tail".equals(exchange.header(LOG_TYPE)));
        lane.run(invocation, outcome -> answer(exchange, invocation, outcome));
    }

    private static void answer(Exchange exchange, Invocation invocation, InvocationOutcome outcome) {
        switch (outcome) {
            case InvocationOutcome.PlatformError(var code, var message) ->
                exchange.refuse(new LambdaApiException(code, message));
            case InvocationOutcome.Answered(boolean functionError, Buffer payload, String logTail) -> {
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

    /** The function's name in a path that can only be an Invoke's, or null: spares the usual request the search for its operation. */
    static @Nullable String invokedName(HttpServerRequest request) {
        var path = request.path();
        int end = path.length() - SUFFIX.length();
        if (end <= PREFIX.length() || !path.startsWith(PREFIX) || !path.endsWith(SUFFIX)) {
            return null;
        }
        for (int i = PREFIX.length(); i < end; i++) {
            if (path.charAt(i) == '/' || path.charAt(i) == '%') {
                return null;
            }
        }
        return path.substring(PREFIX.length(), end);
    }

    private static final String PREFIX = "/2015-03-31/functions/";
    private static final String SUFFIX = "/invocations";
}
