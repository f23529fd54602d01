package io.kappa.worker;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.log.LogBatch;
import io.kappa.contracts.topic.Topic;
import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.ReadinessProtocol;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.Health;
import io.kappa.kit.management.ManagementApi;
import io.kappa.kit.settings.Settings;
import io.kappa.runtimes.InstalledRuntimes;
import io.kappa.runtimes.RuntimeSettings;
import io.kappa.testkit.KafkaInThisJvm;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerNodeIT {
    private static final RecordCodec<WorkerStatus> STATUS = RecordCodec.of(WorkerStatus.class);
    private static final RecordCodec<LogBatch> LOGS = RecordCodec.of(LogBatch.class);

    @TempDir
    private Path directory;

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final Vertx vertx = Vertx.vertx();
    private final Lifecycle lifecycle = new Lifecycle();
    private final Health health = new Health();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<ConsumerRecord<String, byte[]>> statuses = new LinkedBlockingQueue<>();
    private final BlockingQueue<ConsumerRecord<String, byte[]>> logs = new LinkedBlockingQueue<>();
    private final Registry registry = new Registry(kafka);
    private WorkerNode node;

    @BeforeEach
    void startNode() throws Exception {
        node = WorkerNode.assemble(settings(), kafka, context(lifecycle));
    }

    @AfterEach
    void stopNode() {
        lifecycle.close();
        registry.close();
        client.close();
        vertx.close().await();
    }

    @Test
    void saysWhatItIsAndTakesItBackWhenItLeaves() throws Exception {
        try (var _ = read(Topic.WORKERS_STATUS, statuses)) {
            var first = await(statuses, _ -> true);
            var status = STATUS.decode(first.value());
            assertThat(first.key()).isEqualTo(node.id());
            assertThat(status.port()).isEqualTo(node.port());
            assertThat(status.host()).isEqualTo("127.0.0.1");
            assertThat(status.memoryMegabytes()).isEqualTo(1024);
            assertThat(status.sandbox()).isEqualTo("process");
            assertThat(status.runtimes()).contains(RuntimeIdentifier.PROVIDED_AL2023);
            assertThat(status.draining()).isFalse();
            assertThat(health.unready()).isEmpty();

            lifecycle.close();

            await(statuses, record -> record.value() == null);
        }
    }

    @Test
    void runsAFunctionFromItsPackageAndLogsWhatItSays() throws Exception {
        assumePython();
        try (var _ = read(Topic.FUNCTIONS_LOGS, logs)) {
            var version = registry.deploy("greet", 1, """
                    def handler(event, context):
                        print("greeting", event)
                        return "hello " + event
                    """);

            var response = invoke(version, 1, "\"you\"");

            assertThat(response.body()).isEqualTo("\"hello you\"");
            assertThat(response.headers().firstValue(InvocationProtocol.OUTCOME))
                    .contains("result");
            await(
                    logs,
                    record -> LOGS.decode(record.value()).logGroup().equals("/aws/lambda/greet")
                            && new String(record.value(), UTF_8).contains("greeting you"));
        }
    }

    @Test
    void runsANewDeploymentAsSoonAsItIsRecorded() throws Exception {
        assumePython();
        var version = registry.deploy("greet", 1, "def handler(event, context): return 'old'");
        assertThat(invoke(version, 1, "1").body()).isEqualTo("\"old\"");

        var response = client.sendAsync(request(version, 2, "1"), ofString());
        registry.deploy("greet", 2, "def handler(event, context): return 'new'");

        assertThat(response.get(30, TimeUnit.SECONDS).body()).isEqualTo("\"new\"");
        assertThat(invoke(version, 1, "1").body()).isEqualTo("\"new\"");
    }

    @Test
    void finishesWhatRunsBeforeItLeavesAndTakesNothingNew() throws Exception {
        assumePython();
        var version = registry.deploy("slow", 1, """
                import socket
                def handler(event, context):
                    with socket.create_connection(("127.0.0.1", event)) as test:
                        return test.recv(100).decode()
                """);
        try (var _ = read(Topic.WORKERS_STATUS, statuses);
                var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // given
            server.setSoTimeout(30_000);
            var running = client.sendAsync(request(version, 1, Integer.toString(server.getLocalPort())), ofString());
            try (var handler = server.accept()) {
                // when
                var closing = CompletableFuture.runAsync(lifecycle::close);
                await(
                        statuses,
                        record -> record.value() != null
                                && STATUS.decode(record.value()).draining());
                // then
                var refused = invoke(version, 1, "0"); // Nobody listens there, so that the function would fail.
                while (refused.statusCode() == 200) {
                    refused = invoke(version, 1, "0"); // It says that it drains before it refuses.
                }
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.headers().firstValue(InvocationProtocol.REFUSAL))
                        .contains("DRAINING");
                handler.getOutputStream().write("finished".getBytes(UTF_8));
                assertThat(running.get(30, TimeUnit.SECONDS).body()).isEqualTo("\"finished\"");
                await(statuses, record -> record.value() == null);
                closing.get(30, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void saysWhichEnvironmentsItHas() throws Exception {
        assumePython();
        try (var _ = read(Topic.WORKERS_STATUS, statuses)) {
            var version = registry.deploy("greet", 3, "def handler(event, context): return event");
            invoke(version, 3, "1");
            await(
                    statuses,
                    record -> record.value() != null
                            && List.of(new WorkerStatus.Environments(version, 3, 1, 0, null))
                                    .equals(STATUS.decode(record.value()).environments()));

            registry.deploy("greet", 4, "def handler(event, context): return event");
            await(
                    statuses,
                    record -> record.value() != null
                            && List.of().equals(STATUS.decode(record.value()).environments()));
        }
    }

    @Test
    void startsEnvironmentsAheadSoThatTheFirstInvocationIsWarm() throws Exception {
        assumePython();
        try (var _ = read(Topic.WORKERS_STATUS, statuses)) {
            // given
            var version = registry.deploy("ahead", 1, """
                    import os
                    def handler(event, context):
                        return os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
                    """);
            // when
            HttpResponse<String> answer;
            do { // Until it has read of the version.
                answer = client.send(ahead(version, 2), ofString());
            } while (answer.statusCode() == 503);
            // then
            assertThat(answer.headers().firstValue(ReadinessProtocol.COUNT)).contains("2");
            await(
                    statuses,
                    record -> record.value() != null
                            && List.of(new WorkerStatus.Environments(version, 1, 2, 0, null))
                                    .equals(STATUS.decode(record.value()).environments()));
            assertThat(invoke(version, 1, "1").statusCode()).isEqualTo(200);
            assertThat(metrics.get("kappa.worker.cold.starts")
                            .tag("cause", "readiness")
                            .counter()
                            .count())
                    .isEqualTo(2);
            assertThat(metrics.get("kappa.worker.cold.starts")
                            .tag("cause", "first")
                            .counter()
                            .count())
                    .isZero();
            assertThat(metrics.get("kappa.worker.readiness.used").counter().count())
                    .isEqualTo(1);
        }
    }

    private HttpRequest ahead(VersionArn version, int count) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + ReadinessProtocol.PATH))
                .timeout(Duration.ofSeconds(30))
                .header(InvocationProtocol.VERSION, version.toString())
                .header(InvocationProtocol.GENERATION, "1")
                .header(ReadinessProtocol.COUNT, Integer.toString(count))
                .POST(BodyPublishers.noBody())
                .build();
    }

    @Test
    void refusesADirectoryThatAnotherWorkerUses() {
        try (var other = new Lifecycle()) {
            assertThatThrownBy(() -> WorkerNode.assemble(settings(), kafka, context(other)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another worker uses");
        }
    }

    private WorkerNodeSettings settings() {
        return WorkerNodeSettings.from(new Settings(Map.of(
                "worker.directory", directory.resolve("worker").toString(),
                "worker.memory-megabytes", "1024",
                "worker.sandbox.kind", "process")));
    }

    private ServiceContext context(Lifecycle own) {
        return new ServiceContext(vertx, own, metrics, health, new ManagementApi(vertx), Clock.systemUTC());
    }

    private void assumePython() throws IOException {
        var runtimes = new InstalledRuntimes(new RuntimeSettings(Path.of("target", "runtimes")));
        assumeTrue(runtimes.find(RuntimeIdentifier.PYTHON3_12).isPresent(), "no Python interpreter on this machine");
    }

    private TopicReader read(Topic topic, BlockingQueue<ConsumerRecord<String, byte[]>> into) {
        return new TopicReader(kafka, topic.name(kafka.topicPrefix()), into::add);
    }

    private static ConsumerRecord<String, byte[]> await(
            BlockingQueue<ConsumerRecord<String, byte[]>> records, Predicate<ConsumerRecord<String, byte[]>> wanted)
            throws InterruptedException {
        for (; ; ) {
            var record = records.poll(30, TimeUnit.SECONDS);
            assertThat(record).isNotNull();
            if (record != null && wanted.test(record)) {
                return record;
            }
        }
    }

    private HttpResponse<String> invoke(VersionArn version, long generation, String payload) throws Exception {
        return client.send(request(version, generation, payload), ofString());
    }

    private HttpRequest request(VersionArn version, long generation, String payload) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + InvocationProtocol.PATH))
                .timeout(Duration.ofSeconds(30))
                .header(InvocationProtocol.REQUEST_ID, "8286a188-ba32-4475-8077-530cd35c09a9")
                .header(InvocationProtocol.VERSION, version.toString())
                .header(InvocationProtocol.GENERATION, Long.toString(generation))
                .header(InvocationProtocol.INVOKED_ARN, version.function().toString())
                .POST(BodyPublishers.ofString(payload))
                .build();
    }
}
