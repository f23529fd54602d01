package io.kappa.mapper.mapping;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.SkipCommand;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.mapper.checkpoint.Checkpoints;
import io.kappa.mapper.event.EventForm;
import io.kappa.mapper.event.EventForms;
import io.kappa.mapper.filter.RecordFilters;
import io.kappa.mapper.handover.Cause;
import io.kappa.mapper.handover.FailureRecords;
import io.kappa.mapper.handover.GivenUp;
import io.kappa.mapper.handover.Handover;
import io.kappa.mapper.invoke.Invoker;
import io.kappa.mapper.metrics.MappingMetrics;
import io.kappa.mapper.queue.LastFailure;
import io.kappa.mapper.queue.QueueListener;
import io.kappa.mapper.queue.QueuePoller;
import io.kappa.mapper.queue.QueueSettings;
import io.kappa.mapper.queue.QueueSnapshot;
import io.kappa.mapper.shard.ShardRules;
import io.kappa.mapper.shard.ShardView;
import io.kappa.mapper.shard.Step;
import io.kappa.mapper.skip.Skips;
import io.kappa.mapper.source.Clusters;
import io.kappa.mapper.stream.StreamListener;
import io.kappa.mapper.stream.StreamMapping;
import io.kappa.mapper.stream.StreamPoller;
import io.kappa.mapper.stream.StreamSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Makes the poller that a mapping's source asks for: standard queues are read by share groups, everything else in order. */
public final class Pollers implements Poller.Factory {
    /** A FIFO queue's batches are bounded by its message groups and by this, where the mapping does not say. */
    private static final int MOST_CALLS_OF_A_FIFO_QUEUE = 1_000;

    private final RegistryView view;
    private final Clusters clusters;
    private final RetrySettings retries;
    private final StreamSettings streams;
    private final QueueSettings queues;
    private final Checkpoints checkpoints;
    private final Skips skips;
    private final Invoker invoker;
    private final Handover handover;
    private final MeterRegistry metrics;
    private final Executor workers;
    private final Clock clock;

    public Pollers(
            RegistryView view,
            Clusters clusters,
            RetrySettings retries,
            StreamSettings streams,
            QueueSettings queues,
            Checkpoints checkpoints,
            Skips skips,
            Invoker invoker,
            Handover handover,
            MeterRegistry metrics,
            Executor workers,
            Clock clock) {
        this.view = view;
        this.clusters = clusters;
        this.retries = retries;
        this.streams = streams;
        this.queues = queues;
        this.checkpoints = checkpoints;
        this.skips = skips;
        this.invoker = invoker;
        this.handover = handover;
        this.metrics = metrics;
        this.workers = workers;
        this.clock = clock;
    }

    @Override
    public Poller start(EventSourceMappingRecord mapping, StreamListener listener) {
        Supplier<Map<String, Object>> client = () -> clusters.client(mapping);
        var servers = Arrays.asList(clusters.bootstrapServers(mapping).split(","));
        var form = EventForms.of(mapping, servers, role(mapping));
        var failures = new FailureRecords(mapping, form, servers);
        return mapping.source() instanceof EventSource.Queue queue && !queue.fifo()
                ? queue(mapping, queue, client, form, failures, listener)
                : stream(mapping, client, form, failures, listener);
    }

    private String role(EventSourceMappingRecord mapping) {
        return view.function(mapping.target().function())
                .flatMap(function -> function.versionOf(mapping.target().effectiveQualifier()))
                .map(version -> version.running().configuration().role())
                .orElse("");
    }

    private Poller stream(
            EventSourceMappingRecord mapping,
            Supplier<Map<String, Object>> client,
            EventForm form,
            FailureRecords failures,
            StreamListener listener) {
        var counts = new MappingMetrics(metrics, mapping.id().uuid());
        var stream =
                new StreamMapping(mapping, client, rules(mapping), form, RecordFilters.of(mapping), mostCalls(mapping));
        var poller = new StreamPoller(
                stream,
                streams,
                checkpoints,
                skips,
                invoker,
                (_, givenUp) -> keep(mapping, failures, client, givenUp),
                counts,
                listener,
                workers,
                clock);
        return new Poller() {
            @Override
            public Map<String, ShardView> shards() {
                var byName = new TreeMap<String, ShardView>();
                poller.shards().forEach((shard, state) -> byName.put(shard.toString(), state));
                return byName;
            }

            @Override
            public void close() {
                poller.close();
                counts.close();
            }
        };
    }

