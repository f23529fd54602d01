package io.kappa.mapper.invoke;

import io.kappa.access.router.InvokeAnswer;
import io.kappa.access.router.RouterSettings;
import io.kappa.access.router.Routers;
import io.kappa.contracts.invocation.InvocationTarget;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Calls functions at the routers. Calls beyond what is allowed at once wait for a connection; how many can wait is bounded by the shards,
 * each of which has few calls of its own.
 */
public final class RouterInvoker implements Invoker, AutoCloseable {
    private static final String RECURSIVE = "RecursiveInvocationException";

    private final Routers routers;

    /** @param mostCalls at once, from this process */
    public RouterInvoker(Vertx vertx, RouterSettings settings, int mostCalls) {
        this.routers = new Routers(vertx, settings, mostCalls, Routers.ANY_NUMBER);
    }

    @Override
    public CompletableFuture<InvokeOutcome> invoke(InvocationTarget target, byte[] event, @Nullable String trace) {
        return routers.invoke(target, trace == null ? Map.of() : Map.of("X-Amzn-Trace-Id", trace), event)
                .thenApply(RouterInvoker::outcome);
    }

    static InvokeOutcome outcome(InvokeAnswer answer) {
        return switch (answer) {
            case InvokeAnswer.Succeeded(var version, var response) -> new InvokeOutcome.Answered(version, response);
            case InvokeAnswer.FunctionFailed(var version, var error, var _) ->
                new InvokeOutcome.FunctionFailed(version, error.type(), error.message());
            case InvokeAnswer.NotRun(var why, var _, var type, var error) ->
                new InvokeOutcome.NotRun(reason(why, type), type + ": " + error.message());
            case InvokeAnswer.NoAnswer(var message) ->
                new InvokeOutcome.NotRun(InvokeOutcome.Why.PLATFORM_ERROR, message);
        };
    }

    private static InvokeOutcome.Why reason(InvokeAnswer.Why why, String errorType) {
        return switch (why) {
            case THROTTLED -> InvokeOutcome.Why.THROTTLED;
            case PLATFORM_ERROR -> InvokeOutcome.Why.PLATFORM_ERROR;
            case TARGET_MISSING -> InvokeOutcome.Why.TARGET_MISSING;
            case REFUSED -> errorType.equals(RECURSIVE) ? InvokeOutcome.Why.LOOP : InvokeOutcome.Why.REFUSED;
        };
    }

    @Override
    public void close() {
        routers.close();
    }
}
