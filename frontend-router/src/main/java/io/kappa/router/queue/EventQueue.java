package io.kappa.router.queue;

import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import java.util.concurrent.CompletionStage;

/** Accepted events, waiting for their attempts. Any thread may add, event loops among them: adding never blocks. */
public interface EventQueue {

    /**
     * Adds an event. Completes, on any thread, once the event is kept by as many brokers as the queue asks for: from then on it is not
     * lost. Completes with a {@link io.kappa.router.refusal.LambdaApiException} where that did not happen; after a timeout nobody can tell
     * whether the event has been accepted all the same, and the message says so.
     *
     * @param payload one JSON value
     */
    CompletionStage<Void> add(RequestId requestId, QueuedEvent event, byte[] payload);
}
