package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.event.ActionProgress;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.kit.streams.BoundedRocksDb;
import io.kappa.kit.streams.StreamsApplication;
import io.kappa.kit.streams.StreamsIdentity;
import io.kappa.kit.streams.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedSet;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;

/** This process's share of the shards: a Kafka Streams application that all instances of the service run together. */
public final class ShardStream implements AutoCloseable {
    private static final StreamsIdentity IDENTITY = new StreamsIdentity("async-queue", "the queue");
    private static final Duration CLOSING = Duration.ofSeconds(20);
    private static final int LONGEST_REQUEST = 4 * 1024 * 1024;

    private final StreamsApplication application;

    /** The shards of this process cannot be looked into at the moment: they are being restored, or have moved. */
    public static final class UnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnavailableException(InvalidStateStoreException cause) {
            super("the queue is being restored, or has moved to another process", cause);
        }
    }

    public ShardStream(KafkaSettings kafka, ShardStreamSettings settings, ShardTools tools) {
        application = new StreamsApplication(
                IDENTITY, ShardTopology.of(kafka.topicPrefix(), tools), properties(kafka, settings), CLOSING);
    }

    /**
     * The topic of the shards' state.
     *
     * @param partitions of the topics of events
     */
    public static Topics.Wanted changelog(KafkaSettings kafka, int partitions) {
        return IDENTITY.changelog(kafka, ShardTopology.STORE, partitions, Topic.REGISTRY_RECORDS.configuration());
    }

    /** Says what shards that begin have not read yet. */
    public static UnreadReports unreadReports(KafkaSettings kafka, Lifecycle lifecycle) {
        return lifecycle.own(new CommittedPositions(kafka, IDENTITY.applicationId(kafka)));
    }

    private static Properties properties(KafkaSettings kafka, ShardStreamSettings settings) {
        var properties = IDENTITY.properties(kafka, settings.id(), settings.stateDirectory());
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                settings.commitInterval().toMillis());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, settings.standbys());
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, settings.cacheMegabytes() * 1024L * 1024L);
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
        // An event should not wait until records of its shard's other topics have come as well.
        properties.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), LONGEST_REQUEST);
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        return properties;
    }

    /** Why nothing is done for the first time yet, or no longer. */
    public Optional<String> problem() {
        return application.problem();
    }

    public boolean failed() {
        return application.failed();
    }

    /** The shards that this process works on now. */
    public SortedSet<Integer> partitions() {
        return application.partitions();
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
        table(partition)
                .scan(target == null ? ShardState.EVENT : ShardState.EVENT + target + "/", after, collector::take);
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
                        Optional.ofNullable(table(partition).get(ShardState.eventKey(target, id))).stream())
                .findFirst()
                .map(ShardState.EVENTS::decode);
    }

    /** What the shards of this process remember of operators' actions, one of each shard. */
    public List<ActionProgress> actions() {
        var found = new ArrayList<ActionProgress>();
        for (int partition : partitions()) {
            table(partition).forEach(ShardState.ACTION, (_, value) -> found.add(ShardState.ACTIONS.decode(value)));
        }
        return found;
    }

    private Table table(int partition) {
        try {
            return application.table(ShardTopology.STORE, partition);
        } catch (InvalidStateStoreException e) {
            throw new UnavailableException(e);
        }
    }

    @Override
    public void close() {
        application.close();
    }
}
