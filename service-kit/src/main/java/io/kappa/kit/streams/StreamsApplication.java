package io.kappa.kit.streams;

import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's share in a Kafka Streams application, which all processes of the service run together. It runs from construction until it
 * is closed: whatever stops one of its threads, another starts from what is committed.
 */
public final class StreamsApplication implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamsApplication.class);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final String called;
    private final Duration closing;
    private final KafkaStreams streams;
    private volatile boolean ranOnce;

    /**
     * Starts it.
     *
     * @param properties as {@link StreamsIdentity#properties} makes them, with the caller's own
     * @param closing how long closing waits at the most
     */
    public StreamsApplication(StreamsIdentity identity, Topology topology, Properties properties, Duration closing) {
        this.called = identity.called();
        this.closing = closing;
        this.streams = new KafkaStreams(topology, properties);
        streams.setStateListener((now, before) -> {
            LOG.atInfo().addKeyValue("state", now).addKeyValue("before", before).log("{} changed its state", called);
            ranOnce |= now == State.RUNNING;
        });
        streams.setUncaughtExceptionHandler(this::startAgain);
        streams.start();
    }

    private StreamThreadExceptionResponse startAgain(Throwable failure) {
        LOG.atError().setCause(failure).log("{} stopped and starts again from what is committed", called);
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE); // So that a lasting fault does not spin.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /**
     * Why nothing is done for the first time yet, or no longer. Partitions changing places are no reason: what is for them waits in its
     * topics.
     */
    public Optional<String> problem() {
        var state = streams.state();
        return switch (state) {
            case RUNNING -> Optional.empty();
            case CREATED, REBALANCING -> ranOnce ? Optional.empty() : Optional.of(called + " is starting: " + state);
            case PENDING_SHUTDOWN, NOT_RUNNING, PENDING_ERROR, ERROR -> Optional.of(called + " is " + state);
        };
    }

    /** Whether it has stopped and will not start again by itself. */
    public boolean failed() {
        return streams.state() == State.ERROR;
    }

    /** The partitions that this process owns now. */
    public SortedSet<Integer> partitions() {
        return streams.metadataForLocalThreads().stream()
                .flatMap(thread -> thread.activeTasks().stream())
                .map(task -> task.taskId().partition())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * What the owner of a partition keeps in a store, to be read while it goes on.
     *
     * @throws InvalidStateStoreException where the partition is still being restored, or has gone elsewhere
     */
    public Table table(String store, int partition) {
        return StoreTable.readOnly(streams.store(
                StoreQueryParameters.fromNameAndType(store, QueryableStoreTypes.<String, byte[]>keyValueStore())
                        .withPartition(partition)));
    }

    @Override
    public void close() {
        // Leaving lets another process take over at once instead of after the session's time.
        var left = streams.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(closing));
        if (!left) {
            LOG.atWarn().addKeyValue("waited", closing).log("{} did not stop in time", called);
        }
    }
}
