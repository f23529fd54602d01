package io.kappa.mapper.handover;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.access.object.ObjectStorage;
import io.kappa.access.object.ObjectStorageException;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.destination.Destination;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.mapper.source.SourceException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what mappings give up: in {@code dead-letters.records} without fail, and where the user wants to hear of it. A user's topic or
 * bucket that cannot be written is tried a few times and then passed over, because the dead letters hold everything that it would have held.
 *
 * <p>Everything may be written twice, after a crash in between; dead letters have the same id then, and count as one.
 */
public final class Handover implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);
    private static final int LONGEST_REQUEST = 8 * 1024 * 1024;
    private static final int MOST_TRIES = 3;
    private static final Duration FINDING_THE_TOPIC = Duration.ofSeconds(5);
    private static final RecordCodec<DeadLetter> LETTERS = RecordCodec.of(DeadLetter.class);

    private final String deadLetters;
    private final ObjectStorage objects;
    private final MeterRegistry metrics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<Map<String, Object>, KafkaProducer<byte[], byte[]>> sources = new ConcurrentHashMap<>();

    /** Where a mapping's news of failures go. */
    private sealed interface Recipient {

        record OfTopic(
                Supplier<KafkaProducer<byte[], byte[]>> producer,
                String topic,
                List<ProducerRecord<byte[], byte[]>> records)
                implements Recipient {}

        @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
        record OfBucket(String bucket, String key, byte[] json) implements Recipient {}
    }

    public Handover(KafkaSettings kafka, ObjectStorage objects, MeterRegistry metrics) {
        this.objects = objects;
        this.metrics = metrics;
        this.deadLetters = Topic.DEAD_LETTERS_RECORDS.name(kafka.topicPrefix());
        this.producer = producer(kafka.clientProperties());
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> client) {
        var properties = new HashMap<>(client);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(LONGEST_REQUEST));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(FINDING_THE_TOPIC.toMillis()));
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Returns once the records are kept.
     *
     * @param client how the source's cluster is reached, where a destination that is named outright is too; asked for with each try
     * @param deadLetterTopic of a queue, on Kappa's own cluster
     * @throws KafkaException where the dead letters could not be written
     */
    public void keep(
            EventSourceMappingRecord mapping,
            FailureRecords records,
            Supplier<Map<String, Object>> client,
            Optional<String> deadLetterTopic,
            GivenUp givenUp) {
        keepDeadLetters(records.deadLetters(givenUp));
        recipient(mapping, records, client, deadLetterTopic, givenUp)
                .ifPresent(recipient -> tell(mapping, recipient, givenUp));
    }

    private void keepDeadLetters(List<FailureRecords.Parked> parked) {
        var written = new ArrayList<Future<RecordMetadata>>();
        parked.forEach(one -> written.add(producer.send(deadLetter(one, one.payload()))));
        for (int i = 0; i < written.size(); i++) {
            try {
                await(written.get(i));
            } catch (RecordTooLargeException e) {
                // Longer than any record of ours may be. The letter says where in the source it is.
                await(producer.send(deadLetter(parked.get(i), new byte[0])));
            }
        }
    }

    private ProducerRecord<byte[], byte[]> deadLetter(FailureRecords.Parked parked, byte[] payload) {
        var record =
                new ProducerRecord<>(deadLetters, parked.letter().function().getBytes(UTF_8), payload);
        record.headers().add(DeadLetter.HEADER, LETTERS.encode(parked.letter()));
        return record;
    }

    private Optional<Recipient> recipient(
            EventSourceMappingRecord mapping,
            FailureRecords records,
            Supplier<Map<String, Object>> client,
            Optional<String> deadLetterTopic,
            GivenUp givenUp) {
        if (deadLetterTopic.isPresent()) { // A queue's own dead-letter queue gets the messages themselves.
            var topic = deadLetterTopic.get();
            return Optional.of(new Recipient.OfTopic(
                    () -> producer,
                    topic,
                    givenUp.records().stream()
                            .map(record -> new ProducerRecord<>(
                                    topic, null, null, record.key(), record.value(), record.headers()))
                            .toList()));
        }
        return Optional.ofNullable(mapping.options().onFailure())
                .flatMap(Destination::parse)
                .flatMap(destination -> switch (destination) {
                    case Destination.Queue queue -> Optional.of(summary(queue.topic(), records, givenUp));
                    case Destination.Notification notification ->
                        Optional.of(summary(notification.topic(), records, givenUp));
                    case Destination.KafkaTopic topic ->
                        Optional.of(new Recipient.OfTopic(
                                () -> sources.computeIfAbsent(Map.copyOf(client.get()), Handover::producer),
                                topic.topic(),
                                records.messages(givenUp).stream()
                                        .map(message ->
                                                new ProducerRecord<>(topic.topic(), message.key(), message.value()))
                                        .toList()));
                    case Destination.Bucket(var bucket) ->
                        Optional.of(new Recipient.OfBucket(bucket, records.objectKey(givenUp), records.whole(givenUp)));
                    case Destination.EventBus _, Destination.Function _ ->
                        Optional.empty(); // The API takes none of these.
                });
    }

    private Recipient summary(String topic, FailureRecords records, GivenUp givenUp) {
        return new Recipient.OfTopic(
                () -> producer, topic, List.of(new ProducerRecord<>(topic, records.summary(givenUp))));
    }

    private void tell(EventSourceMappingRecord mapping, Recipient recipient, GivenUp givenUp) {
        for (int tries = 1; ; tries++) {
            try {
                send(recipient);
                count(
                        "kappa.mapping.on.failure.destination.delivered.event.count",
                        mapping,
                        givenUp.records().size());
                return;
            } catch (KafkaException | SourceException | ObjectStorageException e) {
                if (tries == MOST_TRIES) {
                    count("kappa.mapping.on.failure.destination.delivery.error.count", mapping, 1);
                    LOG.atError()
                            .addKeyValue("mappingId", mapping.id().uuid())
                            .addKeyValue("destination", name(recipient))
                            .setCause(e)
                            .log("the destination could not be written; the dead letters hold what it would have held");
                    return;
                }
            }
        }
    }

    private static String name(Recipient recipient) {
        return switch (recipient) {
            case Recipient.OfTopic topic -> topic.topic();
            case Recipient.OfBucket bucket -> bucket.bucket();
        };
    }

    private void send(Recipient recipient) throws ObjectStorageException {
        switch (recipient) {
            case Recipient.OfTopic topic -> send(topic);
            case Recipient.OfBucket(var bucket, var key, var json) -> objects.put(bucket, key, json);
        }
    }

    private void send(Recipient.OfTopic topic) {
        var to = topic.producer().get();
        try {
            var written = topic.records().stream().map(to::send).toList();
            written.forEach(Handover::await);
        } catch (AuthenticationException e) {
            if (sources.values().remove(to)) {
                to.close(Duration.ZERO); // What it authenticates by has changed, or will.
            }
            throw e;
        }
    }

    private void count(String name, EventSourceMappingRecord mapping, int amount) {
        Counter.builder(name)
                .tag("mapping", mapping.id().uuid())
                .register(metrics)
                .increment(amount);
    }

    private static void await(Future<RecordMetadata> written) {
        try {
            written.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        sources.values().forEach(source -> source.close(Duration.ofSeconds(5)));
    }
}
