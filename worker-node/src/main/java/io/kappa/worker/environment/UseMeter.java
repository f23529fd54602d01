package io.kappa.worker.environment;

import io.kappa.contracts.metering.InvocationUse;

/** Is told what each invocation has used. Never blocks. */
@FunctionalInterface
public interface UseMeter {

    /** @param startedMillis when the invocation began, epoch milliseconds */
    void used(InvocationUse use, long startedMillis);
}
