package io.kappa.kit.kafka;

import io.kappa.kit.settings.Settings;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * How to reach the Kafka cluster.
 *
 * @param topicPrefix first part of the name of every topic that Kappa owns
 * @param replicationFactor of topics that Kappa makes; -1 takes the cluster's default
 * @param createTopics whether topics that do not exist are made at start, or their absence reported
 * @param client further settings of every client, such as {@code security.protocol}, by Kafka's own names
 */
public record KafkaSettings(
        String bootstrapServers,
        String topicPrefix,
        int replicationFactor,
        boolean createTopics,
        Map<String, String> client) {

    public KafkaSettings {
        client = Map.copyOf(client);
    }

    public static KafkaSettings from(Settings settings) {
        return new KafkaSettings(
                settings.text("kafka.bootstrap-servers", "localhost:9092"),
                settings.text("kafka.topic-prefix", "kappa"),
                settings.integer("kafka.replication-factor", -1),
                settings.flag("kafka.create-topics", true),
                settings.below("kafka.client."));
    }

    /** The same, with the cluster elsewhere: where it is may be known only once it runs. */
    public KafkaSettings at(String otherServers) {
        return new KafkaSettings(otherServers, topicPrefix, replicationFactor, createTopics, client);
    }

    /** Settings for a client of any kind. The caller may add to the map. */
    public Map<String, Object> clientProperties() {
        var properties = new HashMap<String, Object>(client);
        properties.put("bootstrap.servers", bootstrapServers);
        return properties;
    }

    /** Settings for a producer whose records must not be lost or doubled: acknowledged by all in-sync replicas. The caller may add to the map. */
    public Map<String, Object> durableProducerProperties() {
        var properties = clientProperties();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        return properties;
    }
}
