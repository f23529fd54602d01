package io.kappa.router.usage;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.kit.streams.BoundedRocksDb;
import io.kappa.kit.streams.StreamsApplication;
import io.kappa.kit.streams.StreamsIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;

/** This router's share in adding up what functions use: a Kafka Streams application that all routers of an installation run together. */
public final class UsageStream {
    private static final StreamsIdentity IDENTITY = new StreamsIdentity("usage", "the usage of functions");
    private static final Duration CLOSING = Duration.ofSeconds(10);
    private static final Duration COMMITTED_EVERY = Duration.ofSeconds(2);
    private static final long CACHE_BYTES = 8L * 1024 * 1024;

    /**
     * Starts it.
     *
     * @param stateDirectory of this process alone
     * @param routerId names this process among all, and again when it comes back
     */
    public static StreamsApplication start(KafkaSettings kafka, Path stateDirectory, String routerId)
            throws InterruptedException {
        var metering = Topic.FUNCTIONS_METERING.name(kafka.topicPrefix());
        int partitions = Topics.partitions(kafka, List.of(metering)).getOrDefault(metering, 1);
        Topics.ensure(kafka, List.of(changelog(kafka, partitions)));
        return new StreamsApplication(
                IDENTITY, UsageTopology.of(kafka.topicPrefix()), properties(kafka, stateDirectory, routerId), CLOSING);
    }

    /** The latest of each key for a week, as with {@code functions.log-streams}: the store keeps three days. */
    private static Topics.Wanted changelog(KafkaSettings kafka, int partitions) {
        return IDENTITY.changelog(kafka, UsageTopology.STORE, partitions, Topic.FUNCTIONS_LOG_STREAMS.configuration());
    }

    private static Properties properties(KafkaSettings kafka, Path stateDirectory, String routerId) {
        var properties = IDENTITY.properties(kafka, routerId, stateDirectory);
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMITTED_EVERY.toMillis());
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
        // Usage must not stand still because of a record that somebody else has written.
        properties.put(
                StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndContinueExceptionHandler.class);
        return properties;
    }

    private UsageStream() {}
}
