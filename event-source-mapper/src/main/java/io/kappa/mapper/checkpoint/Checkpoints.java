package io.kappa.mapper.checkpoint;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.TopicReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code mappings.checkpoints} holds. Positions are committed to the source's own group, which forgets them some days after its last member
 * has left, and has no room for the state of a window: what a mapping must not lose for such reasons is kept here as well.
 */
public final class Checkpoints implements AutoCloseable {
    private static final int LONGEST_REQUEST = 4 * 1024 * 1024;
    /** Of a shard of which nothing has been kept yet. */
    public static final long FIRST_TERM = 1;

    private static final String MARK = "mark";
    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final RecordCodec<Checkpoint> CODEC = RecordCodec.of(Checkpoint.class);

    private final String topic;
    private final KafkaProducer<String, byte[]> producer;
    private final TopicReader reader;
    private final Map<String, Checkpoint> known = new ConcurrentHashMap<>();

    public Checkpoints(KafkaSettings kafka) {
        topic = Topic.MAPPINGS_CHECKPOINTS.name(kafka.topicPrefix());
        var properties = kafka.durableProducerProperties();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(LONGEST_REQUEST));
        producer = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
        reader = new TopicReader(kafka, topic, record -> take(record.key(), record.value()));
    }

    private void take(String key, byte @Nullable [] value) {
        if (value == null) {
            known.remove(key);
        } else {
            known.put(key, CODEC.decode(value));
        }
    }

    /** Completes once everything is known that was written before this process started. */
    public CompletableFuture<Void> caughtUp() {
        return reader.caughtUp();
    }

    public boolean alive() {
        return reader.alive();
    }

    /**
     * A shard as whoever takes it over finds it.
     *
     * @param term under which the new owner keeps its checkpoints
     * @param checkpoint the latest; empty where there is none
     */
    public record Taken(long term, Optional<Checkpoint> checkpoint) {}

    /**
     * Takes a shard over, with all that others have kept of it until now. Each owner writes under a key of its own, so that one who has lost
     * the shard without knowing yet overwrites nothing: what it still writes belongs to an earlier term.
     *
     * @throws IllegalStateException where Kafka is out of reach
     */
    public Taken take(String mapping, TopicPartition shard) {
        var before = latest(mapping, shard);
        if (before.checkpoint().isEmpty()) {
            return before;
        }
        long term = before.term() + 1;
        await(write(mapping, shard, term, before.checkpoint().get()));
        terms(mapping, shard).headMap(term).keySet().forEach(earlier -> {
            var _ = send(key(mapping, shard, earlier), null);
        });
        return new Taken(term, before.checkpoint());
    }

    /** The latest, including what others have written until now, and its term. Takes over nothing. */
    public Taken latest(String mapping, TopicPartition shard) {
        awaitMark();
        return known(mapping, shard);
    }

    /** The term of the latest that this process knows of by now. */
    public long latestTerm(String mapping, TopicPartition shard) {
        return known(mapping, shard).term();
    }

    private Taken known(String mapping, TopicPartition shard) {
        var latest = terms(mapping, shard).lastEntry();
        return latest == null
                ? new Taken(FIRST_TERM, Optional.empty())
                : new Taken(latest.getKey(), Optional.of(latest.getValue()));
    }

    private NavigableMap<Long, Checkpoint> terms(String mapping, TopicPartition shard) {
        var prefix = prefix(mapping, shard);
        var terms = new TreeMap<Long, Checkpoint>();
        known.forEach((key, checkpoint) -> {
            if (key.startsWith(prefix)) {
                terms.put(Long.parseLong(key.substring(prefix.length())), checkpoint);
            }
        });
        return terms;
    }

    /** Whether any shard of the topic has one, which tells that the mapping has begun to read it. */
    public boolean anyOf(String mapping, String sourceTopic) {
        var prefix = mapping + "/" + sourceTopic + "/";
        return known.keySet().stream().anyMatch(key -> key.startsWith(prefix));
    }

    /** The mark is a record without a value, so that it says nothing and does not stay. */
    @SuppressWarnings("NullAway")
    private void awaitMark() {
        try {
            var mark = producer.send(new ProducerRecord<>(topic, MARK, null)).get();
            await(reader.reached(mark.partition(), mark.offset()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("checkpoints are out of reach", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void await(CompletableFuture<Void> done) {
        try {
            done.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("checkpoints are out of reach", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Completes once it is kept. */
    public CompletableFuture<Void> write(String mapping, TopicPartition shard, long term, Checkpoint checkpoint) {
        return send(key(mapping, shard, term), CODEC.encode(checkpoint));
    }

    /** Forgets all shards of a mapping that is deleted. */
    public void forget(String mapping) {
        var prefix = mapping + "/";
        List.copyOf(known.keySet()).stream()
                .filter(key -> key.startsWith(prefix))
                .forEach(key -> {
                    var _ = send(key, null);
                });
    }

    @SuppressWarnings("NullAway") // A record without a value says that the key is gone.
    private CompletableFuture<Void> send(String key, byte @Nullable [] value) {
        var kept = new CompletableFuture<Void>();
        var _ = producer.send(new ProducerRecord<>(topic, key, value), (_, failure) -> {
            if (failure == null) {
                kept.complete(null);
            } else {
                kept.completeExceptionally(failure);
            }
        });
        return kept;
    }

    private static String key(String mapping, TopicPartition shard, long term) {
        return prefix(mapping, shard) + term;
    }

    private static String prefix(String mapping, TopicPartition shard) {
        return mapping + "/" + shard.topic() + "/" + shard.partition() + "/";
    }

    @Override
    public void close() {
        reader.close();
        producer.close(Duration.ofSeconds(5));
    }
}
