package io.kappa.worker;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.contracts.worker.WorkerStatus.Environments;
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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that keep environments ready, with real functions and nobody who tells them how many each. */
class ProvisionedConcurrencyIT {
    private static final RecordCodec<WorkerStatus> STATUS = RecordCodec.of(WorkerStatus.class);

    /** Says which process it is and what for it was started, in the time that it is told to take. */
    private static final String WHO = """
            import os, time
            def handler(event, context):
                time.sleep(event)
                return "%d %s" % (os.getpid(), os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"])
            """;

    @TempDir
    private Path directory;

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<ConsumerRecord<String, byte[]>> statuses = new LinkedBlockingQueue<>();
    private final Map<String, WorkerStatus> latest = new HashMap<>();
    private final List<Lifecycle> lifecycles = new ArrayList<>();
    private final Registry registry = new Registry(kafka);
    private WorkerNode node;
    private TopicReader reader;

    @BeforeEach
    void startNode() throws Exception {
        var runtimes = new InstalledRuntimes(new RuntimeSettings(Path.of("target", "runtimes")));
        assumeTrue(runtimes.find(RuntimeIdentifier.PYTHON3_12).isPresent(), "no Python interpreter on this machine");
        node = start("w1");
        reader = new TopicReader(kafka, Topic.WORKERS_STATUS.name(kafka.topicPrefix()), statuses::add);
        registry.deploy("who", 1, WHO);
    }

    @AfterEach
    void stopNodes() {
        lifecycles.reversed().forEach(Lifecycle::close);
        if (reader != null) {
            reader.close();
        }
        registry.close();
        client.close();
        vertx.close().await();
    }

    @Test
    void environmentsAreReadyBeforeAnyInvocationAndTheFirstInvocationsAreWarm() throws Exception {
        // given
        var version = registry.publish("who", 1, WHO);
        registry.provision("who", "1", 2);
        await(environments -> provisioned(environments, version) == 2);
        // when
        var one = client.sendAsync(request(version, "0.5"), ofString());
        var other = client.sendAsync(request(version, "0.5"), ofString());
        // then
        assertThat(one.get().body())
                .endsWith(" provisioned-concurrency\"")
                .isNotEqualTo(other.get().body());
        assertThat(tail(one.get())).contains("REPORT ").doesNotContain("Init Duration");
        assertThat(tail(other.get())).contains("REPORT ").doesNotContain("Init Duration");
    }

    @Test
    void oneThatIsKilledIsReplaced() throws Exception {
        // given
        var version = registry.publish("who", 1, WHO);
        registry.provision("who", "1", 1);
        await(environments -> provisioned(environments, version) == 1);
        var process = process(invoke(version));
        // when
        assertThat(ProcessHandle.of(process).orElseThrow().destroyForcibly()).isTrue();
        await(environments -> provisioned(environments, version) == 0);
        await(environments -> provisioned(environments, version) == 1);
        // then
        var replacement = invoke(version);
        assertThat(process(replacement)).isNotEqualTo(process);
        assertThat(replacement.body()).endsWith(" provisioned-concurrency\"");
    }

    @Test
    void whatIsWithdrawnIsRetiredLikeAnyOtherThatIsIdle() throws Exception {
        var version = registry.publish("who", 1, WHO);
        registry.provision("who", "1", 2);
        await(environments -> provisioned(environments, version) == 2);

        registry.withdraw("who", "1");

        await(environments -> provisioned(environments, version) == 0);
        await(environments -> living(environments, version) == 0);
    }

    @Test
    void anAliasThatMovesHasTheNewVersionProvisioned() throws Exception {
        var first = registry.publish("who", 1, WHO);
        registry.pointAlias("who", 1);
        registry.provision("who", "live", 2);
        await(environments -> provisioned(environments, first) == 2);

        var second = registry.publish("who", 2, WHO);
        registry.pointAlias("who", 2);

        await(environments -> provisioned(environments, first) == 0 && provisioned(environments, second) == 2);
        assertThat(invoke(second).body()).endsWith(" provisioned-concurrency\"");
    }