    private ShardRules rules(EventSourceMappingRecord mapping) {
        return mapping.source() instanceof EventSource.Queue queue
                ? MappingRules.ofFifoQueue(mapping, queues.of(queue.topic()), retries)
                : MappingRules.ofStream(mapping, retries);
    }

    private static int mostCalls(EventSourceMappingRecord mapping) {
        if (!(mapping.source() instanceof EventSource.Queue)) {
            return Integer.MAX_VALUE; // As many as there are shards and lanes.
        }
        var most = mapping.options().maximumConcurrency();
        return most == null ? MOST_CALLS_OF_A_FIFO_QUEUE : most;
    }

    private void keep(
            EventSourceMappingRecord mapping,
            FailureRecords failures,
            Supplier<Map<String, Object>> client,
            Step.HandOver givenUp) {
        var kept = givenUp.cause() == Cause.SKIPPED ? withoutDropped(mapping, givenUp.records()) : givenUp.records();
        if (kept.isEmpty()) {
            return;
        }
        boolean queue = mapping.source() instanceof EventSource.Queue;
        var cause =
                queue && givenUp.cause() == Cause.RETRIES_EXHAUSTED ? Cause.RECEIVE_COUNT_EXCEEDED : givenUp.cause();
        handover.keep(
                mapping,
                failures,
                client,
                deadLetterTopic(mapping),
                new GivenUp(
                        kept,
                        cause,
                        givenUp.attempts(),
                        outcome(givenUp.failure()),
                        Instant.ofEpochMilli(givenUp.firstTried()),
                        clock.instant()));
    }

    /** Of records that are dropped, the command is the account. */
    private List<ConsumerRecord<byte[], byte[]>> withoutDropped(
            EventSourceMappingRecord mapping, List<ConsumerRecord<byte[], byte[]>> skipped) {
        return skipped.stream()
                .filter(record -> skips.covering(
                                mapping.id().uuid(),
                                new TopicPartition(record.topic(), record.partition()),
                                record.offset())
                        .filter(command -> command.action() == SkipCommand.Action.DROP)
                        .isEmpty())
                .toList();
    }

    private static GivenUp.@Nullable LastOutcome outcome(Step.@Nullable Failure failure) {
        return failure == null
                ? null
                : new GivenUp.LastOutcome(
                        200,
                        failure.executedVersion(),
                        failure.functionError() ? "Unhandled" : null,
                        failure.errorType(),
                        failure.errorMessage());
    }

    private Optional<String> deadLetterTopic(EventSourceMappingRecord mapping) {
        return mapping.source() instanceof EventSource.Queue queue
                ? Optional.ofNullable(queues.of(queue.topic()).deadLetterTopic())
                : Optional.empty();
    }

    private Poller queue(
            EventSourceMappingRecord mapping,
            EventSource.Queue queue,
            Supplier<Map<String, Object>> client,
            EventForm form,
            FailureRecords failures,
            StreamListener listener) {
        var counts = new MappingMetrics(metrics, mapping.id().uuid());
        var poller = new QueuePoller(
                client.get(),
                mapping,
                form,
                RecordFilters.of(mapping),
                invoker,
                (records, receiveCount, failure) -> handover.keep(
                        mapping, failures, client, deadLetterTopic(mapping), givenUp(records, receiveCount, failure)),
                queues,
                counts.ofQueue(queue.topic()),
                new QueueListener() {
                    @Override
                    public void processed(String lastProcessingResult) {} // The API shows none of a queue.

                    @Override
                    public void broken(String reason) {
                        listener.broken(reason);
                    }
                },
                clock);
        listener.reading();
        return new Poller() {
            @Override
            public Map<String, ShardView> shards() {
                return Map.of();
            }

            @Override
            public Optional<QueueSnapshot> queue() {
                return Optional.of(poller.snapshot());
            }

            @Override
            public void close() {
                poller.close();
                counts.close();
            }
        };
    }

    private GivenUp givenUp(
            List<ConsumerRecord<byte[], byte[]>> records, int receiveCount, @Nullable LastFailure failure) {
        var now = clock.instant();
        return new GivenUp(
                records,
                Cause.RECEIVE_COUNT_EXCEEDED,
                receiveCount,
                failure == null
                        ? null
                        : new GivenUp.LastOutcome(
                                200, "$LATEST", "Unhandled", failure.errorType(), failure.errorMessage()),
                now,
                now);
    }
}
