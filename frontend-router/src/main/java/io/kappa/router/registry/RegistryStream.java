package io.kappa.router.registry;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.kit.streams.StreamsApplication;
import io.kappa.kit.streams.StreamsIdentity;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** This router's share in owning accounts: a Kafka Streams application that all routers of an installation run together. */
final class RegistryStream {
    private static final StreamsIdentity IDENTITY = new StreamsIdentity("registry", "the registry");
    private static final Duration CLOSING = Duration.ofSeconds(10);

    static StreamsApplication start(
            KafkaSettings kafka, Path stateDirectory, String routerId, AccountQuotas quotas, Clock clock) {
        return new StreamsApplication(
                IDENTITY,
                RegistryTopology.of(kafka.topicPrefix(), quotas, clock),
                properties(kafka, stateDirectory, routerId),
                CLOSING);
    }

    private static Properties properties(KafkaSettings kafka, Path stateDirectory, String routerId) {
        var properties = IDENTITY.properties(kafka, routerId, stateDirectory);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 2 * 1024 * 1024);
        return properties;
    }

    /**
     * The topic of the owner's state.
     *
     * @param partitions of the commands
     */
    static Topics.Wanted changelog(KafkaSettings kafka, int partitions) {
        return IDENTITY.changelog(kafka, RegistryTopology.STORE, partitions, Topic.REGISTRY_RECORDS.configuration());
    }

    private RegistryStream() {}
}
