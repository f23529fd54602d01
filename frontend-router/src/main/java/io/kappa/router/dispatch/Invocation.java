package io.kappa.router.dispatch;

import io.kappa.contracts.registry.VersionRecord;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * One invocation to run.
 *
 * @param versionArn text of the version's ARN
 * @param invokedArn as the caller named the function
 * @param clientContext JSON in ASCII, or null
 * @param tail whether the end of the log is wanted
 * @param parts takes a result that the function makes part by part; null where it is wanted as a whole
 */
public record Invocation(
        String requestId,
        VersionRecord version,
        String versionArn,
        String invokedArn,
        Buffer payload,
        String traceId,
        @Nullable String clientContext,
        boolean tail,
        @Nullable PartTaker parts) {

    /** One whose result is wanted as a whole. */
    public Invocation(
            String requestId,
            VersionRecord version,
            String versionArn,
            String invokedArn,
            Buffer payload,
            String traceId,
            @Nullable String clientContext,
            boolean tail) {
        this(requestId, version, versionArn, invokedArn, payload, traceId, clientContext, tail, null);
    }
}
