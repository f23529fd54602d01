package io.kappa.kit.streams;

import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Which of the platform's Kafka Streams applications one is: what Kafka and people know it by.
 *
 * @param name last part of the application's id, and first of its clients'
 * @param called by logs and health: {@code the queue}
 */
public record StreamsIdentity(String name, String called) {
    private static final int SESSION_MILLIS = 6_000;
    private static final int HEARTBEAT_MILLIS = 2_000;

    /** The application's id, which all of its processes share, and which is their consumer group. */
    public String applicationId(KafkaSettings kafka) {
        return kafka.topicPrefix() + "-" + name;
    }

    /**
     * The topic of a store. Kafka Streams would make it as well, but not tell whoever forbids making topics that it is missing.
     *
     * @param partitions of the topics that are read
     * @param configuration that of topics with the latest of each key
     */
    public Topics.Wanted changelog(
            KafkaSettings kafka, String store, int partitions, Map<String, String> configuration) {
        return new Topics.Wanted(applicationId(kafka) + "-" + store + "-changelog", partitions, configuration);
    }

    /**
     * How every such application runs: exactly once, with one thread, and without a cache in front of its stores. The caller may add to the
     * properties, or put others in their place.
     *
     * @param process names this process among all of the application, and again when it comes back
     * @param stateDirectory of this process alone
     */
    public Properties properties(KafkaSettings kafka, String process, Path stateDirectory) {
        var properties = new Properties();
        properties.putAll(kafka.clientProperties());
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId(kafka));
        properties.put(StreamsConfig.CLIENT_ID_CONFIG, name + "-" + process);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, kafka.replicationFactor());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        properties.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        // A process that comes back under its name takes up what it owned without a rebalance; one that is gone is
        // missed soon.
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), process);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), SESSION_MILLIS);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), HEARTBEAT_MILLIS);
        return properties;
    }
}
