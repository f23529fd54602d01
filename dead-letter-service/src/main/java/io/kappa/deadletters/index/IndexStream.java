package io.kappa.deadletters.index;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process's share in owning partitions: a Kafka Streams application that all processes of the service run together. */
final class IndexStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexStream.class);
    private static final Duration CLOSING = Duration.ofSeconds(10);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final KafkaStreams streams;
    private volatile boolean ranOnce;

    IndexStream(
            KafkaSettings kafka,
            Path stateDirectory,
            String id,
            ProcessorSupplier<String, byte[], String, byte[]> owner) {
        streams = new KafkaStreams(IndexTopology.of(kafka.topicPrefix(), owner), properties(kafka, stateDirectory, id));
        streams.setStateListener((now, before) -> {
            LOG.atInfo()
                    .addKeyValue("state", now)
                    .addKeyValue("before", before)
                    .log("dead letters changed their state");
            ranOnce |= now == State.RUNNING;
        });
        streams.setUncaughtExceptionHandler(IndexStream::startAgain);
        streams.start();
    }

    /**
     * The topic of the index. Kafka Streams would make it as well, but not tell whoever forbids making topics that it is missing.
     *
     * @param partitions of the commands
     */
    static Topics.Wanted changelog(KafkaSettings kafka, int partitions) {
        return new Topics.Wanted(
                applicationId(kafka) + "-" + IndexTopology.STORE + "-changelog",
                partitions,
                Topic.REGISTRY_RECORDS.configuration());
    }

    private static String applicationId(KafkaSettings kafka) {
        return kafka.topicPrefix() + "-dead-letters";
    }

    private static Properties properties(KafkaSettings kafka, Path stateDirectory, String id) {
        var properties = new Properties();
        properties.putAll(kafka.clientProperties());
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId(kafka));
        properties.put(StreamsConfig.CLIENT_ID_CONFIG, "dead-letters-" + id);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, kafka.replicationFactor());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        properties.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocks.class);
        // Payloads of many letters may wait to be read; their bytes are not needed here.
        properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 200);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 500);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 16 * 1024 * 1024);
        // A process that comes back under its name takes up what it owned without a rebalance; one that is gone is
        // missed soon.
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), id);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 4 * 1024 * 1024);
        return properties;
    }

    private static StreamThreadExceptionResponse startAgain(Throwable failure) {
        LOG.atError().setCause(failure).log("keeping dead letters stopped and starts again from what is committed");
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE); // So that a lasting fault does not spin.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Why the index is not kept for the first time yet, or no longer. Owners changing places is no reason: commands wait. */
    Optional<String> problem() {
        var state = streams.state();
        return switch (state) {
            case RUNNING -> Optional.empty();
            case CREATED, REBALANCING -> ranOnce ? Optional.empty() : Optional.of("the index is starting: " + state);
            case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> Optional.of("the index is " + state);
        };
    }

    boolean failed() {
        return streams.state() == State.ERROR;
    }

    /**
     * The partitions that this process owns, to be read.
     *
     * @throws InvalidStateStoreException where one of them is still being restored, or has just gone elsewhere
     */
    List<IndexView> partitions() {
        return streams.metadataForLocalThreads().stream()
                .flatMap(thread -> thread.activeTasks().stream())
                .map(task -> task.taskId().partition())
                .sorted()
                .map(this::partition)
                .toList();
    }

    private IndexView partition(int number) {
        ReadOnlyKeyValueStore<String, byte[]> store = streams.store(StoreQueryParameters.fromNameAndType(
                        IndexTopology.STORE, QueryableStoreTypes.<String, byte[]>keyValueStore())
                .withPartition(number));
        return new IndexView(new StoreTable(store));
    }

    @Override
    public void close() {
        // Leaving lets another process take over at once instead of after the session's time.
        var left = streams.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSING));
        if (!left) {
            LOG.atWarn().addKeyValue("waited", CLOSING).log("keeping dead letters did not stop in time");
        }
    }
}
