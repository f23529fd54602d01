package io.kappa.asyncqueue.control;

import io.kappa.asyncqueue.schedule.Schedule.Figures;
import io.kappa.asyncqueue.shard.ShardFigures;
import io.kappa.asyncqueue.shard.Shards;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The queue as figures: how much waits, for how long, and the account that must balance. Of this process's shards. */
public final class QueueMetrics {

    public static void register(Shards shards, MeterRegistry registry, Clock clock) {
        gauge(
                registry,
                shards,
                "kappa.async.account.accepted",
                "Events read from the topics, ever",
                all -> sum(all, shard -> shard.account().accepted()));
        gauge(
                registry,
                shards,
                "kappa.async.account.ended",
                "Lines written to the ledger, ever",
                all -> sum(all, shard -> shard.account().ended()));
        gauge(
                registry,
                shards,
                "kappa.async.pending",
                "Events that have been accepted and have not ended",
                all -> sum(all, shard -> shard.account().pending()));
        gauge(
                registry,
                shards,
                "kappa.async.account.drift",
                "Events that the account knows and the schedule does not; not zero for long is a defect",
                all -> sum(all, shard -> shard.account().pending() - shard.running() - waiting(shard)));
        gauge(
                registry,
                shards,
                "kappa.async.deliveries.pending",
                "Records still to be written to users' topics",
                all -> sum(all, ShardFigures::deliveries));
        gauge(
                registry,
                shards,
                "kappa.async.queues.held",
                "Functions whose queue is held",
                all -> sum(
                        all,
                        shard -> shard.queues().stream().filter(Figures::held).count()));
        Gauge.builder("kappa.async.oldest.age", shards, all -> oldestAgeSeconds(all, clock.millis()))
                .description("Age of the oldest event that waits")
                .baseUnit("seconds")
                .register(registry);
    }

    private static void gauge(
            MeterRegistry registry, Shards shards, String name, String description, ToDoubleFunction<Shards> value) {
        Gauge.builder(name, shards, value).description(description).register(registry);
    }

    private static double sum(Shards shards, ToLongFunction<ShardFigures> value) {
        return shards.figures().stream().mapToLong(value).sum();
    }

    private static long waiting(ShardFigures shard) {
        return shard.queues().stream().mapToLong(Figures::waiting).sum();
    }

    private static double oldestAgeSeconds(Shards shards, long now) {
        long oldest = shards.figures().stream()
                .flatMap(shard -> shard.queues().stream())
                .mapToLong(Figures::oldestAccepted)
                .min()
                .orElse(Long.MAX_VALUE);
        return oldest == Long.MAX_VALUE ? 0 : Math.max(0, now - oldest) / 1000.0;
    }

    private QueueMetrics() {}
}
