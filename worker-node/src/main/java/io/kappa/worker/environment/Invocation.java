package io.kappa.worker.environment;

import io.vertx.core.buffer.Buffer;

/**
 * One request to run a function, as a router hands it over.
 *
 * @param invokedArn as the caller gave it, alias or version kept
 * @param traceId {@code X-Amzn-Trace-Id}, or empty
 * @param clientContext JSON, or empty
 * @param tailWanted whether the caller wants the end of the log with the answer
 */
public record Invocation(
        String requestId,
        String invokedArn,
        String traceId,
        String clientContext,
        boolean tailWanted,
        Buffer payload) {}
