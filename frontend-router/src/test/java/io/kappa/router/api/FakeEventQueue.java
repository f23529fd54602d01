package io.kappa.router.api;

import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.router.queue.EventQueue;
import io.kappa.router.refusal.LambdaApiException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A queue that notes what it is given, and acknowledges at once, never, or not until the test says so. */
final class FakeEventQueue implements EventQueue {
    final List<Added> added = new CopyOnWriteArrayList<>();

    private volatile @Nullable LambdaApiException refusal;
    private volatile @Nullable CompletableFuture<Void> acknowledgement;

    /** One event as it was queued. */
    record Added(RequestId requestId, QueuedEvent event, String payload) {}

    void refuse(LambdaApiException with) {
        refusal = with;
    }

    /** Events are acknowledged once the returned future completes. */
    CompletableFuture<Void> acknowledgeLater() {
        var later = new CompletableFuture<Void>();
        acknowledgement = later;
        return later;
    }

    @Override
    public CompletionStage<Void> add(RequestId requestId, QueuedEvent event, byte[] payload) {
        var refused = refusal;
        if (refused != null) {
            return CompletableFuture.failedFuture(refused);
        }
        added.add(new Added(requestId, event, new String(payload, StandardCharsets.UTF_8)));
        var later = acknowledgement;
        return later == null ? CompletableFuture.completedFuture(null) : later;
    }
}
