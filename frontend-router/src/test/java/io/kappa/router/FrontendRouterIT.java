package io.kappa.router;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.kit.kafka.Topics;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.Health;
import io.kappa.kit.management.ManagementApi;
import io.kappa.kit.settings.Settings;
import io.kappa.router.dispatch.FakeWorker;
import io.kappa.testkit.KafkaInThisJvm;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrontendRouterIT {
    private static final String MAPPINGS = "/2015-03-31/event-source-mappings";
    private static final String FUNCTIONS = "/2015-03-31/functions";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final Vertx vertx = Vertx.vertx();
    private final Lifecycle lifecycle = new Lifecycle();
    private final FakeWorker worker = lifecycle.own(new FakeWorker(vertx, "worker-1"));
    private final HttpClient client = HttpClient.newHttpClient();

    private record Running(FrontendRouter router, Health health) {
        URI uri(String path) {
            return URI.create("http://127.0.0.1:" + router.port() + path);
        }
    }

    private Running start(String id) throws InterruptedException {
        var settings = FrontendRouterSettings.from(new Settings(Map.of(
                "router.port",
                "0",
                "router.id",
                id,
                "encryption.key-file",
                directory.resolve("encryption.keys").toString(),
                "router.state-directory",
                directory.resolve(id).toString())));
        var health = new Health();
        var router = FrontendRouter.assemble(
                settings,
                kafka,
                new ServiceContext(
                        vertx,
                        lifecycle,
                        new SimpleMeterRegistry(),
                        health,
                        new ManagementApi(vertx),
                        Clock.systemUTC()));
        return new Running(router, health);
    }

    @AfterEach
    void close() {
        lifecycle.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        client.close();
    }

    private void announceTheWorker() throws Exception {
        var properties = kafka.clientProperties();
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topic.WORKERS_STATUS.name(kafka.topicPrefix()),
                            worker.name(),
                            worker.status(RuntimeIdentifier.PYTHON3_13)))
                    .get();
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
    }

    private JsonNode get(Running router, String path) throws IOException, InterruptedException {
        return JSON.readTree(send(HttpRequest.newBuilder(router.uri(path))).body());
    }

    private HttpResponse<String> create(Running router, byte[] zip) throws IOException, InterruptedException {
        var request = """
                {"FunctionName":"f","Runtime":"python3.13","Role":"arn:aws:iam::000000000000:role/r",
                 "Handler":"index.handler","Code":{"ZipFile":"%s"}}""".formatted(Base64.getEncoder().encodeToString(zip));
        return send(HttpRequest.newBuilder(router.uri(FUNCTIONS)).POST(BodyPublishers.ofString(request)));
    }

    private HttpResponse<String> invoke(Running router) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(router.uri(FUNCTIONS + "/f/invocations"))
                .POST(BodyPublishers.ofString("{\"k\":1}")));
    }

    private static byte[] zip() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("index.py"));
            zip.write(new byte[2_000_000]);
            zip.putNextEntry(new ZipEntry("noise"));
            var noise = new byte[2_000_000];
            new java.util.Random(1).nextBytes(noise);
            zip.write(noise);
        }
        return bytes.toByteArray();
    }

    /** Asks until it is as expected. */
    private static <T> T await(Callable<T> question, Predicate<T> expected) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        var answer = question.call();
        while (!expected.test(answer)) {
            assertThat(System.nanoTime()).as("still " + answer).isLessThan(end);
            answer = question.call();
        }
        return answer;
    }

    @Test
    void runsAFunctionOnceAWorkerIsKnown() throws Exception {
        var router = start("one");
        await(
                router.health()::unready,
                problems -> problems.size() == 1 && problems.getFirst().startsWith("workers"));
        assertThat(router.health().unready()).containsExactly("workers: no worker node is known");
        announceTheWorker();
        await(router.health()::unready, List::isEmpty);

        var zip = zip();
        var created = create(router, zip);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        assertThat(JSON.readTree(created.body()).path("State").asText()).isEqualTo("Pending");
        await(() -> get(router, FUNCTIONS + "/f/configuration").path("State").asText(), "Active"::equals);

        worker.returns("\"done\"");
        var answer = invoke(router);
        assertThat(answer.body()).isEqualTo("\"done\"");
        assertThat(worker.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.header(InvocationProtocol.VERSION))
                    .isEqualTo("arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST");
            assertThat(asked.header(InvocationProtocol.GENERATION)).isEqualTo("1");
        });

        var accepted = send(HttpRequest.newBuilder(router.uri(FUNCTIONS + "/f/invocations"))
                .header("X-Amz-Invocation-Type", "Event")
                .POST(BodyPublishers.ofString("{\"event\":1}")));
        assertThat(accepted.statusCode()).isEqualTo(202);
        var queued = new LinkedBlockingQueue<ConsumerRecord<String, byte[]>>();
        lifecycle.own(new TopicReader(kafka, Topic.INVOCATIONS_QUEUED.name(kafka.topicPrefix()), queued::add));
        assertThat(queued.poll(60, TimeUnit.SECONDS)).isNotNull().satisfies(record -> {
            assertThat(accepted.headers().firstValue("x-amzn-RequestId")).hasValue(record.key());
            assertThat(record.value()).asString(UTF_8).isEqualTo("{\"event\":1}");
        });

        var location =
                get(router, FUNCTIONS + "/f").path("Code").path("Location").asText();
        var downloaded =
                client.send(HttpRequest.newBuilder(URI.create(location)).build(), BodyHandlers.ofByteArray());
        assertThat(downloaded.body()).isEqualTo(zip);

        var deleted = send(HttpRequest.newBuilder(router.uri(FUNCTIONS + "/f")).DELETE());
        assertThat(deleted.statusCode()).isEqualTo(204);
        assertThat(invoke(router).statusCode()).isEqualTo(404);
    }

    @Test
    void runsAFunctionThatAnotherRouterMade() throws Exception {
        var one = start("one");
        var two = start("two");
        announceTheWorker();
        await(one.health()::unready, List::isEmpty);
        await(two.health()::unready, List::isEmpty);
        assertThat(create(one, zip()).statusCode()).isEqualTo(201);
        worker.returns("1");
        var answer = await(() -> invoke(two), response -> response.statusCode() == 200);
        assertThat(answer.body()).isEqualTo("1");
    }

    @Test
    void mapsTheTopicsThatThereAreAndShowsWhatMappersReport() throws Exception {
        var one = start("one");
        var two = start("two");
        announceTheWorker();
        await(one.health()::unready, List::isEmpty);
        await(two.health()::unready, List::isEmpty);
        assertThat(create(one, zip()).statusCode()).isEqualTo(201);
        var queue = kafka.topicPrefix() + "-orders";
        var request =
                "{\"FunctionName\":\"f\",\"EventSourceArn\":\"arn:aws:sqs:us-east-1:000000000000:" + queue + "\"}";

        var early = send(HttpRequest.newBuilder(one.uri(MAPPINGS)).POST(BodyPublishers.ofString(request)));
        assertThat(early.body()).contains("The specified queue does not exist.");
        Topics.ensure(kafka, List.of(new Topics.Wanted(queue, 1, Map.of())));
        assertThat(Topics.partitions(kafka, List.of(queue))).containsKey(queue); // Every broker knows of it.
        var made = send(HttpRequest.newBuilder(one.uri(MAPPINGS)).POST(BodyPublishers.ofString(request)));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(202);

        var mapping = MAPPINGS + "/" + JSON.readTree(made.body()).path("UUID").asText();
        await(() -> get(two, mapping).path("State").asText(), "Creating"::equals);
        report(MappingId.parse(
                JSON.readTree(made.body()).path("EventSourceMappingArn").asText()));
        await(() -> get(two, mapping).path("State").asText(), "Enabled"::equals);
    }

    private void report(MappingId mapping) throws Exception {
        var report = new MappingReport(mapping, 1, Instant.now(), MappingReport.Reached.READING, null, null);
        try (var producer =
                new KafkaProducer<>(kafka.clientProperties(), new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topic.MAPPINGS_REPORTS.name(kafka.topicPrefix()),
                            mapping.account(),
                            RecordCodec.of(MappingReport.class).encode(report)))
                    .get();
        }
    }
}
