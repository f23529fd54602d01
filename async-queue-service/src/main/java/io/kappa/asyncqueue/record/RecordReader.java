package io.kappa.asyncqueue.record;

import io.kappa.asyncqueue.event.Position;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.RecordHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads single records by their offsets, on a thread of its own with one consumer. Whatever has been asked for meanwhile is read together,
 * partition by partition and in order, so that a thousand events that were accepted one after another cost one fetch and not a thousand.
 * What came by lately is kept at hand.
 */
public final class RecordReader implements Records, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecordReader.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);

    /** A record further ahead than this is looked for anew instead of reading up to it. */
    private static final long NEAR = 2_000;

    private final String topicPrefix;
    private final RecordCache cache;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final LinkedBlockingQueue<Wanted> wanted = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closing;

    private record Wanted(Position position, CompletableFuture<Optional<StoredRecord>> record) {}

    /** @param cacheBytes memory for records that came by lately */
    public RecordReader(KafkaSettings kafka, long cacheBytes) {
        this.topicPrefix = kafka.topicPrefix();
        this.cache = new RecordCache(cacheBytes);
        var properties = kafka.clientProperties();
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "none");
        properties.put("allow.auto.create.topics", "false");
        // Whoever knows the offset has read the record, so it is committed; others' open transactions are no reason to
        // wait.
        properties.put("isolation.level", "read_uncommitted");
        // The consumer fetches ahead, and at the end of a partition the broker would keep that fetch for half a second;
        // what is asked next comes over the same connection, and after it. What is wanted here is there already.
        properties.put("fetch.max.wait.ms", "5");
        // Small, because often one record of a few hundred bytes is wanted; a larger record comes all the same.
        properties.put("max.partition.fetch.bytes", Integer.toString(256 * 1024));
        properties.put("max.poll.records", "5000");
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.thread = Thread.ofPlatform().name("reads-events").daemon().start(this::run);
    }

    @Override
    public void remember(Position position, StoredRecord record) {
        cache.put(position, record);
    }

    @Override
    public Optional<StoredRecord> read(Position position) {
        var cached = cache.find(position);
        if (cached.isPresent()) {
            return cached;
        }
        var asked = new Wanted(position, new CompletableFuture<>());
        wanted.add(asked);
        if (closing) {
            throw new IllegalStateException("reading of records was ended");
        }
        try {
            return asked.record().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading " + position, e);
        } catch (ExecutionException | CancellationException | TimeoutException e) {
            throw new IllegalStateException(position + " could not be read", e);
        }
    }

    private void run() {
        var asked = new ArrayList<Wanted>();
        try {
            while (!closing) {
                asked.add(wanted.take());
                wanted.drainTo(asked);
                readAll(asked);
                asked.clear();
            }
        } catch (InterruptedException | WakeupException e) {
            // Closing: see close().
        } finally {
            wanted.drainTo(asked);
            asked.forEach(one -> one.record().cancel(false));
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private void readAll(List<Wanted> asked) throws InterruptedException {
        var byPartition = new HashMap<TopicPartition, NavigableMap<Long, List<Wanted>>>();
        for (var one : asked) {
            var position = one.position();
            byPartition
                    .computeIfAbsent(
                            new TopicPartition(position.source().topic().name(topicPrefix), position.partition()),
                            _ -> new TreeMap<>())
                    .computeIfAbsent(position.offset(), _ -> new ArrayList<>())
                    .add(one);
        }
        for (var entry : byPartition.entrySet()) {
            try {
                readFrom(entry.getKey(), entry.getValue());
            } catch (WakeupException e) {
                throw e;
            } catch (RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("partition", entry.getKey())
                        .setCause(e)
                        .log("records could not be read");
                fail(entry.getValue(), e);
                Thread.sleep(AFTER_FAILURE); // So that a lasting fault does not spin.
            }
        }
    }

    private static void fail(Map<Long, List<Wanted>> left, RuntimeException failure) {
        left.values().forEach(all -> all.forEach(one -> one.record().completeExceptionally(failure)));
    }

    private void readFrom(TopicPartition partition, NavigableMap<Long, List<Wanted>> left) {
        consumer.assign(List.of(partition));
        var bounds = List.of(partition);
        long begin = consumer.beginningOffsets(bounds).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(bounds).getOrDefault(partition, 0L);
        gone(left, begin);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long reached = -1;
        while (!left.isEmpty() && left.firstKey() < end) {
            long first = left.firstKey();
            if (reached < 0 || first - reached > NEAR) {
                consumer.seek(partition, first);
            }
            for (var record : consumer.poll(POLL).records(partition)) {
                gone(left, record.offset());
                take(left, record);
            }
            reached = consumer.position(partition);
            gone(left, reached);
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(partition + " did not answer within " + PATIENCE);
            }
        }
        gone(left, Long.MAX_VALUE);
    }

    private void take(NavigableMap<Long, List<Wanted>> left, ConsumerRecord<byte[], byte[]> record) {
        var asked = left.remove(record.offset());
        if (asked == null) {
            return;
        }
        var stored = new StoredRecord(
                RecordHeaders.asMap(record.headers()),
                record.value() == null ? new byte[0] : record.value(),
                record.timestamp());
        cache.put(asked.getFirst().position(), stored);
        asked.forEach(one -> one.record().complete(Optional.of(stored)));
    }

    /** What is asked for before that offset has been passed, so it is no longer there. */
    private static void gone(NavigableMap<Long, List<Wanted>> left, long offset) {
        var passed = left.headMap(offset, false);
        passed.values().forEach(all -> all.forEach(one -> one.record().complete(Optional.empty())));
        passed.clear();
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
