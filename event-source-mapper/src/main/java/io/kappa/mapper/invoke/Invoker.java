package io.kappa.mapper.invoke;

import io.kappa.contracts.invocation.InvocationTarget;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Runs functions. */
@FunctionalInterface
public interface Invoker {
    /**
     * Never completes with an error: whatever goes wrong is an outcome.
     *
     * @param trace {@code X-Amzn-Trace-Id} of what the event follows from, or null
     */
    CompletableFuture<InvokeOutcome> invoke(InvocationTarget target, byte[] event, @Nullable String trace);
}
