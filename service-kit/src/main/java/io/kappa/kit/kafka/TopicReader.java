package io.kappa.kit.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a whole topic from its beginning, or from where it ends now, and then everything that comes, on a thread of its own: how a
 * process keeps a view of what others record. Takes in only what is committed. Belongs to no consumer group, so each process reads
 * everything.
 */
public final class TopicReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);

    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final KafkaConsumer<String, byte[]> consumer;
    private final String topic;
    private final Start start;
    private final Listener listener;
    private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean closing;

    private record Waiter(int partition, long offset, CompletableFuture<Void> reached) {}

    /** Where reading starts. */
    public enum Start {
        /** With the oldest record that the topic holds. */
        BEGINNING,
        /** With whatever is written once {@link #caughtUp()} has completed. */
        END
    }

    /** Takes in the records, one at a time, each partition in order. What it throws ends the reader: a view with a gap is worse than none. */
    @FunctionalInterface
    public interface Listener {
        void read(ConsumerRecord<String, byte[]> record);
    }

    /** Starts reading from the beginning. */
    public TopicReader(KafkaSettings kafka, String topic, Listener listener) {
        this(kafka, topic, Start.BEGINNING, listener);
    }

    /** Starts reading. */
    public TopicReader(KafkaSettings kafka, String topic, Start start, Listener listener) {
        var properties = kafka.clientProperties();
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "earliest");
        properties.put("allow.auto.create.topics", "false");
        properties.put("fetch.max.wait.ms", "500");
        this.consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
        this.topic = topic;
        this.start = start;
        this.listener = listener;
        this.thread = Thread.ofPlatform().name("reads-" + topic).daemon().start(this::run);
    }

    /** Completes when everything that the topic held at the start has been read. Completes with an error where the reader ended first. */
    public CompletableFuture<Void> caughtUp() {
        return caughtUp;
    }

    /**
     * Completes once the listener has had the record at that offset and everything before it. Completes with an error where the reader ended
     * first.
     */
    public CompletableFuture<Void> reached(int partition, long offset) {
        var reached = new CompletableFuture<Void>();
        waiters.add(new Waiter(partition, offset, reached));
        if (!thread.isAlive()) {
            endWaiting();
        }
        return reached;
    }

    /** Whether the reader goes on; false once it has failed or been closed. */
    public boolean alive() {
        return thread.isAlive();
    }

    private void run() {
        try {
            var partitions = partitions();
            consumer.assign(partitions);
            switch (start) {
                case BEGINNING -> consumer.seekToBeginning(partitions);
                case END -> consumer.seekToEnd(partitions);
            }
            var behind = new HashMap<>(ends(partitions));
            noteCaughtUp(behind);
            while (!closing) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    listener.read(record);
                }
                if (!caughtUp.isDone()) {
                    noteCaughtUp(behind);
                }
                noteReached();
            }
        } catch (WakeupException e) {
            // Closing: see close().
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("topic", topic)
                    .setCause(e)
                    .log("reading stopped; what this process knows of the topic ends here");
            caughtUp.completeExceptionally(e);
        } finally {
            caughtUp.completeExceptionally(new CancellationException("reading of " + topic + " was ended"));
            endWaiting();
            // There is no group to leave. A farewell to the broker would wait for the fetch that is under way.
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    /** A topic that was made a moment ago is not known to every broker at once. */
    private List<TopicPartition> partitions() {
        long deadline = System.nanoTime() + KNOWN_WITHIN.toNanos();
        var partitions = consumer.partitionsFor(topic);
        while (partitions == null || partitions.isEmpty()) {
            if (closing) {
                throw new WakeupException();
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("topic " + topic + " does not exist");
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            partitions = consumer.partitionsFor(topic);
        }
        return partitions.stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
    }

    /** Waits for a broker that is away: it was there a moment ago. */
    private Map<TopicPartition, Long> ends(List<TopicPartition> partitions) {
        while (true) {
            try {
                return consumer.endOffsets(partitions);
            } catch (RetriableException e) {
                LOG.atWarn().addKeyValue("topic", topic).setCause(e).log("the topic's end is asked for again");
            }
        }
    }

    private void noteCaughtUp(Map<TopicPartition, Long> behind) {
        try {
            behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
        } catch (RetriableException e) {
            return; // Nobody answers: the next look will tell.
        }
        if (behind.isEmpty()) {
            caughtUp.complete(null);
        }
    }

    private void noteReached() {
        waiters.removeIf(waiter -> {
            boolean reached = consumer.position(new TopicPartition(topic, waiter.partition())) > waiter.offset();
            if (reached) {
                waiter.reached().complete(null);
            }
            return reached;
        });
    }

    private void endWaiting() {
        waiters.forEach(waiter -> waiter.reached()
                .completeExceptionally(new CancellationException("reading of " + topic + " was ended")));
        waiters.clear();
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
