package io.kappa.router.api;

import io.kappa.router.api.function.FunctionIdentifier;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.function.RequestShapes;
import io.kappa.router.api.invoke.InvokeTarget;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.api.operation.QueryParameters;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.api.shape.Shape.Structure;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What invocations name, worked out once for each way of naming it: the patterns of the service model cost more than all else that a router
 * does for a warm invocation. Used by one event loop alone.
 */
final class InvokeTargets {
    /** Working a target out again is cheap, so all of them may simply be dropped when there are too many. */
    private static final int MOST = 10_000;

    private static final String PREFIX = "/2015-03-31/functions/";
    private static final String SUFFIX = "/invocations";

    private final Home home;
    private final Map<String, InvokeTarget> known = new HashMap<>();

    InvokeTargets(Home home) {
        this.home = home;
    }

    /** The function's name in a path that can only be an Invoke's, or null: spares the usual request the search for its operation. */
    static @Nullable String nameIn(String path) {
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

    /**
     * What the request names.
     *
     * @param invocationType header of the request, or null
     * @param logType header of the request, or null
     * @throws io.kappa.router.refusal.LambdaApiException where the name, the qualifier or a header breaks a constraint, or they name what
     *     is not this router's to run
     */
    InvokeTarget find(
            HttpServerRequest request, String name, @Nullable String invocationType, @Nullable String logType) {
        var query = request.query();
        var key = query == null ? name : name + '?' + query;
        var found = known.get(key);
        if (found != null && isUsual(invocationType, logType)) {
            return found;
        }
        var qualifier = QueryParameters.first(query, "Qualifier");
        validate(RequestShapes.INVOKE, name, qualifier, invocationType, logType);
        var target = InvokeTarget.of(FunctionIdentifier.of(name, qualifier, home, Operation.INVOKE));
        if (known.size() >= MOST) {
            known.clear();
        }
        known.put(key, target);
        return target;
    }

    /**
     * Checks what InvokeWithResponseStream demands beyond Invoke: it sends no events.
     *
     * @param invocationType header of the request, or null
     * @param logType header of the request, or null
     */
    void checkStreamed(String name, @Nullable String invocationType, @Nullable String logType) {
        if (invocationType != null && !invocationType.equals("RequestResponse")) {
            validate(RequestShapes.INVOKE_WITH_RESPONSE_STREAM, name, null, invocationType, logType);
        }
    }

    /** What somebody names who does not invoke it now; not kept. */
    InvokeTarget findFor(String name, @Nullable String qualifier) {
        validate(RequestShapes.INVOKE, name, qualifier, null, null);
        return InvokeTarget.of(FunctionIdentifier.of(name, qualifier, home, Operation.INVOKE));
    }

    /** What InvokeAsync names, which knows no qualifiers. */
    InvokeTarget findUnqualified(String name) {
        InputReader.read(RequestShapes.INVOKE_ASYNC, Map.of("FunctionName", name));
        return InvokeTarget.of(
                FunctionIdentifier.of(name, null, home, Operation.INVOKE_ASYNC).requireUnqualified());
    }

    /** Whether the headers hold nothing that could fail validation. */
    private static boolean isUsual(@Nullable String invocationType, @Nullable String logType) {
        return (invocationType == null || invocationType.equals("RequestResponse") || invocationType.equals("Event"))
                && (logType == null || logType.equals("None") || logType.equals("Tail"));
    }

    private static void validate(
            Structure shape,
            String name,
            @Nullable String qualifier,
            @Nullable String invocationType,
            @Nullable String logType) {
        var parameters = new HashMap<String, String>();
        parameters.put("FunctionName", name);
        putIfPresent(parameters, "Qualifier", qualifier);
        putIfPresent(parameters, "InvocationType", invocationType);
        putIfPresent(parameters, "LogType", logType);
        InputReader.read(shape, parameters);
    }

    private static void putIfPresent(Map<String, String> parameters, String name, @Nullable String value) {
        if (value != null) {
            parameters.put(name, value);
        }
    }
}
