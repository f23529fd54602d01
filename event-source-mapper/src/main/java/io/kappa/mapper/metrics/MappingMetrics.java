package io.kappa.mapper.metrics;

import io.kappa.mapper.handover.Cause;
import io.kappa.mapper.queue.QueueCounts;
import io.kappa.mapper.stream.StreamCounts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/**
 * Counters and gauges of one mapping, per shard, under Lambda's names in Micrometer's spelling: {@code PolledEventCount} is
 * {@code kappa.mapping.polled.event.count}. There are as many series as this process has had shards of it; they are
 * removed when the mapping stops.
 */
public final class MappingMetrics implements StreamCounts, AutoCloseable {
    private final MeterRegistry registry;
    private final Tags mapping;
    private final Map<TopicPartition, ShardMeters> shards = new ConcurrentHashMap<>();
    private final List<Meter> others = new CopyOnWriteArrayList<>();
    private final Counter rebalances;
    private final Counter pollErrors;
    private final Counter commitErrors;

    public MappingMetrics(MeterRegistry registry, String uuid) {
        this.registry = registry;
        this.mapping = Tags.of("mapping", uuid);
        rebalances = counter("kappa.mapping.rebalances", "Times that partitions were given out anew", mapping);
        pollErrors = counter("kappa.mapping.polling.error.count", "Failures to read the source", mapping);
        commitErrors = counter("kappa.mapping.commit.error.count", "Failures to commit positions", mapping);
    }

    /** Meters of one shard. */
    private final class ShardMeters {
        private final Tags tags;
        final Counter polled;
        final Counter filtered;
        final Counter invoked;
        final Counter failed;
        final Counter dropped;
        final Counter committed;
        final Counter repeated;
        final AtomicLong lag = new AtomicLong();
        final AtomicLong age = new AtomicLong();
        private final Gauge lagGauge;
        private final Gauge ageGauge;

        ShardMeters(TopicPartition shard) {
            tags = mapping.and("shard", shard.toString());
            polled = counter("kappa.mapping.polled.event.count", "Records read", tags);
            filtered = counter("kappa.mapping.filtered.out.event.count", "Records that no filter lets through", tags);
            invoked = counter(
                    "kappa.mapping.invoked.event.count", "Records that the function was called with, each time", tags);
            failed = counter("kappa.mapping.failed.invoke.event.count", "Records of calls that failed", tags);
            dropped = counter("kappa.mapping.dropped.event.count", "Records given up", tags);
            committed = counter("kappa.mapping.committed.event.count", "Records settled: delivered or given up", tags);
            repeated = counter(
                    "kappa.mapping.repeated.event.count",
                    "Records that were being tried when their shard was taken away, and so are delivered again",
                    tags);
            lagGauge = Gauge.builder("kappa.mapping.offset.lag", lag, AtomicLong::doubleValue)
                    .description("Records between what is settled and the end of the shard")
                    .tags(tags)
                    .register(registry);
            ageGauge = Gauge.builder("kappa.mapping.iterator.age", age, value -> value.doubleValue() / 1000)
                    .description("Age of the oldest record that is not settled")
                    .baseUnit("seconds")
                    .tags(tags)
                    .register(registry);
        }

        void remove() {
            for (Meter meter :
                    new Meter[] {polled, filtered, invoked, failed, dropped, committed, repeated, lagGauge, ageGauge}) {
                registry.remove(meter);
            }
        }
    }

    private Counter counter(String name, String description, Tags tags) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    private ShardMeters of(TopicPartition shard) {
        return shards.computeIfAbsent(shard, ShardMeters::new);
    }

    @Override
    public void polled(TopicPartition shard, int records) {
        of(shard).polled.increment(records);
    }

    @Override
    public void filteredOut(TopicPartition shard, int records) {
        of(shard).filtered.increment(records);
    }

    @Override
    public void invoked(TopicPartition shard, int records) {
        of(shard).invoked.increment(records);
    }

    @Override
    public void failed(TopicPartition shard, int records) {
        of(shard).failed.increment(records);
    }

    @Override
    public void givenUp(TopicPartition shard, int records, Cause cause) {
        of(shard).dropped.increment(records);
    }

    @Override
    public void committed(TopicPartition shard, long records) {
        of(shard).committed.increment((double) records);
    }

    @Override
    public void repeated(TopicPartition shard, int records) {
        of(shard).repeated.increment(records);
    }

    @Override
    public void rebalanced() {
        rebalances.increment();
    }

    @Override
    public void pollFailed() {
        pollErrors.increment();
    }

    @Override
    public void commitFailed() {
        commitErrors.increment();
    }

    @Override
    public void behind(TopicPartition shard, long records, long ageMillis) {
        of(shard).lag.set(records);
        of(shard).age.set(ageMillis);
    }

    /** Counters stay: a shard that comes back goes on counting, and a scrape may still have to see them. Its lag is somebody else's now. */
    @Override
    public void gone(TopicPartition shard) {
        var meters = shards.get(shard);
        if (meters != null) {
            meters.lag.set(0);
            meters.age.set(0);
        }
    }

    /** The counters of a standard queue, which has no shards: the queue counts as one. */
    public QueueCounts ofQueue(String topic) {
        var queue = mapping.and("shard", topic);
        var counters = new EnumMap<QueueCounts.Kind, Counter>(QueueCounts.Kind.class);
        for (var kind : QueueCounts.Kind.values()) {
            counters.put(kind, counter(nameOf(kind), "Messages: " + kind.name().toLowerCase(Locale.ROOT), queue));
        }
        others.addAll(counters.values());
        return (kind, records) -> Objects.requireNonNull(counters.get(kind)).increment(records);
    }

    private static String nameOf(QueueCounts.Kind kind) {
        return switch (kind) {
            case POLLED -> "kappa.mapping.polled.event.count";
            case DUPLICATES -> "kappa.mapping.repeated.event.count";
            case FILTERED -> "kappa.mapping.filtered.out.event.count";
            case INVOKED -> "kappa.mapping.invoked.event.count";
            case FAILED_INVOKE -> "kappa.mapping.failed.invoke.event.count";
            case DELETED -> "kappa.mapping.deleted.event.count";
            case HANDED_OVER -> "kappa.mapping.dropped.event.count";
        };
    }

    @Override
    public void close() {
        others.forEach(registry::remove);
        others.clear();
        shards.values().forEach(ShardMeters::remove);
        shards.clear();
        for (var meter : new Meter[] {rebalances, pollErrors, commitErrors}) {
            registry.remove(meter);
        }
    }
}
