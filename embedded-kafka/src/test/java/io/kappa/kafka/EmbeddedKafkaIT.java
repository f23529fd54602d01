package io.kappa.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedKafkaIT {
    @TempDir
    Path data;

    @Test
    void anyClientProducesAndConsumesAndTopicsMakeThemselves() throws Exception {
        // given
        try (var kafka = EmbeddedKafka.start(data, 0)) {
            // when
            produce(kafka, Map.of(), "one", "two");
            // then
            assertThat(consume(kafka, Map.of("group.id", "readers"), 2)).containsExactly("one", "two");
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterARestartAndSoIsTheCluster() throws Exception {
        // given
        String cluster;
        try (var kafka = EmbeddedKafka.start(data, 0)) {
            produce(kafka, Map.of(), "kept");
            cluster = clusterId(kafka);
        }
        // when
        try (var kafka = EmbeddedKafka.start(data, 0)) {
            // then
            assertThat(consume(kafka, Map.of("group.id", "readers"), 1)).containsExactly("kept");
            assertThat(clusterId(kafka)).isEqualTo(cluster);
        }
    }

    @Test
    void transactionsCommitAndAbort() throws Exception {
        // given
        try (var kafka = EmbeddedKafka.start(data, 0);
                var producer = producer(kafka, Map.of("transactional.id", "writer"))) {
            producer.initTransactions();
            // when
            producer.beginTransaction();
            var aborted = producer.send(new ProducerRecord<>("events", "aborted"));
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            var committed = producer.send(new ProducerRecord<>("events", "committed"));
            producer.commitTransaction();
            // then
            assertThat(aborted.isDone()).isTrue();
            assertThat(committed.get().offset()).isGreaterThan(aborted.get().offset());
            assertThat(consume(kafka, Map.of("group.id", "readers", "isolation.level", "read_committed"), 1))
                    .containsExactly("committed");
        }
    }

    @Test
    void theNewGroupProtocolAndShareGroupsAreEnabled() throws Exception {
        // given
        try (var kafka = EmbeddedKafka.start(data, 0)) {
            produce(kafka, Map.of(), "shared");
            fromTheBeginning(kafka, "sharers");
            // when
            var received = new ArrayList<String>();
            try (var sharer = new KafkaShareConsumer<>(
                    client(kafka, Map.of("group.id", "sharers")), new StringDeserializer(), new StringDeserializer())) {
                sharer.subscribe(List.of("events"));
                while (received.isEmpty()) {
                    sharer.poll(Duration.ofSeconds(1)).forEach(record -> received.add(record.value()));
                }
            }
            // then
            assertThat(received).containsExactly("shared");
            assertThat(consume(kafka, Map.of("group.id", "readers", "group.protocol", "consumer"), 1))
                    .containsExactly("shared");
        }
    }

    @Test
    void aPortInUseIsRefusedInOneLine() throws Exception {
        // given
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = taken.getLocalPort();
            // then
            assertThatThrownBy(() -> EmbeddedKafka.start(data, port))
                    .isInstanceOf(BindException.class)
                    .hasMessage("port " + port + " is in use, so Kafka cannot listen there");
        }
    }

    @Test
    void aDirectoryInUseIsRefusedInOneLineAndTheFirstBrokerIsUnharmed() throws Exception {
        // given
        try (var first = EmbeddedKafka.start(data, 0)) {
            // then
            assertThatThrownBy(() -> EmbeddedKafka.start(data, 0))
                    .hasMessage("data directory " + data + " is in use by another process (process "
                            + ProcessHandle.current().pid() + ")");
            produce(first, Map.of(), "still here");
        }
    }

    @Test
    void aKilledBrokerLeavesNothingBehindThatKeepsTheNextFromStarting() throws Exception {
        // given
        var killed = inAnotherProcess();
        try {
            assertThat(killed.inputReader(UTF_8).readLine()).isEqualTo(BrokerToKill.READY);
        } finally {
            killed.destroyForcibly().waitFor();
        }
        // when
        try (var kafka = EmbeddedKafka.start(data, 0)) {
            // then
            assertThat(consume(kafka, Map.of("group.id", "readers"), 1)).containsExactly("from the other process");
        }
    }

    /** A broker that says when it has acknowledged a record. */
    private Process inAnotherProcess() throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classPath = System.getProperty("java.class.path");
        return new ProcessBuilder(java, "-cp", classPath, BrokerToKill.class.getName(), data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static void produce(EmbeddedKafka kafka, Map<String, Object> more, String... values) throws Exception {
        try (var producer = producer(kafka, more)) {
            for (var value : values) {
                producer.send(new ProducerRecord<>("events", value)).get(30, TimeUnit.SECONDS);
            }
        }
    }

    private static KafkaProducer<String, String> producer(EmbeddedKafka kafka, Map<String, Object> more) {
        return new KafkaProducer<>(client(kafka, more), new StringSerializer(), new StringSerializer());
    }

    private static List<String> consume(EmbeddedKafka kafka, Map<String, Object> more, int count) {
        var settings = client(kafka, more);
        settings.put("auto.offset.reset", "earliest");
        var values = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("events"));
            while (values.size() < count) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }

    private static String clusterId(EmbeddedKafka kafka) throws Exception {
        try (var admin = Admin.create(client(kafka, Map.of()))) {
            return admin.describeCluster().clusterId().get(30, TimeUnit.SECONDS);
        }
    }

    private static void fromTheBeginning(EmbeddedKafka kafka, String group) throws Exception {
        var earliest =
                new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
        try (var admin = Admin.create(client(kafka, Map.of()))) {
            admin.incrementalAlterConfigs(
                            Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), List.of(earliest)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static Map<String, Object> client(EmbeddedKafka kafka, Map<String, Object> more) {
        var settings = new HashMap<>(more);
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        return settings;
    }
}
