package io.kappa.asyncqueue.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.asyncqueue.event.QueueAction;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes operators' actions to every partition of {@code invocations.commands}, which is what makes them happen. */
final class ActionLog implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RecordCodec<QueueAction> codec = RecordCodec.of(QueueAction.class);
    private final String topic;
    private final int partitions;
    private final KafkaProducer<byte[], byte[]> producer;

    ActionLog(KafkaSettings kafka, int partitions) {
        this.topic = Topic.INVOCATIONS_COMMANDS.name(kafka.topicPrefix());
        this.partitions = partitions;
        var properties = kafka.durableProducerProperties();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** @throws KafkaException where not every shard will hear of it; those that do act on it */
    void write(QueueAction action) throws InterruptedException {
        var value = codec.encode(action);
        var sent = new ArrayList<Future<?>>(partitions);
        for (int partition = 0; partition < partitions; partition++) {
            sent.add(producer.send(
                    new ProducerRecord<>(topic, partition, action.id().getBytes(UTF_8), value)));
        }
        for (var one : sent) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new KafkaException("an action could not be written to every shard", e.getCause());
            }
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
