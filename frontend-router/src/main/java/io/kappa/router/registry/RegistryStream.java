package io.kappa.router.registry;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This router's share in owning accounts: a Kafka Streams application that all routers of an installation run together. */
final class RegistryStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryStream.class);
    private static final Duration CLOSING = Duration.ofSeconds(10);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final KafkaStreams streams;
    private volatile boolean ranOnce;

    RegistryStream(KafkaSettings kafka, Path stateDirectory, String routerId, Clock clock) {
        streams = new KafkaStreams(
                RegistryTopology.of(kafka.topicPrefix(), clock), properties(kafka, stateDirectory, routerId));
        streams.setStateListener((now, before) -> {
            LOG.atInfo().addKeyValue("state", now).addKeyValue("before", before).log("registry changed its state");
            ranOnce |= now == State.RUNNING;
        });
        streams.setUncaughtExceptionHandler(RegistryStream::startAgain);
        streams.start();
    }

    /**
     * The topic of the owner's state. Kafka Streams would make it as well, but not tell whoever forbids making topics that it is missing.
     *
     * @param partitions of the commands
     */
    static Topics.Wanted changelog(KafkaSettings kafka, int partitions) {
        return new Topics.Wanted(
                applicationId(kafka) + "-" + RegistryTopology.STORE + "-changelog",
                partitions,
                Topic.REGISTRY_RECORDS.configuration());
    }

    private static String applicationId(KafkaSettings kafka) {
        return kafka.topicPrefix() + "-registry";
    }

    private static Properties properties(KafkaSettings kafka, Path stateDirectory, String routerId) {
        var properties = new Properties();
        properties.putAll(kafka.clientProperties());
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId(kafka));
        properties.put(StreamsConfig.CLIENT_ID_CONFIG, "registry-" + routerId);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, kafka.replicationFactor());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        properties.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        // A router that comes back under its name takes up what it owned without a rebalance; one that is gone is
        // missed soon.
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), routerId);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), 2 * 1024 * 1024);
        return properties;
    }

    private static StreamThreadExceptionResponse startAgain(Throwable failure) {
        LOG.atError().setCause(failure).log("deciding commands stopped and starts again from what is committed");
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE); // So that a lasting fault does not spin.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Why commands are not being decided for the first time yet, or no longer. Owners changing places is no reason: commands wait. */
    Optional<String> problem() {
        var state = streams.state();
        return switch (state) {
            case RUNNING -> Optional.empty();
            case CREATED, REBALANCING -> ranOnce ? Optional.empty() : Optional.of("the registry is starting: " + state);
            case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> Optional.of("the registry is " + state);
        };
    }

    boolean failed() {
        return streams.state() == State.ERROR;
    }

    @Override
    public void close() {
        // Leaving lets another router take over at once instead of after the session's time.
        var left = streams.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSING));
        if (!left) {
            LOG.atWarn().addKeyValue("waited", CLOSING).log("deciding commands did not stop in time");
        }
    }
}
