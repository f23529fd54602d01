package io.kappa.mapper.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.mapper.event.EventForm;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Hands records over to the queue's dead-letter topic, where it has one, as they are; and to the platform's dead letters, where a person finds
 * them and may have them run again: so there, each is the event that the function would have been given for it alone. Returns when both have them. A record that had to be handed over twice has the same dead letter's id both times.
 */
public final class TopicHandover implements QueueHandover, AutoCloseable {
    /** {@code DeadLetter#cause} of what a queue gives up. */
    public static final String CAUSE = "MAX_RECEIVE_COUNT_EXCEEDED";

    private static final RecordCodec<DeadLetter> DEAD_LETTERS = RecordCodec.of(DeadLetter.class);
    private static final int LONGEST_REQUEST = 8 * 1024 * 1024;
    private static final int LONGEST_MESSAGE = 1024;
    private static final Duration FINDING_THE_TOPIC = Duration.ofSeconds(5);
    private static final Duration WRITING = Duration.ofSeconds(10);

    private final EventSourceMappingRecord mapping;
    private final EventForm form;
    private final @Nullable String deadLetterTopic;
    private final String deadLetters;
    private final Clock clock;
    private final KafkaProducer<byte[], byte[]> producer;

    /** @param deadLetterTopic of the queue, or null */
    public TopicHandover(
            KafkaSettings kafka,
            EventSourceMappingRecord mapping,
            EventForm form,
            @Nullable String deadLetterTopic,
            Clock clock) {
        this.mapping = mapping;
        this.form = form;
        this.deadLetterTopic = deadLetterTopic;
        this.deadLetters = Topic.DEAD_LETTERS_RECORDS.name(kafka.topicPrefix());
        this.clock = clock;
        var properties = kafka.durableProducerProperties();
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(LONGEST_REQUEST));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(FINDING_THE_TOPIC.toMillis()));
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(WRITING.toMillis()));
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void giveUp(
            List<ConsumerRecord<byte[], byte[]>> records, int receiveCount, @Nullable LastFailure lastFailure)
            throws InterruptedException {
        var written = new ArrayList<Future<?>>();
        for (var record : records) {
            if (deadLetterTopic != null) {
                written.add(producer.send(
                        new ProducerRecord<>(deadLetterTopic, null, record.key(), record.value(), record.headers())));
            }
            written.add(producer.send(deadLetter(record, receiveCount, lastFailure)));
        }
        for (var one : written) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e.getCause());
            }
        }
    }

    private ProducerRecord<byte[], byte[]> deadLetter(
            ConsumerRecord<byte[], byte[]> record, int receiveCount, @Nullable LastFailure lastFailure) {
        var function = mapping.target().function().toString();
        var letter = new DeadLetter(
                1,
                record.topic() + "-" + record.partition() + "-" + record.offset(),
                DeadLetter.Origin.EVENT_SOURCE,
                CAUSE,
                function,
                mapping.target().toString(),
                null,
                lastFailure == null ? null : lastFailure.errorType(),
                lastFailure == null ? null : firstPart(lastFailure.errorMessage()),
                receiveCount,
                Instant.ofEpochMilli(record.timestamp()),
                clock.instant(),
                record.topic(),
                record.partition(),
                record.offset(),
                null,
                null,
                null,
                null);
        var written = new ProducerRecord<>(deadLetters, function.getBytes(UTF_8), event(record, receiveCount));
        written.headers().add(DeadLetter.HEADER, DEAD_LETTERS.encode(letter));
        return written;
    }

    private byte[] event(ConsumerRecord<byte[], byte[]> record, int receiveCount) {
        try {
            return form.event(List.of(record), _ -> Math.max(1, receiveCount), null);
        } catch (RuntimeException e) {
            // That may be why it is given up.
            return record.value() == null ? new byte[0] : record.value();
        }
    }

    private static String firstPart(String message) {
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
