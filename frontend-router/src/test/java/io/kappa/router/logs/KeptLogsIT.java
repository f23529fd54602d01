package io.kappa.router.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.log.LogStreamRecord;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.router.logs.index.LogStream;
import io.kappa.testkit.KafkaInThisJvm;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** The index follows what workers tell, and what Kafka has deleted. */
class KeptLogsIT {
    private static final VersionArn VERSION =
            VersionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet:$LATEST");
    private static final LogsSettings SETTINGS = new LogsSettings(2, 100);

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    private void tell(KafkaProducer<String, byte[]> producer, String stream, long offset) throws Exception {
        var record = new LogStreamRecord(1, VERSION, "/g", stream, 1, 0, offset, offset, 1, 1, 1, 10, true);
        producer.send(new ProducerRecord<>(
                        Topic.FUNCTIONS_LOG_STREAMS.name(kafka.topicPrefix()),
                        stream,
                        RecordCodec.of(LogStreamRecord.class).encode(record)))
                .get();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("not in time").isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    @Test
    void streamsAreKnownForAsLongAsTheirLinesAreThere() throws Exception {
        PlatformTopics.ensure(kafka, Topic.FUNCTIONS_LOGS, Topic.FUNCTIONS_LOG_STREAMS);
        var lines = Topic.FUNCTIONS_LOGS.name(kafka.topicPrefix());
        try (var producer = new KafkaProducer<>(
                        kafka.clientProperties(), new StringSerializer(), new ByteArraySerializer());
                var admin = Admin.create(kafka.clientProperties())) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>(lines, 0, "any", new byte[] {1}))
                        .get();
            }
            tell(producer, "old", 3);
            tell(producer, "new", 7);
            try (var logs = KeptLogs.start(SETTINGS, kafka, metrics)) {
                await(() -> logs.problem().isEmpty());
                assertThat(logs.streams().streams("/g"))
                        .extracting(LogStream::name)
                        .containsExactly("new", "old");
                assertThat(metrics.get("kappa.router.log.streams").gauge().value())
                        .isEqualTo(2);
                await(() -> logs.retentionDays().isPresent());
                assertThat(logs.retentionDays()).hasValue(7);
                tell(producer, "newest", 9);
                await(() -> logs.streams().stream("/g", "newest").isPresent());
            }

            admin.deleteRecords(Map.of(new TopicPartition(lines, 0), RecordsToDelete.beforeOffset(5)))
                    .all()
                    .get();

            try (var logs = KeptLogs.start(SETTINGS, kafka, new SimpleMeterRegistry())) {
                await(() -> logs.problem().isEmpty() && logs.streams().count() == 2);
                assertThat(logs.streams().streams("/g"))
                        .extracting(LogStream::name)
                        .containsExactly("new", "newest");
            }
        }
    }
}
