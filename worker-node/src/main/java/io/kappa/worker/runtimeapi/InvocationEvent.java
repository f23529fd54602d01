package io.kappa.worker.runtimeapi;

import io.vertx.core.buffer.Buffer;

/**
 * What a runtime is given to work on. Texts that are empty are not told to it.
 *
 * @param deadlineMillis when the function's timeout hits, in epoch milliseconds
 * @param invokedArn as the caller gave it, alias or version kept
 * @param clientContext JSON
 * @param streamed whether a result that the runtime sends in parts is wanted part by part; otherwise it is gathered
 */
public record InvocationEvent(
        String requestId,
        long deadlineMillis,
        String invokedArn,
        String traceId,
        String clientContext,
        String cognitoIdentity,
        String tenantId,
        Buffer payload,
        boolean streamed) {}
