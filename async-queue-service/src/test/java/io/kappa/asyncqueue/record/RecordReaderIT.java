package io.kappa.asyncqueue.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.access.topic.PlatformTopics;
import io.kappa.asyncqueue.event.Position;
import io.kappa.asyncqueue.event.Source;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.testkit.KafkaInThisJvm;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Single records are read where they are kept. */
class RecordReaderIT {
    private static final Topic TOPIC = Topic.INVOCATIONS_QUEUED;
    private static final int RECORDS = 100;
    private static final byte[] NO_KEY = {};

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();

    private void write() throws Exception {
        var name = TOPIC.name(kafka.topicPrefix());
        PlatformTopics.ensure(kafka, TOPIC);
        try (var producer =
                new KafkaProducer<>(kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                for (int partition = 0; partition < TOPIC.partitions(); partition++) {
                    var _ = producer.send(
                            new ProducerRecord<>(name, partition, NO_KEY, new byte[] {(byte) partition, (byte) i}));
                }
            }
        }
    }

    /** The limit is far from what it takes, and from the half second each that it takes where reading waits for what may come. */
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void partitionsAreReadInTurnWithoutWaitingForWhatIsNotThereYet() throws Exception {
        write();
        try (var reader = new RecordReader(kafka, 1)) {
            for (int i = 0; i < RECORDS; i++) {
                for (int partition = 0; partition < TOPIC.partitions(); partition++) {
                    var record = reader.read(new Position(Source.QUEUED, partition, i));

                    assertThat(record.orElseThrow().value()).containsExactly(partition, i);
                }
            }
            assertThat(reader.read(new Position(Source.QUEUED, 0, RECORDS))).isEmpty();
        }
    }
}
