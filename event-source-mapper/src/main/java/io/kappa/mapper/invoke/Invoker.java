package io.kappa.mapper.invoke;

import io.kappa.contracts.invocation.InvocationTarget;
import java.util.concurrent.CompletableFuture;

/** Runs functions. */
@FunctionalInterface
public interface Invoker {
    /** Never completes with an error: whatever goes wrong is an outcome. */
    CompletableFuture<InvokeOutcome> invoke(InvocationTarget target, byte[] event);
}
