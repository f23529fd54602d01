package io.kappa.router.api;

import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.router.queue.EventQueue;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** Has events queued, and answers 202 once they are: whoever has that answer can rely on the event being invoked. On one event loop. */
final class EventAcceptance {
    private final EventQueue queue;
    private final Context context;
    private final ApiMetrics metrics;

    EventAcceptance(EventQueue queue, Context context, ApiMetrics metrics) {
        this.queue = queue;
        this.context = context;
        this.metrics = metrics;
    }

    /** @param answer body of the 202 */
    void accept(Exchange exchange, QueuedEvent event, Buffer payload, Buffer answer) {
        var _ = queue.add(RequestId.parse(exchange.requestId()), event, payload.getBytes())
                .whenComplete((_, failure) ->
                        context.runOnContext(_ -> exchange.attempt(() -> queued(exchange, event, failure, answer))));
    }

    private void queued(Exchange exchange, QueuedEvent event, @Nullable Throwable failure, Buffer answer) {
        if (failure != null) {
            exchange.fail(failure);
            return;
        }
        metrics.eventReceived(event.target().function().name());
        exchange.end(exchange.response(202), answer, "accepted");
    }
}
