package io.kappa.mapper.handover;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.access.object.ObjectStorage;
import io.kappa.access.object.ObjectStorageSettings;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.mapper.event.EventForms;
import io.kappa.testkit.KafkaInThisJvm;
import io.kappa.testkit.S3Server;
import io.kappa.testkit.SampleMapping;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is given up lies in topics of a real broker before anybody is told that it is kept. */
class HandoverIT {
    private static final String ARN = "arn:aws:sqs:us-east-1:000000000000:orders";

    @TempDir
    private Path directory;

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final String letters = Topic.DEAD_LETTERS_RECORDS.name(kafka.topicPrefix());
    private final String told = kafka.topicPrefix() + "-told";
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    @Test
    void aQueuesMessageLiesInTheDeadLettersAsAnEventAndInItsDeadLetterTopicAsItWas() throws Exception {
        make(letters, told);
        keep(mapping(new EventSource.Queue(ARN, "orders", false), null), Optional.of(told), "hello");

        var letter = first(letters);
        var about = RecordCodec.of(DeadLetter.class)
                .decode(letter.headers().lastHeader(DeadLetter.HEADER).value());
        assertThat(about.offset()).isEqualTo(7);
        assertThat(about.cause()).isEqualTo("RECEIVE_COUNT_EXCEEDED");
        assertThat(new ObjectMapper()
                        .readTree(letter.value())
                        .path("Records")
                        .get(0)
                        .path("body")
                        .asText())
                .isEqualTo("hello");
        var moved = first(told);
        assertThat(new String(moved.value(), UTF_8)).isEqualTo("hello");
        assertThat(moved.headers().lastHeader("trace").value()).isEqualTo(new byte[] {1});
    }

    @Test
    void aTopicThatIsAskedForGetsTheRecordAndMetricsSaySo() throws Exception {
        make(letters, told);
        keep(kafkaMapping("kafka://" + told), Optional.empty(), "hello");

        assertThat(new ObjectMapper().readTree(first(told).value()).has("payload"))
                .isTrue();
        assertThat(metrics.get("kappa.mapping.on.failure.destination.delivered.event.count")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aDestinationThatRefusesTheRecordIsPassedOverBecauseTheDeadLettersHoldEverything() throws Exception {
        make(letters);
        Topics.ensure(kafka, List.of(new Topics.Wanted(told, 1, Map.of("max.message.bytes", "10"))));
        keep(kafkaMapping("kafka://" + told), Optional.empty(), "hello");

        assertThat(first(letters).value()).isNotEmpty();
        assertThat(metrics.get("kappa.mapping.on.failure.destination.delivery.error.count")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aRecordThatNoTopicOfOursTakesBecomesADeadLetterWithoutItsPayload() throws Exception {
        make(letters);
        keep(kafkaMapping(null), Optional.empty(), "x".repeat(5_000_000));

        var letter = first(letters);
        assertThat(letter.value()).isEmpty();
        assertThat(letter.headers().lastHeader(DeadLetter.HEADER)).isNotNull();
    }

    @Test
    void aBucketGetsAnObjectWithTheRecord() throws Exception {
        make(letters);
        var bucket = S3Server.bucket();
        keep(kafkaMapping("arn:aws:s3:::" + bucket), Optional.empty(), "hello");

        try (var s3 = S3Server.client()) {
            var key = s3.listObjectsV2(request -> request.bucket(bucket))
                    .contents()
                    .getFirst()
                    .key();
            assertThat(key).startsWith("aws/lambda/").contains("/orders-0/1970/01/01/1970-01-01T00.00.00-");
            var object = new ObjectMapper()
                    .readTree(s3.getObjectAsBytes(
                                    request -> request.bucket(bucket).key(key))
                            .asByteArray());
            assertThat(object.at("/requestContext/condition").asText()).isEqualTo("RetryAttemptsExhausted");
            assertThat(object.path("payload").asText()).contains("\"topic\":\"orders\"");
        }
        assertThat(metrics.get("kappa.mapping.on.failure.destination.delivered.event.count")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aBucketThatIsMissingIsPassedOverAndCounted() throws Exception {
        make(letters);
        keep(kafkaMapping("arn:aws:s3:::no-such-bucket"), Optional.empty(), "hello");

        assertThat(first(letters).value()).isNotEmpty();
        assertThat(metrics.get("kappa.mapping.on.failure.destination.delivery.error.count")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    private void keep(EventSourceMappingRecord mapping, Optional<String> deadLetterTopic, String value)
            throws IOException {
        var form = EventForms.of(mapping, List.of(kafka.bootstrapServers()), "");
        var credentials = Files.writeString(
                directory.resolve("credentials"), "[default]\naws_access_key_id = a\naws_secret_access_key = b\n");
        var settings = new ObjectStorageSettings(
                Optional.of(S3Server.url()), "us-east-1", true, Optional.of(credentials), Duration.ofSeconds(30));
        try (var objects = new ObjectStorage(settings);
                var handover = new Handover(kafka, objects, metrics)) {
            handover.keep(
                    mapping,
                    new FailureRecords(mapping, form, List.of(kafka.bootstrapServers())),
                    kafka::clientProperties,
                    deadLetterTopic,
                    new GivenUp(
                            List.of(record(value)),
                            Cause.RECEIVE_COUNT_EXCEEDED,
                            2,
                            null,
                            Instant.EPOCH,
                            Instant.EPOCH));
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(String value) {
        var headers = new RecordHeaders();
        headers.add("trace", new byte[] {1});
        return new ConsumerRecord<>(
                "orders",
                0,
                7,
                1_700_000_000_000L,
                TimestampType.CREATE_TIME,
                1,
                value.length(),
                "k".getBytes(UTF_8),
                value.getBytes(UTF_8),
                headers,
                Optional.empty());
    }

    private EventSourceMappingRecord kafkaMapping(@Nullable String onFailure) {
        return mapping(
                new EventSource.SelfManagedKafka(List.of(kafka.bootstrapServers()), List.of("orders")), onFailure);
    }

    private static EventSourceMappingRecord mapping(EventSource source, @Nullable String onFailure) {
        return SampleMapping.of(source).onFailure(onFailure).record();
    }

    private void make(String... topics) throws InterruptedException {
        var wanted = new ArrayList<Topics.Wanted>();
        for (var topic : topics) {
            wanted.add(new Topics.Wanted(topic, 1, Map.of("max.message.bytes", "4194304")));
        }
        Topics.ensure(kafka, wanted);
    }

    private ConsumerRecord<byte[], byte[]> first(String topic) {
        var properties = new HashMap<>(kafka.clientProperties());
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (true) {
                var records = consumer.poll(Duration.ofSeconds(1)).records(partition);
                if (!records.isEmpty()) {
                    return records.getFirst();
                }
            }
        }
    }
}
