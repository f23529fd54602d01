package io.kappa.worker.environment;

import io.vertx.core.buffer.Buffer;
import java.util.OptionalLong;

/**
 * One request to run a function, as a router hands it over.
 *
 * @param invokedArn as the caller gave it, alias or version kept
 * @param traceId {@code X-Amzn-Trace-Id}, or empty
 * @param clientContext JSON, or empty
 * @param tailWanted whether the caller wants the end of the log with the answer
 * @param startBefore {@link System#nanoTime} from which on it must not begin any more; empty where it may begin whenever
 * @param streamed whether a result that comes in parts is wanted part by part
 * @param arrivedNanos {@link System#nanoTime} at which it came to this machine
 */
public record Invocation(
        String requestId,
        String invokedArn,
        String traceId,
        String clientContext,
        boolean tailWanted,
        Buffer payload,
        OptionalLong startBefore,
        boolean streamed,
        long arrivedNanos) {

    /** One whose result is wanted as a whole. */
    public Invocation(
            String requestId,
            String invokedArn,
            String traceId,
            String clientContext,
            boolean tailWanted,
            Buffer payload,
            OptionalLong startBefore) {
        this(requestId, invokedArn, traceId, clientContext, tailWanted, payload, startBefore, false, System.nanoTime());
    }

    /** One that may begin whenever. */
    public Invocation(
            String requestId,
            String invokedArn,
            String traceId,
            String clientContext,
            boolean tailWanted,
            Buffer payload) {
        this(requestId, invokedArn, traceId, clientContext, tailWanted, payload, OptionalLong.empty());
    }

    /** @param nanoTime as {@link System#nanoTime} shows it */
    boolean comesTooLate(long nanoTime) {
        return startBefore.isPresent() && nanoTime - startBefore.getAsLong() >= 0;
    }
}
