package io.kappa.deadletters.index;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.kit.streams.BoundedRocksDb;
import io.kappa.kit.streams.StreamsApplication;
import io.kappa.kit.streams.StreamsIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;

/** This process's share in owning partitions: a Kafka Streams application that all processes of the service run together. */
final class IndexStream implements AutoCloseable {
    private static final StreamsIdentity IDENTITY = new StreamsIdentity("dead-letters", "the dead letters' index");
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final StreamsApplication application;

    IndexStream(
            KafkaSettings kafka,
            Path stateDirectory,
            String id,
            ProcessorSupplier<String, byte[], String, byte[]> owner) {
        application = new StreamsApplication(
                IDENTITY, IndexTopology.of(kafka.topicPrefix(), owner), properties(kafka, stateDirectory, id), CLOSING);
    }

    private static Properties properties(KafkaSettings kafka, Path stateDirectory, String id) {
        var properties = IDENTITY.properties(kafka, id, stateDirectory);
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
        // Payloads of many letters may wait to be read; their bytes are not needed here.
        properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 200);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 500);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 16 * 1024 * 1024);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 4 * 1024 * 1024);
        return properties;
    }

    /**
     * The topic of the index.
     *
     * @param partitions of the commands
     */
    static Topics.Wanted changelog(KafkaSettings kafka, int partitions) {
        return IDENTITY.changelog(kafka, IndexTopology.STORE, partitions, Topic.REGISTRY_RECORDS.configuration());
    }

    /** Why the index is not kept for the first time yet, or no longer. */
    Optional<String> problem() {
        return application.problem();
    }

    boolean failed() {
        return application.failed();
    }

    /**
     * The partitions that this process owns, to be read.
     *
     * @throws InvalidStateStoreException where one of them is still being restored, or has just gone elsewhere
     */
    List<IndexView> partitions() {
        return application.partitions().stream()
                .map(partition -> new IndexView(application.table(IndexTopology.STORE, partition)))
                .toList();
    }

    @Override
    public void close() {
        application.close();
    }
}
