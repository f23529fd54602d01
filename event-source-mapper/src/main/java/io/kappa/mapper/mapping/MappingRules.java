package io.kappa.mapper.mapping;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import io.kappa.mapper.queue.QueuePolicy;
import io.kappa.mapper.shard.Backoff;
import io.kappa.mapper.shard.ShardRules;
import java.time.Duration;

/** What the options of a mapping mean for its shards, by the kind of source. */
final class MappingRules {
    /** Kafka gathers for half a second where nothing else is asked for; the others call at once. */
    private static final Duration KAFKA_WINDOW = Duration.ofMillis(500);

    /** Retries without a limit, where there is a destination for what fails, end after so many with Lambda's Kafka sources. */
    private static final int RETRIES_WITH_DESTINATION = 10;

    static ShardRules ofStream(EventSourceMappingRecord mapping, RetrySettings settings) {
        var options = mapping.options();
        return new ShardRules(
                options.batchSize(),
                window(mapping),
                options.parallelizationFactor(),
                retries(mapping),
                Duration.ofSeconds(Math.max(0, options.maximumRecordAgeSeconds())),
                options.bisectOnError(),
                false,
                Duration.ofSeconds(options.tumblingWindowSeconds()),
                settings.windowGrace(),
                settings.retry(),
                settings.throttle(),
                settings.shardBufferMegabytes() * 1024L * 1024L);
    }

    /** A FIFO queue: every message group has its own order, and a message that failed is not seen again before its time. */
    static ShardRules ofFifoQueue(EventSourceMappingRecord mapping, QueuePolicy queue, RetrySettings settings) {
        return new ShardRules(
                mapping.options().batchSize(),
                Duration.ZERO,
                ShardRules.BY_KEY,
                queue.maxReceiveCount() - 1,
                Duration.ZERO,
                false,
                true,
                Duration.ZERO,
                settings.windowGrace(),
                Backoff.constant(queue.visibilityTimeout()),
                settings.throttle(),
                settings.shardBufferMegabytes() * 1024L * 1024L);
    }

    private static Duration window(EventSourceMappingRecord mapping) {
        var seconds = mapping.options().batchWindowSeconds();
        if (seconds != null) {
            return Duration.ofSeconds(seconds);
        }
        return isKafka(mapping) ? KAFKA_WINDOW : Duration.ZERO;
    }

    private static int retries(EventSourceMappingRecord mapping) {
        var options = mapping.options();
        return options.maximumRetryAttempts() == Options.UNLIMITED && options.onFailure() != null && isKafka(mapping)
                ? RETRIES_WITH_DESTINATION
                : options.maximumRetryAttempts();
    }

    private static boolean isKafka(EventSourceMappingRecord mapping) {
        return mapping.source() instanceof EventSource.SelfManagedKafka
                || mapping.source() instanceof EventSource.ManagedKafka;
    }

    private MappingRules() {}
}
