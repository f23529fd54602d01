package io.kappa.asyncqueue;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.RecordHeaders;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.Health;
import io.kappa.kit.management.ManagementServer;
import io.kappa.kit.management.ManagementSettings;
import io.kappa.kit.management.ProcessMetrics;
import io.kappa.kit.settings.Settings;
import io.kappa.testkit.S3Server;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The service on a real broker, with a router that answers as told. */
final class RunningService implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final KafkaSettings kafka;
    private final Lifecycle lifecycle = new Lifecycle();
    private final KafkaProducer<byte[], byte[]> producer;
    private final int port;

    RunningService(KafkaSettings kafka, Path directory, URI router) throws Exception {
        this(kafka, directory, router, "one");
    }

    /** @param id of this instance of the service */
    RunningService(KafkaSettings kafka, Path directory, URI router, String id) throws Exception {
        this.kafka = kafka;
        var vertx = Vertx.vertx();
        lifecycle.own(
                () -> vertx.close().toCompletionStage().toCompletableFuture().join());
        producer = lifecycle.own(
                new KafkaProducer<>(kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer()));
        var metrics = lifecycle.own(new ProcessMetrics()).registry();
        var health = new Health();
        var management =
                lifecycle.own(ManagementServer.start(vertx, new ManagementSettings("127.0.0.1", 0), health, metrics));
        port = management.port();
        var settings = AsyncQueueServiceSettings.from(new Settings(new HashMap<>(Map.of(
                        "async-queue.id",
                        id,
                        "async-queue.state-directory",
                        directory.toString(),
                        "async-queue.retry-delays",
                        "10ms,20ms",
                        "async-queue.backoff.least",
                        "10ms",
                        "async-queue.backoff.most",
                        "100ms",
                        "async-queue.delivery-tries",
                        "2",
                        "objects.endpoint",
                        S3Server.url().toString(),
                        "objects.credentials-file",
                        credentials(directory)))))
                .withRouter(router);
        AsyncQueueService.assemble(
                settings,
                kafka,
                new ServiceContext(vertx, lifecycle, metrics, health, management.api(), Clock.systemUTC()));
        until(() -> health.unready().isEmpty());
    }

    private static String credentials(Path directory) throws IOException {
        return Files.writeString(
                        Files.createDirectories(directory).resolve("credentials"),
                        "[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
                .toString();
    }

    static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("did not come true within " + PATIENCE);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    void configure(RegistryRecord record, int sequence) throws Exception {
        producer.send(new ProducerRecord<>(
                        Topic.REGISTRY_RECORDS.name(kafka.topicPrefix()),
                        null,
                        record.key().getBytes(UTF_8),
                        RecordCodec.of(RegistryRecord.class).encode(record),
                        RecordHeaders.of(Map.of(
                                RegistryView.SEQUENCE_HEADER,
                                Integer.toString(sequence).getBytes(UTF_8)))))
                .get();
    }

    void accept(InvocationTarget target, @Nullable String id, String payload) throws Exception {
        put(
                id,
                new QueuedEvent(target, "Root=1-5759e988-bd862e3fe1be46a994272793", "{\"who\":\"me\"}", null).headers(),
                payload);
    }

    void put(@Nullable String key, Map<String, byte[]> headers, String value) throws Exception {
        producer.send(new ProducerRecord<>(
                        Topic.INVOCATIONS_QUEUED.name(kafka.topicPrefix()),
                        null,
                        key == null ? null : key.getBytes(UTF_8),
                        value.getBytes(UTF_8),
                        RecordHeaders.of(headers)))
                .get();
    }

    /** Everything that is committed in a topic. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        var properties = kafka.clientProperties();
        properties.put("isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
            return found;
        }
    }

    List<ConsumerRecord<byte[], byte[]>> records(Topic topic) {
        return records(topic.name(kafka.topicPrefix()));
    }

    JsonNode get(String path) {
        return read(HttpRequest.newBuilder(uri(path)).build(), 200);
    }

    JsonNode post(String body) {
        return read(request(body), 202);
    }

    HttpRequest request(String body) {
        return HttpRequest.newBuilder(uri("/actions"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + "/v1/async-queue" + path);
    }

    HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private JsonNode read(HttpRequest request, int status) {
        var answer = send(request);
        if (answer.statusCode() != status) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        try {
            return JSON.readTree(answer.body());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        lifecycle.close();
    }
}
