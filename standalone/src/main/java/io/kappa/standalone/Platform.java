package io.kappa.standalone;

import io.kappa.asyncqueue.AsyncQueueService;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.deadletters.DeadLetterService;
import io.kappa.kafka.DirectoryLock;
import io.kappa.kafka.EmbeddedKafka;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.Health;
import io.kappa.kit.management.ManagementServer;
import io.kappa.kit.management.ProcessMetrics;
import io.kappa.mapper.EventSourceMapper;
import io.kappa.router.FrontendRouter;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A broker and the services in this process. They know as little of one another as in processes of their own, and meet over
 * HTTP and topics.
 */
final class Platform implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

    private final Lifecycle lifecycle;
    private final Readiness readiness;
    private final CompletableFuture<String> failure;
    private final Addresses addresses;

    /**
     * What one needs to know to use the platform.
     *
     * @param workers what each of them says of itself
     */
    record Addresses(URI endpoint, URI management, KafkaSettings kafka, List<WorkerStatus> workers) {}

    /** Why the platform as a whole takes no work; empty while it does. */
    private static final class Readiness {
        private volatile Optional<String> problem = Optional.of("starting");
    }

    private Platform(Lifecycle lifecycle, Readiness readiness, CompletableFuture<String> failure, Addresses addresses) {
        this.lifecycle = lifecycle;
        this.readiness = readiness;
        this.failure = failure;
        this.addresses = addresses;
    }

    /**
     * Starts everything, and waits until it takes work.
     *
     * @throws IOException in one line fit for a person, where something that it needs is taken or out of reach
     */
    static Platform start(PlatformSettings settings, Progress progress) throws IOException, InterruptedException {
        var lifecycle = new Lifecycle();
        try {
            return start(settings, progress, lifecycle);
        } catch (IOException | InterruptedException | RuntimeException e) {
            lifecycle.close();
            throw e;
        }
    }

    private static Platform start(PlatformSettings settings, Progress progress, Lifecycle lifecycle)
            throws IOException, InterruptedException {
        lifecycle.own(DirectoryLock.take(settings.data()));
        settings.ports().check();
        var vertx = vertx(lifecycle);
        var metrics = lifecycle.own(new ProcessMetrics()).registry();
        var health = new Health();
        var readiness = new Readiness();
        var failure = new CompletableFuture<String>();
        health.readyWhen("platform", () -> readiness.problem);
        health.aliveWhile("kafka", () -> Optional.ofNullable(failure.getNow(null)));
        var management = lifecycle.own(ManagementServer.start(vertx, settings.management(), health, metrics));

        var kafka = settings.ownBroker()
                ? progress.during("Kafka is starting", () -> broker(settings, lifecycle, failure))
                : settings.kafka();
        var context = new ServiceContext(vertx, lifecycle, metrics, health, management.api(), Clock.systemUTC());
        var workers = progress.during(
                several(settings, "The worker node is starting", "The worker nodes are starting"),
                () -> Workers.start(settings.workers(), kafka, context));
        var router = progress.during("The router is starting", () -> {
            // Workers have ended by now what an earlier process has left behind.
            var own = settings.ownBroker() ? settings.router().whereAlone() : settings.router();
            return FrontendRouter.assemble(own, kafka, context);
        });
        var endpoint = http(settings.router().host(), router.port());
        progress.during("The async queue, the event sources and the dead letters are starting", () -> {
            AsyncQueueService.assemble(settings.asyncQueue().withRouter(endpoint), kafka, context);
            EventSourceMapper.assemble(settings.eventSources().withRouter(endpoint), kafka, context);
            return DeadLetterService.assemble(settings.deadLetters(), kafka, context);
        });
        var statuses = progress.during(
                several(settings, "The worker node is announcing itself", "The worker nodes are announcing themselves"),
                () -> workers.announced(PATIENCE));
        readiness.problem = Optional.empty();
        progress.during("The services are getting to know each other", () -> ready(health));

        var addresses = new Addresses(endpoint, http(settings.management().host(), management.port()), kafka, statuses);
        return new Platform(lifecycle, readiness, failure, addresses);
    }

    private static String several(PlatformSettings settings, String one, String more) {
        return settings.workers().size() == 1 ? one : more;
    }

    private static Vertx vertx(Lifecycle lifecycle) {
        var files = new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
        var vertx = Vertx.vertx(new VertxOptions().setFileSystemOptions(files));
        lifecycle.own(
                () -> vertx.close().toCompletionStage().toCompletableFuture().join());
        return vertx;
    }

    private static KafkaSettings broker(
            PlatformSettings settings, Lifecycle lifecycle, CompletableFuture<String> failure) throws IOException {
        var broker = lifecycle.own(EmbeddedKafka.start(settings.brokerData(), settings.kafkaPort()));
        var _ = broker.failure().thenAccept(what -> failure.complete("the embedded Kafka cannot go on, " + what));
        return settings.kafka().at(broker.bootstrapServers());
    }

    /** Waits until no service has a problem left. What each of them waits for is another, so none can be asked to wait in its turn. */
    private static boolean ready(Health health) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!health.unready().isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "not ready after " + PATIENCE.toSeconds() + " s: " + String.join("; ", health.unready()));
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        return true;
    }

    private static URI http(String host, int port) {
        return URI.create("http://" + host + ":" + port);
    }

    Addresses addresses() {
        return addresses;
    }

    /** Completes with what happened, should the platform find that it cannot go on. */
    CompletableFuture<String> failure() {
        return failure;
    }

    /** Takes no more work, finishes what runs, and stops everything, what was started last first. */
    @Override
    public void close() {
        readiness.problem = Optional.of("stopping");
        lifecycle.close();
    }
}