    @Test
    void anInitThatFailsIsToldAndOneThatDoesNotIsKept() throws Exception {
        var broken = registry.publish("who", 1, "import not_there");
        registry.pointAlias("who", 1);
        registry.provision("who", "live", 1);
        await(environments -> problem(environments, broken).startsWith("FUNCTION_ERROR_INIT_FAILURE (Runtime."));

        var mended = registry.publish("who", 2, WHO);
        registry.pointAlias("who", 2);

        await(environments -> provisioned(environments, mended) == 1);
        await(environments -> problem(environments, broken).isEmpty());
    }

    @Test
    void twoWorkersShareWithoutBeingToldAndOneTakesOverWhenTheOtherLeaves() throws Exception {
        // given
        start("w2");
        await(_ -> latest.size() == 2);
        var version = registry.publish("who", 1, WHO);
        // when
        registry.provision("who", "1", 4);
        // then
        await(_ -> latest.values().stream().allMatch(status -> provisioned(environments(status), version) == 2));
        lifecycles.removeLast().close();
        await(_ -> provisioned(environments(latest("w1")), version) == 4);
    }

    private WorkerNode start(String name) throws Exception {
        var lifecycle = new Lifecycle();
        lifecycles.add(lifecycle);
        var settings = WorkerNodeSettings.from(new Settings(Map.of(
                "worker.id", name,
                "worker.directory", directory.resolve(name).toString(),
                "worker.memory-megabytes", "1024",
                "worker.environment.idle-timeout", "1s",
                "worker.environment.freeze-after", "1h", // A process that is stopped would not be killed.
                "worker.sandbox.kind", "process")));
        return WorkerNode.assemble(
                settings,
                kafka,
                new ServiceContext(
                        vertx,
                        lifecycle,
                        new SimpleMeterRegistry(),
                        new Health(),
                        new ManagementApi(vertx),
                        Clock.systemUTC()));
    }

    private WorkerStatus latest(String worker) {
        return Objects.requireNonNull(latest.get(worker));
    }

    /** Reads statuses until what all workers have together is as wanted. */
    private void await(Predicate<List<Environments>> wanted) throws InterruptedException {
        while (!wanted.test(latest.values().stream()
                .flatMap(status -> environments(status).stream())
                .toList())) {
            var record = statuses.poll(30, TimeUnit.SECONDS);
            assertThat(record).as("what the workers tell stays at " + latest).isNotNull();
            if (record != null && record.value() == null) {
                latest.remove(record.key());
            } else if (record != null) {
                latest.put(record.key(), STATUS.decode(record.value()));
            }
        }
    }

    private static List<Environments> environments(WorkerStatus status) {
        return Objects.requireNonNull(status.environments());
    }

    private static int provisioned(List<Environments> environments, VersionArn version) {
        return environments.stream()
                .filter(one -> one.version().equals(version))
                .mapToInt(Environments::provisioned)
                .sum();
    }

    private static int living(List<Environments> environments, VersionArn version) {
        return environments.stream()
                .filter(one -> one.version().equals(version))
                .mapToInt(Environments::living)
                .sum();
    }

    private static String problem(List<Environments> environments, VersionArn version) {
        return environments.stream()
                .filter(one -> one.version().equals(version))
                .map(Environments::problem)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("");
    }

    private static long process(HttpResponse<String> response) {
        return Long.parseLong(response.body().substring(1, response.body().indexOf(' ')));
    }

    private static String tail(HttpResponse<String> response) {
        var tail = response.headers().firstValue(InvocationProtocol.LOG_TAIL).orElse("");
        return new String(Base64.getDecoder().decode(tail), UTF_8);
    }

    private HttpResponse<String> invoke(VersionArn version) throws Exception {
        return client.send(request(version, "0"), ofString());
    }

    private HttpRequest request(VersionArn version, String payload) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + InvocationProtocol.PATH))
                .timeout(Duration.ofSeconds(30))
                .header(InvocationProtocol.REQUEST_ID, "8286a188-ba32-4475-8077-530cd35c09a9")
                .header(InvocationProtocol.VERSION, version.toString())
                .header(InvocationProtocol.GENERATION, "1")
                .header(InvocationProtocol.INVOKED_ARN, version.function().toString())
                .header(InvocationProtocol.LOG_TYPE, "Tail")
                .POST(BodyPublishers.ofString(payload))
                .build();
    }
}
