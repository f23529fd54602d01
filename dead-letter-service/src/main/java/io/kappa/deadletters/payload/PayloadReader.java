package io.kappa.deadletters.payload;

import io.kappa.kit.kafka.KafkaSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads values of one topic by their offsets, through one consumer that stays open. What was fetched and not yet asked for is kept, so
 * that reading forwards costs one fetch for many records; only going back, or far ahead, makes the consumer seek. Any thread may read, one
 * at a time.
 */
public final class PayloadReader implements PayloadSource, AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(250);

    /** Records in between that are passed over rather than fetched anew from further on. */
    private static final long NEAR = 500;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final Duration patience;
    private Iterator<ConsumerRecord<byte[], byte[]>> fetched = Collections.emptyIterator();
    private @Nullable TopicPartition assigned;
    private long next = -1;

    /** @param patience how long to wait for any one record */
    public PayloadReader(KafkaSettings kafka, String topic, Duration patience) {
        var properties = kafka.clientProperties();
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "none");
        properties.put("allow.auto.create.topics", "false");
        // A fetch ahead that waits at the end of the topic would hold up the next read, which shares its connection.
        properties.put("fetch.max.wait.ms", "5");
        // The offsets come from committed records; a transaction that somebody else has open here is no reason to wait.
        properties.put("isolation.level", "read_uncommitted");
        // One reader may go through them all, another wants a single one: neither should keep much in memory.
        properties.put("max.partition.fetch.bytes", Integer.toString(2 * 1024 * 1024));
        properties.put("fetch.max.bytes", Integer.toString(2 * 1024 * 1024));
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.topic = topic;
        this.patience = patience;
    }

    @Override
    public synchronized Optional<Payload> read(int partition, long offset) {
        try {
            goTo(new TopicPartition(topic, partition), offset);
            return at(offset);
        } catch (OffsetOutOfRangeException e) {
            forget();
            return Optional.empty();
        } catch (KafkaException e) {
            forget();
            throw new UnreachableException("offset " + offset + " of " + topic + "-" + partition + ": " + e);
        }
    }

    private void goTo(TopicPartition source, long offset) {
        if (!source.equals(assigned)) {
            consumer.assign(List.of(source));
            assigned = source;
            next = -1;
        }
        if (next < 0 || offset < next || offset > next + NEAR) {
            fetched = Collections.emptyIterator();
            consumer.seek(source, offset);
            next = offset;
        }
    }

    private Optional<Payload> at(long offset) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            if (!fetched.hasNext()) {
                fetched = consumer.poll(POLL).iterator();
            }
            if (fetched.hasNext()) {
                var record = fetched.next();
                next = record.offset() + 1;
                if (record.offset() == offset) {
                    return Optional.of(Payload.of(record.value()));
                }
                if (record.offset() > offset) {
                    forget(); // The record that was passed over may be asked for next.
                    return Optional.empty();
                }
            } else if (System.nanoTime() - deadline > 0) {
                forget();
                throw new UnreachableException(
                        "offset " + offset + " of " + topic + " did not come within " + patience);
            }
        }
    }

    private void forget() {
        fetched = Collections.emptyIterator();
        next = -1;
    }

    @Override
    public synchronized void close() {
        // There is no group to leave, and no fetch worth waiting for.
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
