package io.kappa.asyncqueue;

import io.kappa.access.object.ObjectStorage;
import io.kappa.access.router.BacklogHints;
import io.kappa.access.topic.PlatformTopics;
import io.kappa.asyncqueue.attempt.Attempts;
import io.kappa.asyncqueue.attempt.Reports;
import io.kappa.asyncqueue.control.QueueControl;
import io.kappa.asyncqueue.control.QueueMetrics;
import io.kappa.asyncqueue.destination.Deliveries;
import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.policy.EventPolicies;
import io.kappa.asyncqueue.record.RecordReader;
import io.kappa.asyncqueue.shard.Backlog;
import io.kappa.asyncqueue.shard.EndingMetrics;
import io.kappa.asyncqueue.shard.ShardStream;
import io.kappa.asyncqueue.shard.ShardTools;
import io.kappa.asyncqueue.shard.Shards;
import io.kappa.asyncqueue.shard.Work;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.RecordHeaders;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.kit.kafka.Topics;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.process.ServiceProcess;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The async queue service: accepted events until they have ended. */
public final class AsyncQueueService {

    /** The topics that make up a shard: they have equally many partitions. */
    private static final List<Topic> SHARDED = List.of(
            Topic.INVOCATIONS_QUEUED,
            Topic.INVOCATIONS_FORWARDED,
            Topic.INVOCATIONS_COMMANDS,
            Topic.INVOCATIONS_OUTCOMES,
            Topic.INVOCATIONS_ENDED);

    /** Runs the service as a process of its own. */
    public static void main(String[] arguments) {
        ServiceProcess.run(
                "async-queue-service", arguments, AsyncQueueServiceSettings::from, AsyncQueueService::assemble);
    }

    /**
     * Builds the service from the bottom up; the context's lifecycle closes it from the top down. Whether it works, the context's health
     * tells.
     *
     * @throws IllegalStateException in one line fit for a person, where the topics are not as they must be
     */
    public static void assemble(AsyncQueueServiceSettings settings, KafkaSettings kafka, ServiceContext context)
            throws InterruptedException {
        PlatformTopics.ensure(kafka, Topic.values());
        int partitions = partitions(kafka);
        Topics.ensure(kafka, List.of(ShardStream.changelog(kafka, partitions)));

        var lifecycle = context.lifecycle();
        var view = new RegistryView();
        var registry = lifecycle.own(new TopicReader(
                kafka,
                Topic.REGISTRY_RECORDS.name(kafka.topicPrefix()),
                record -> view.apply(record.key(), record.value(), RecordHeaders.asMap(record.headers()))));
        var records = lifecycle.own(new RecordReader(kafka, settings.recordCacheMegabytes() * 1024L * 1024L));
        var reports = lifecycle.own(new Reports(kafka));
        var attempts = lifecycle.own(new Attempts(
                context.vertx(),
                settings.routers(),
                settings.placesPerShard() * partitions,
                settings.drainTimeout(),
                records,
                reports,
                context.metrics(),
                context.clock()));
        var objects = lifecycle.own(new ObjectStorage(settings.objects()));
        var deliveries = lifecycle.own(new Deliveries(kafka, records, reports, objects));
        var shards = new Shards();
        var tools = new ShardTools(
                settings.rules(),
                settings.placesPerShard(),
                new EventPolicies(view),
                records,
                work(attempts, deliveries),
                shards,
                ShardStream.unreadReports(kafka, lifecycle),
                new EndingMetrics(context.metrics()),
                context.clock());
        registry.caughtUp().join(); // Nothing is decided by less than what was configured.
        var stream = lifecycle.own(new ShardStream(kafka, settings.stream(), tools));
        if (settings.readiness()) {
            lifecycle.own(new BacklogHints(
                    context.vertx(),
                    settings.routers(),
                    () -> Backlog.of(shards.figures(), settings.placesPerShard())));
        }
        QueueMetrics.register(shards, context.metrics(), context.clock());
        lifecycle.own(QueueControl.mount(kafka, partitions, stream, shards, records, context));

        context.health().readyWhen("async-queue", stream::problem);
        context.health()
                .aliveWhile(
                        "async-queue",
                        () -> stream.failed() ? Optional.of("working on events has ended") : Optional.empty());
        context.health()
                .aliveWhile(
                        "async-queue registry",
                        () -> registry.alive()
                                ? Optional.empty()
                                : Optional.of("reading what is configured has ended"));
    }

    private static Work work(Attempts attempts, Deliveries deliveries) {
        return new Work() {
            @Override
            public void attempt(PendingEvent event) {
                attempts.start(event);
            }

            @Override
            public void deliver(Delivery delivery) {
                deliveries.start(delivery);
            }
        };
    }

    private static int partitions(KafkaSettings kafka) throws InterruptedException {
        var names =
                SHARDED.stream().map(topic -> topic.name(kafka.topicPrefix())).toList();
        var counts = Set.copyOf(Topics.partitions(kafka, names).values());
        if (counts.size() != 1) {
            throw new IllegalStateException(
                    "these topics must have equally many partitions: " + String.join(", ", names));
        }
        return counts.iterator().next();
    }

    private AsyncQueueService() {}
}
