package io.kappa.platform;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.contracts.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Puts events on {@code invocations.queued} without HTTP, as any producer may that keeps to the record's contract. */
final class StraightProducer implements AutoCloseable {
    private static final String TOPIC = Topic.INVOCATIONS_QUEUED.name("kappa");

    private final KafkaProducer<String, String> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();

    StraightProducer(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", "5"),
                new StringSerializer(),
                new StringSerializer());
    }

    /**
     * Sends a record.
     *
     * @param partition null leaves it to the key
     */
    void send(@Nullable Integer partition, @Nullable String key, @Nullable String value, Map<String, String> headers) {
        var record = new ProducerRecord<>(TOPIC, partition, key, value);
        headers.forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
        sent.add(producer.send(record));
    }

    /** Waits until everything that was sent is on the topic. Answers where. */
    List<RecordMetadata> acknowledged() throws InterruptedException, ExecutionException {
        var places = new ArrayList<RecordMetadata>();
        for (var one : sent) {
            places.add(one.get());
        }
        sent.clear();
        return places;
    }

    @Override
    public void close() {
        producer.close();
    }
}
