package io.kappa.mapper.skip;

import io.kappa.contracts.eventsource.SkipCommand;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.TopicReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code mappings.commands} holds. Every mapper knows all of it, and the one that comes to the records acts on it, so that a command is
 * neither lost nor late where a shard moves. A command names records, so that doing it twice is doing it once.
 */
public final class Skips implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Skips.class);
    private static final RecordCodec<SkipCommand> CODEC = RecordCodec.of(SkipCommand.class);

    private final String topic;
    private final KafkaProducer<String, byte[]> producer;
    private final Map<String, List<SkipCommand>> commands = new ConcurrentHashMap<>();
    private final TopicReader reader;

    public Skips(KafkaSettings kafka) {
        topic = Topic.MAPPINGS_COMMANDS.name(kafka.topicPrefix());
        producer = new KafkaProducer<>(
                kafka.durableProducerProperties(), new StringSerializer(), new ByteArraySerializer());
        reader = new TopicReader(kafka, topic, record -> {
            if (record.value() != null) {
                take(record.value());
            }
        });
    }

    /** Anybody who may write to the topic can write nonsense, which is to stop nobody. */
    private void take(byte[] value) {
        try {
            var command = CODEC.decode(value);
            commands.computeIfAbsent(command.mapping(), _ -> new CopyOnWriteArrayList<>())
                    .add(command);
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("a command about records to pass over is not understood");
        }
    }

    public CompletableFuture<Void> caughtUp() {
        return reader.caughtUp();
    }

    public boolean alive() {
        return reader.alive();
    }

    /** Completes once it is kept. */
    public CompletableFuture<Void> write(SkipCommand command) {
        var kept = new CompletableFuture<Void>();
        var _ = producer.send(new ProducerRecord<>(topic, command.mapping(), CODEC.encode(command)), (_, failure) -> {
            if (failure == null) {
                kept.complete(null);
            } else {
                kept.completeExceptionally(failure);
            }
        });
        return kept;
    }

    /** Commands about a mapping, oldest first. */
    public List<SkipCommand> of(String mapping) {
        return commands.getOrDefault(mapping, List.of());
    }

    /** The command that wants a record passed over. */
    public Optional<SkipCommand> covering(String mapping, TopicPartition shard, long offset) {
        return of(mapping).stream()
                .filter(command -> command.covers(shard.topic(), shard.partition(), offset))
                .findFirst();
    }

    @Override
    public void close() {
        reader.close();
        producer.close(Duration.ofSeconds(5));
    }
}
