package io.kappa.router.registry;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.TopicReader;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Hands the owner's replies to those of this router who wait for them. */
final class Replies implements AutoCloseable {
    private static final RecordCodec<ReplyRecord> CODEC = RecordCodec.of(ReplyRecord.class);

    private final ConcurrentHashMap<String, CompletableFuture<ReplyRecord>> awaited = new ConcurrentHashMap<>();
    private final TopicReader reader;

    Replies(KafkaSettings kafka) {
        reader = new TopicReader(
                kafka, Topic.REGISTRY_REPLIES.name(kafka.topicPrefix()), TopicReader.Start.END, this::read);
    }

    /** Completes once every reply will be seen to a command that is asked from now on. */
    CompletableFuture<Void> listening() {
        return reader.caughtUp();
    }

    boolean alive() {
        return reader.alive();
    }

    private void read(ConsumerRecord<String, byte[]> record) {
        var waiter = awaited.get(record.key());
        if (waiter != null) { // All others are for other routers, or came a second time.
            waiter.complete(CODEC.decode(record.value()));
        }
    }

    CompletableFuture<ReplyRecord> await(String commandId) {
        return awaited.computeIfAbsent(commandId, _ -> new CompletableFuture<>());
    }

    void forget(String commandId) {
        awaited.remove(commandId);
    }

    int waiting() {
        return awaited.size();
    }

    @Override
    public void close() {
        reader.close();
        awaited.values().forEach(waiter -> waiter.completeExceptionally(new CancellationException("closing")));
    }
}
