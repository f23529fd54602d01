package io.kappa.platform;

import io.kappa.asyncqueue.AsyncQueueService;
import io.kappa.deadletters.DeadLetterService;
import io.kappa.kafka.EmbeddedKafka;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.process.ServiceProcess;
import io.kappa.kit.settings.Settings;
import io.kappa.mapper.EventSourceMapper;
import io.kappa.router.FrontendRouter;
import io.kappa.worker.WorkerNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * One part of the platform as a process of its own: {@code OneService PART KEY=VALUE…}. The services are started as they are in earnest, and
 * the broker as if it were one of them.
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

    /** Where a broker keeps what, and listens. */
    private record BrokerSettings(Path directory, int port) {
        static BrokerSettings from(Settings settings) {
            return new BrokerSettings(
                    Path.of(settings.text("broker.directory", "data/broker")), settings.port("broker.port", 9092));
        }
    }

    public static void main(String[] arguments) {
        var part = Part.valueOf(arguments[0]);
        var settings = Arrays.copyOfRange(arguments, 1, arguments.length);
        switch (part) {
            case BROKER ->
                ServiceProcess.run(
                        "broker", settings, BrokerSettings::from, (broker, _, context) -> start(broker, context));
            case ROUTER, SECOND_ROUTER, THIRD_ROUTER -> FrontendRouter.main(settings);
            case WORKER, SECOND_WORKER -> WorkerNode.main(settings);
            case ASYNC_QUEUE -> AsyncQueueService.main(settings);
            case MAPPER, SECOND_MAPPER -> EventSourceMapper.main(settings);
            case DEAD_LETTERS -> DeadLetterService.main(settings);
        }
    }

    private static void start(BrokerSettings settings, ServiceContext context) throws IOException {
        var broker = context.lifecycle().own(EmbeddedKafka.start(settings.directory(), settings.port()));
        context.health()
                .aliveWhile("broker", () -> Optional.ofNullable(broker.failure().getNow(null)));
    }

    private OneService() {}
}
