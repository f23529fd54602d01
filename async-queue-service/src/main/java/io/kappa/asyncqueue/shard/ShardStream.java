package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.event.ActionProgress;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.kit.lifecycle.Lifecycle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process's share of the shards: a Kafka Streams application that all instances of the service run together. */
public final class ShardStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardStream.class);
    private static final Duration CLOSING = Duration.ofSeconds(20);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final int LONGEST_REQUEST = 4 * 1024 * 1024;

    private final KafkaStreams streams;
    private volatile boolean ranOnce;

    /** The shards of this process cannot be looked into at the moment: they are being restored, or have moved. */
    public static final class UnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnavailableException(InvalidStateStoreException cause) {
            super("the queue is being restored, or has moved to another process", cause);
        }
    }

    public ShardStream(KafkaSettings kafka, ShardStreamSettings settings, ShardTools tools) {
        streams = new KafkaStreams(ShardTopology.of(kafka.topicPrefix(), tools), properties(kafka, settings));
        streams.setStateListener((now, before) -> {
            LOG.atInfo().addKeyValue("state", now).addKeyValue("before", before).log("queue changed its state");
            ranOnce |= now == State.RUNNING;
        });
        streams.setUncaughtExceptionHandler(ShardStream::startAgain);
        streams.start();
    }

    /**
     * The topic of the shards' state. Kafka Streams would make it as well, but not tell whoever forbids making topics that it is missing.
     *
     * @param partitions of the topics of events
     */
    public static Topics.Wanted changelog(KafkaSettings kafka, int partitions) {
        return new Topics.Wanted(
                applicationId(kafka) + "-" + ShardTopology.STORE + "-changelog",
                partitions,
                Topic.REGISTRY_RECORDS.configuration());
    }

    /** Says what shards that begin have not read yet. */
    public static UnreadReports unreadReports(KafkaSettings kafka, Lifecycle lifecycle) {
        return lifecycle.own(new CommittedPositions(kafka, applicationId(kafka)));
    }

    private static String applicationId(KafkaSettings kafka) {
        return kafka.topicPrefix() + "-async-queue";
    }

    private static Properties properties(KafkaSettings kafka, ShardStreamSettings settings) {
        var properties = new Properties();
        properties.putAll(kafka.clientProperties());
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId(kafka));
        properties.put(StreamsConfig.CLIENT_ID_CONFIG, "async-queue-" + settings.id());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDirectory().toString());
        properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, kafka.replicationFactor());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                settings.commitInterval().toMillis());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbys());
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, settings.cacheMegabytes() * 1024L * 1024L);
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
        properties.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        // An event should not wait until records of its shard's other topics have come as well.
        properties.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        // A process that comes back under its name takes up its shards without a rebalance; one that is gone is missed
        // soon.
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), settings.id());
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), LONGEST_REQUEST);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        return properties;
    }

    private static StreamThreadExceptionResponse startAgain(Throwable failure) {
        LOG.atError().setCause(failure).log("the queue stopped and starts again from what is committed");
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE); // So that a lasting fault does not spin.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Why nothing is done for the first time yet, or no longer. Shards changing places are no reason: events wait. */
    public Optional<String> problem() {
        var state = streams.state();
        return switch (state) {
            case RUNNING -> Optional.empty();
            case CREATED, REBALANCING -> ranOnce ? Optional.empty() : Optional.of("the queue is starting: " + state);
            case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> Optional.of("the queue is " + state);
        };
    }

    public boolean failed() {
        return streams.state() == State.ERROR;
    }

    /** The shards that this process works on now. */
    public SortedSet<Integer> partitions() {
        return streams.metadataForLocalThreads().stream()
                .flatMap(thread -> thread.activeTasks().stream())
                .map(task -> task.taskId().partition())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Events that wait, and where the next of them are: null where these are the last. */
    public record Page(List<PendingEvent> events, @Nullable String next) {}

    /**
     * Events that wait in one of this process's shards, in no order that means anything.
     *
     * @param target null for those of all
     * @param after where an earlier page says that the next ones are, or null
     * @param most how many are wanted
     * @param mostLooked how many are looked at, at the most, where few are selected
     * @throws UnavailableException while the shard is being restored, or has moved
     */
    public Page events(
            int partition,
            @Nullable InvocationTarget target,
            @Nullable String after,
            int most,
            int mostLooked,
            Predicate<PendingEvent> selected) {
        var collector = new Collector(most, mostLooked, selected);
        StoreTable.scan(
                store(partition),
                target == null ? ShardState.EVENT : ShardState.EVENT + target + "/",
                after,
                collector::take);
        return new Page(collector.found, collector.next);
    }

    /** Fills a page. */
    private static final class Collector {
        private final int most;
        private final int mostLooked;
        private final Predicate<PendingEvent> selected;
        private final List<PendingEvent> found = new ArrayList<>();
        private int looked;
        private @Nullable String last;
        private @Nullable String next;

        Collector(int most, int mostLooked, Predicate<PendingEvent> selected) {
            this.most = most;
            this.mostLooked = mostLooked;
            this.selected = selected;
        }

        boolean take(String key, byte[] value) {
            if (found.size() == most || looked == mostLooked) {
                next = last;
                return false;
            }
            looked++;
            last = key;
            var event = ShardState.EVENTS.decode(value);
            if (selected.test(event)) {
                found.add(event);
            }
            return true;
        }
    }

    /** The event, if it waits in one of this process's shards. */
    public Optional<PendingEvent> event(InvocationTarget target, RequestId id) {
        return partitions().stream()
                .flatMap(partition ->
                        Optional.ofNullable(store(partition).get(ShardState.eventKey(target, id))).stream())
                .findFirst()
                .map(ShardState.EVENTS::decode);
    }

    /** What the shards of this process remember of operators' actions, one of each shard. */
    public List<ActionProgress> actions() {
        var found = new ArrayList<ActionProgress>();
        for (int partition : partitions()) {
            StoreTable.scan(
                    store(partition),
                    ShardState.ACTION,
                    null,
                    (_, value) -> found.add(ShardState.ACTIONS.decode(value)));
        }
        return found;
    }

    private ReadOnlyKeyValueStore<String, byte[]> store(int partition) {
        try {
            return streams.store(StoreQueryParameters.fromNameAndType(
                            ShardTopology.STORE, QueryableStoreTypes.<String, byte[]>keyValueStore())
                    .withPartition(partition));
        } catch (InvalidStateStoreException e) {
            throw new UnavailableException(e);
        }
    }

    @Override
    public void close() {
        // Leaving lets another process take over at once instead of after the session's time.
        var left = streams.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSING));
        if (!left) {
            LOG.atWarn().addKeyValue("waited", CLOSING).log("the queue did not stop in time");
        }
    }
}
