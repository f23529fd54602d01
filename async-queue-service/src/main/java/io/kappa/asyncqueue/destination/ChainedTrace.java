package io.kappa.asyncqueue.destination;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.record.StoredRecord;
import io.kappa.contracts.invocation.Lineage;
import io.kappa.contracts.invocation.QueuedEvent;

/**
 * {@code X-Amzn-Trace-Id} of what a destination gets: that of the event with the run that it tells of, so that destinations which lead back
 * to the function are found out. The same whenever it is asked for.
 */
public final class ChainedTrace {

    /** @param event the record with which the event was accepted */
    public static String of(Delivery delivery, StoredRecord event) {
        var stored = event.headers().get(QueuedEvent.TRACE_ID);
        var trace = stored == null ? begun(delivery) : new String(stored, UTF_8);
        return delivery.runs() == 0
                ? trace
                : Lineage.entered(
                        trace, Lineage.hash(delivery.target().function().toString()));
    }

    /** Of an event that was accepted without one. */
    private static String begun(Delivery delivery) {
        var id = delivery.requestId().toString().replace("-", "");
        return "Root=1-%08x-%s;Parent=%s;Sampled=0"
                .formatted(delivery.accepted() / 1000, id.substring(0, 24), id.substring(16));
    }

    private ChainedTrace() {}
}
