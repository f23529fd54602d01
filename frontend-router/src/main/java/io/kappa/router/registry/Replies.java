package io.kappa.router.registry;

import io.kappa.contracts.json.RecordCodec;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Those of this router who wait for the owner's replies. */
final class Replies implements AutoCloseable {
    private static final RecordCodec<ReplyRecord> CODEC = RecordCodec.of(ReplyRecord.class);

    private final ConcurrentHashMap<String, CompletableFuture<ReplyRecord>> awaited = new ConcurrentHashMap<>();

    /** Completes with the reply to that command. Whoever awaits also forgets. */
    CompletableFuture<ReplyRecord> await(String commandId) {
        return awaited.computeIfAbsent(commandId, _ -> new CompletableFuture<>());
    }

    void forget(String commandId) {
        awaited.remove(commandId);
    }

    int waiting() {
        return awaited.size();
    }

    /** Takes in one record of {@code registry.replies}. */
    void read(ConsumerRecord<String, byte[]> record) {
        var waiter = awaited.get(record.key());
        if (waiter != null) { // All others are for other routers, or came a second time.
            waiter.complete(CODEC.decode(record.value()));
        }
    }

    /** Has nobody wait any longer. */
    @Override
    public void close() {
        awaited.values().forEach(waiter -> waiter.completeExceptionally(new CancellationException("closing")));
    }
}
