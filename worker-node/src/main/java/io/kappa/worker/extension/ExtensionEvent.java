package io.kappa.worker.extension;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/** What an extension is told. */
public sealed interface ExtensionEvent {

    /** As the extension reads it. */
    String json();

    /**
     * An invocation begins, for the runtime as well.
     *
     * @param deadlineMillis when the function's timeout hits, in epoch milliseconds
     * @param traceId {@code X-Amzn-Trace-Id}, or empty
     */
    record Invoke(long deadlineMillis, String requestId, String invokedArn, String traceId) implements ExtensionEvent {
        @Override
        public String json() {
            var event = JsonNodeFactory.instance
                    .objectNode()
                    .put("eventType", EventType.INVOKE.name())
                    .put("deadlineMs", deadlineMillis)
                    .put("requestId", requestId)
                    .put("invokedFunctionArn", invokedArn);
            if (!traceId.isEmpty()) {
                event.putObject("tracing").put("type", "X-Amzn-Trace-Id").put("value", traceId);
            }
            return event.toString();
        }
    }

    /** @param deadlineMillis when whoever still lives is killed, in epoch milliseconds */
    record Shutdown(ShutdownReason reason, long deadlineMillis) implements ExtensionEvent {
        @Override
        public String json() {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("eventType", EventType.SHUTDOWN.name())
                    .put("shutdownReason", reason.name())
                    .put("deadlineMs", deadlineMillis)
                    .toString();
        }
    }
}
