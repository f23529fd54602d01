package io.kappa.deadletters;

import io.kappa.deadletters.api.DeadLetterApi;
import io.kappa.deadletters.index.DeadLetterIndex;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.process.ServiceProcess;

/** The dead-letter service: what failed for good can be found, sent again and thrown away. */
public final class DeadLetterService {

    /** Runs the service as a process of its own. */
    public static void main(String[] arguments) {
        ServiceProcess.run(
                "dead-letter-service", arguments, DeadLetterServiceSettings::from, DeadLetterService::assemble);
    }

    /**
     * Builds the service from the bottom up; the context's lifecycle closes it from the top down. Its API is mounted when this returns, and
     * answers 503 until the context's health says that it is ready.
     */
    public static DeadLetterService assemble(
            DeadLetterServiceSettings settings, KafkaSettings kafka, ServiceContext context)
            throws InterruptedException {
        var index = DeadLetterIndex.start(
                kafka,
                settings.stateDirectory(),
                settings.id(),
                settings.retention(),
                settings.redriveRetention(),
                context.metrics(),
                context.clock(),
                context.lifecycle());
        new DeadLetterApi(index, kafka, context.clock()).mount(context.management());
        context.health().readyWhen("dead letters", index::unready);
        context.health().aliveWhile("dead letters", index::dead);
        return new DeadLetterService();
    }

    private DeadLetterService() {}
}
