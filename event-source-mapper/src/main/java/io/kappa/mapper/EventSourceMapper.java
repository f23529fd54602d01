package io.kappa.mapper;

import io.kappa.access.object.ObjectStorage;
import io.kappa.access.router.BacklogHints;
import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.process.ServiceProcess;
import io.kappa.mapper.checkpoint.Checkpoints;
import io.kappa.mapper.control.MappingControl;
import io.kappa.mapper.handover.Handover;
import io.kappa.mapper.invoke.RouterInvoker;
import io.kappa.mapper.mapping.Mappings;
import io.kappa.mapper.mapping.Pollers;
import io.kappa.mapper.skip.Skips;
import io.kappa.mapper.source.Clusters;
import java.util.Optional;
import java.util.concurrent.Executors;

/** The event source mapper: reads the sources of event source mappings, and calls their functions with batches of records. */
public final class EventSourceMapper {

    /** Runs the mapper as a process of its own. */
    public static void main(String[] arguments) {
        ServiceProcess.run(
                "event-source-mapper", arguments, EventSourceMapperSettings::from, EventSourceMapper::assemble);
    }

    /**
     * Builds the service from the bottom up; the context's lifecycle closes it from the top down. Whether it works, the context's health
     * tells.
     *
     * @throws IllegalStateException in one line fit for a person, where the topics are not as they must be
     */
    public static void assemble(EventSourceMapperSettings settings, KafkaSettings kafka, ServiceContext context)
            throws InterruptedException {
        PlatformTopics.ensure(kafka, Topic.values());

        var lifecycle = context.lifecycle();
        var workers = lifecycle.own(Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("mapper-", 0).factory()));
        var invoker = lifecycle.own(new RouterInvoker(context.vertx(), settings.routers(), settings.mostCalls()));
        var objects = lifecycle.own(new ObjectStorage(settings.objects()));
        var handover = lifecycle.own(new Handover(kafka, objects, context.metrics()));
        var checkpoints = lifecycle.own(new Checkpoints(kafka));
        var skips = lifecycle.own(new Skips(kafka));
        checkpoints.caughtUp().join();
        skips.caughtUp().join();
        var view = new RegistryView();
        var pollers = new Pollers(
                view,
                new Clusters(kafka, settings.sources()),
                settings.retries(),
                settings.streams(),
                settings.queues(),
                checkpoints,
                skips,
                invoker,
                handover,
                context.metrics(),
                workers,
                context.clock());
        var mappings = lifecycle.own(new Mappings(
                kafka, view, pollers, gone -> checkpoints.forget(gone.id().uuid()), context.clock()));
        if (settings.readiness()) {
            lifecycle.own(new BacklogHints(context.vertx(), settings.routers(), mappings::backlog));
        }
        MappingControl.mount(mappings, view, skips, context);

        var health = context.health();
        health.readyWhen(
                "event-source-mapper",
                () -> mappings.caughtUp() ? mappings.problem() : Optional.of("reading what is configured"));
        health.aliveWhile("event-source-mapper", mappings::problem);
        health.aliveWhile(
                "event-source-mapper checkpoints",
                () -> checkpoints.alive() && skips.alive()
                        ? Optional.empty()
                        : Optional.of("reading checkpoints or commands has ended"));
    }

    private EventSourceMapper() {}
}
