package io.kappa.platform;

import io.kappa.asyncqueue.AsyncQueueService;
import io.kappa.asyncqueue.AsyncQueueServiceSettings;
import io.kappa.deadletters.DeadLetterService;
import io.kappa.deadletters.DeadLetterServiceSettings;
import io.kappa.kafka.EmbeddedKafka;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.Health;
import io.kappa.kit.management.ManagementServer;
import io.kappa.kit.management.ManagementSettings;
import io.kappa.kit.management.ProcessMetrics;
import io.kappa.kit.settings.Settings;
import io.kappa.mapper.EventSourceMapper;
import io.kappa.mapper.EventSourceMapperSettings;
import io.kappa.router.FrontendRouter;
import io.kappa.router.FrontendRouterSettings;
import io.kappa.worker.WorkerNode;
import io.kappa.worker.WorkerNodeSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * One part of the platform as a process of its own: {@code OneService PART KEY=VALUE…}. SIGTERM stops it in good order. What the process
 * depends on must be there when it starts: where it is not, the process ends, and whoever started it starts it again.
 */
final class OneService {

    /** What a process can be. */
    enum Part {
        BROKER,
        ROUTER,
        SECOND_ROUTER,
        THIRD_ROUTER,
        WORKER,
        SECOND_WORKER,
        ASYNC_QUEUE,
        MAPPER,
        SECOND_MAPPER,
        DEAD_LETTERS
    }

    /** Why the process takes no work yet; empty once it does. */
    private static final class Readiness {
        private volatile Optional<String> problem = Optional.of("starting");
    }

    public static void main(String[] arguments) throws InterruptedException {
        var part = Part.valueOf(arguments[0]);
        var settings = new Settings(Arrays.stream(arguments)
                .skip(1)
                .map(setting -> setting.split("=", 2))
                .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1])));
        var lifecycle = new Lifecycle();
        try {
            start(part, settings, lifecycle);
        } catch (IOException | RuntimeException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1); // Some of it runs already, and there is nothing to finish.
        }
        Runtime.getRuntime().addShutdownHook(new Thread(lifecycle::close));
        new CountDownLatch(1).await();
    }

    private static void start(Part part, Settings settings, Lifecycle lifecycle)
            throws IOException, InterruptedException {
        var vertx = Vertx.vertx();
        lifecycle.own(
                () -> vertx.close().toCompletionStage().toCompletableFuture().join());
        var metrics = lifecycle.own(new ProcessMetrics()).registry();
        var health = new Health();
        var readiness = new Readiness();
        health.readyWhen("process", () -> readiness.problem);
        var management =
                lifecycle.own(ManagementServer.start(vertx, ManagementSettings.from(settings), health, metrics));
        var kafka = KafkaSettings.from(settings);
        var context = new ServiceContext(vertx, lifecycle, metrics, health, management.api(), Clock.systemUTC());
        switch (part) {
            case BROKER -> {
                var directory = Path.of(settings.text("broker.directory", "data/broker"));
                var broker = lifecycle.own(EmbeddedKafka.start(directory, settings.port("broker.port", 9092)));
                health.aliveWhile(
                        "broker", () -> Optional.ofNullable(broker.failure().getNow(null)));
            }
            case ROUTER, SECOND_ROUTER, THIRD_ROUTER ->
                FrontendRouter.assemble(FrontendRouterSettings.from(settings), kafka, context);
            case WORKER, SECOND_WORKER -> WorkerNode.assemble(WorkerNodeSettings.from(settings), kafka, context);
            case ASYNC_QUEUE -> AsyncQueueService.assemble(AsyncQueueServiceSettings.from(settings), kafka, context);
            case MAPPER, SECOND_MAPPER ->
                EventSourceMapper.assemble(EventSourceMapperSettings.from(settings), kafka, context);
            case DEAD_LETTERS -> DeadLetterService.assemble(DeadLetterServiceSettings.from(settings), kafka, context);
        }
        settings.check();
        readiness.problem = Optional.empty();
    }

    private OneService() {}
}
