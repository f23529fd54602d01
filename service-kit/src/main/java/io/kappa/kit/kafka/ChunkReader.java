package io.kappa.kit.kafka;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads bytes that were written as several records of one partition, by the offsets that their writer noted. Whether they are the bytes
 * that were meant is for the caller to check, by their hash. Any thread may read, several at a time; each read has a consumer of its own.
 */
public final class ChunkReader {
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaSettings kafka;
    private final String topic;
    private final Duration patience;

    /** There is nothing left at an offset: the record was overwritten or deleted, and cleaned up since. */
    public static final class MissingChunkException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MissingChunkException(TopicPartition partition, long offset) {
            super("nothing is left at offset " + offset + " of " + partition);
        }
    }

    /** No chunk came for as long as the reader is willing to wait: the cluster is out of reach, or overwhelmed. */
    public static final class ChunkTimeoutException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ChunkTimeoutException(TopicPartition partition, long offset, Duration patience) {
            super("offset " + offset + " of " + partition + " did not come within " + patience);
        }
    }

    /** @param patience how long to wait for any one chunk */
    public ChunkReader(KafkaSettings kafka, String topic, Duration patience) {
        this.kafka = kafka;
        this.topic = topic;
        this.patience = patience;
    }

    /**
     * All chunks as one array.
     *
     * @throws MissingChunkException where one of them no longer exists
     * @throws ChunkTimeoutException where one of them does not come in time
     */
    public byte[] read(int partition, List<Long> offsets) {
        var whole = new ByteArrayOutputStream();
        read(partition, offsets, whole::writeBytes);
        return whole.toByteArray();
    }

    /** As {@link #read(int, List)}, but hands over each chunk as it comes, in order, so that none need be kept in memory. */
    public void read(int partition, List<Long> offsets, Consumer<byte[]> sink) {
        var source = new TopicPartition(topic, partition);
        try (var consumer = consumer()) {
            consumer.assign(List.of(source));
            var fetched = new Fetched(consumer, source);
            for (long offset : offsets) {
                sink.accept(fetched.at(offset));
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        var properties = kafka.clientProperties();
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "none");
        // Whoever knows the offsets read them in a committed record, so the chunks are there; a transaction that
        // somebody else has open
        // on this partition is no reason to wait.
        properties.put("isolation.level", "read_uncommitted");
        properties.put("max.partition.fetch.bytes", Integer.toString(8 * 1024 * 1024));
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** What has been fetched and not yet asked for. Other writers' records may lie between the chunks; they are passed over. */
    private final class Fetched {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final TopicPartition source;
        private java.util.Iterator<ConsumerRecord<byte[], byte[]>> records = java.util.Collections.emptyIterator();
        private long next = -1;

        Fetched(KafkaConsumer<byte[], byte[]> consumer, TopicPartition source) {
            this.consumer = consumer;
            this.source = source;
        }

        byte[] at(long offset) {
            if (next != offset && !records.hasNext()) {
                consumer.seek(source, offset);
            }
            long deadline = System.nanoTime() + patience.toNanos();
            while (true) {
                var record = nextRecord(offset);
                if (record != null && record.offset() == offset) {
                    next = offset + 1;
                    return required(record);
                }
                if (record != null && record.offset() > offset) {
                    throw new MissingChunkException(source, offset);
                }
                if (record == null && System.nanoTime() - deadline > 0) {
                    throw new ChunkTimeoutException(source, offset, patience);
                }
            }
        }

        private @Nullable ConsumerRecord<byte[], byte[]> nextRecord(long offset) {
            if (!records.hasNext()) {
                try {
                    records = consumer.poll(POLL).iterator();
                } catch (OffsetOutOfRangeException e) {
                    throw new MissingChunkException(source, offset);
                }
            }
            return records.hasNext() ? records.next() : null;
        }

        private byte[] required(ConsumerRecord<byte[], byte[]> record) {
            if (record.value() == null) {
                throw new MissingChunkException(source, record.offset());
            }
            return record.value();
        }
    }
}
