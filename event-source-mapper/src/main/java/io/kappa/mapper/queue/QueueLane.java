package io.kappa.mapper.queue;

import io.kappa.mapper.queue.Held.Decision;
import io.kappa.mapper.queue.Held.Position;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One share consumer and the thread that it belongs to. In turns it asks the queue until there is something, and then looks after what it has
 * received: tells the broker what has been decided, and renews the locks of the rest, until nothing is left.
 *
 * <pre>
 *   awaitTurn ── poll ──► received ──► awaitDecisions ──► acknowledge, commit ──┐
 *       ▲                                    ▲                                  │
 *       │                                    └── renew, commit, poll ◄── time ◄─┤
 *       └──────────────────────────────── nothing held ◄────────────────────────┘
 * </pre>
 *
 * A consumer that holds records receives no new ones: what {@code poll} hands out after a renewal is the renewed records, and before that it
 * refuses. But it accepts acknowledgements of single records at any time, without a poll in between.
 */
final class QueueLane implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueLane.class);

    /** How long a closing queue may have to wait for a lane that asks. A poll that ends empty loses nothing: its fetch goes on. */
    private static final Duration ASKING = Duration.ofMillis(250);

    private static final Duration COMMITTING = Duration.ofSeconds(10);
    private static final Duration HANDING_OUT = Duration.ofSeconds(1);
    private static final Duration CLOSING = Duration.ofSeconds(5);
    private static final Duration FIRST_BACK_OFF = Duration.ofMillis(500);
    private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(30);
    /** Locks are renewed when a third of their time is over, so that a second try comes in time as well. */
    private static final int RENEWALS_PER_LOCK = 3;

    // Guarded by the lock of the work.
    final Deque<Held> decided = new ArrayDeque<>();
    /** Makes or breaks a connection, or waits before it tries again. */
    boolean starting = true;
    /** Holds nothing: it asks, or waits until it may. */
    boolean idle;
    /** Takes no turn any more. */
    boolean ending;

    final int size;
    private final String topic;
    private final Duration lock;
    private final QueueWork work;
    private final IntFunction<ShareConsumer<byte[], byte[]>> consumers;
    private final Consumer<List<Held>> receiver;
    private final FailureReport failureReport;
    private final Map<Position, Held> held = new LinkedHashMap<>();
    private long renewAt;

    /** Is told why a lane begins anew. Returns false where that would be in vain. */
    @FunctionalInterface
    interface FailureReport {
        boolean worthRetrying(RuntimeException failure);
    }

    /**
     * @param size records that it takes at once
     * @param lock how long the broker keeps them, unless it says otherwise
     * @param consumers makes a consumer that takes so many at once
     * @param receiver of new records
     */
    QueueLane(
            String topic,
            int size,
            Duration lock,
            QueueWork work,
            IntFunction<ShareConsumer<byte[], byte[]>> consumers,
            Consumer<List<Held>> receiver,
            FailureReport failureReport) {
        this.topic = topic;
        this.size = size;
        this.lock = lock;
        this.work = work;
        this.consumers = consumers;
        this.receiver = receiver;
        this.failureReport = failureReport;
    }

    @Override
    public void run() {
        var backOff = FIRST_BACK_OFF;
        try {
            while (!work.closing()) {
                try {
                    serve();
                    return;
                } catch (GroupMaxSizeReachedException e) {
                    LOG.atWarn().addKeyValue("topic", topic).log("the share group has no room for one more member");
                    forgetAll();
                    if (!work.onlyLane()) {
                        work.noRoomForMoreLanes();
                        return;
                    }
                } catch (RuntimeException e) {
                    LOG.atWarn().addKeyValue("topic", topic).setCause(e).log("reading a queue failed, begun anew");
                    forgetAll();
                    if (!failureReport.worthRetrying(e)) {
                        return;
                    }
                }
                work.backOff(backOff);
                backOff = backOff.multipliedBy(2).compareTo(LONGEST_BACK_OFF) < 0
                        ? backOff.multipliedBy(2)
                        : LONGEST_BACK_OFF;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            forgetAll();
            work.closed(this);
        }
    }

    private void forgetAll() {
        work.lost(List.copyOf(held.values()));
        held.clear();
        work.restarting(this);
    }

    private void serve() throws InterruptedException {
        var consumer = consumers.apply(size);
        try {
            consumer.subscribe(List.of(topic));
            while (true) {
                if (!held.isEmpty()) {
                    var decisions = work.awaitDecisions(this, renewAt);
                    acknowledge(consumer, decisions);
                    if (work.abandoned()) {
                        return;
                    }
                } else if (!work.awaitTurn(this) || !ask(consumer)) {
                    return;
                }
            }
        } finally {
            // With it, the broker releases whatever is still held.
            consumer.close(CLOSING);
        }
    }

    /** Asks until there is something. Once a fetch is under way it is not left alone: what it brings would be locked and lie there. */
    private boolean ask(ShareConsumer<byte[], byte[]> consumer) {
        long since = System.nanoTime();
        do {
            var records = consumer.poll(ASKING);
            if (!records.isEmpty()) {
                take(consumer, records);
                work.asked();
                return true;
            }
        } while (work.goesOnAsking(this, since));
        return false;
    }

    private void take(ShareConsumer<byte[], byte[]> consumer, Iterable<ConsumerRecord<byte[], byte[]>> records) {
        renewAfter(consumer);
        var fresh = new ArrayList<Held>();
        for (var record : records) {
            var one = new Held(this, record);
            held.put(one.position(), one);
            fresh.add(one);
        }
        receiver.accept(fresh);
    }

    private void renewAfter(ShareConsumer<byte[], byte[]> consumer) {
        long millis =
                consumer.acquisitionLockTimeoutMs().map(Integer::longValue).orElse(lock.toMillis());
        renewAt = System.nanoTime() + Duration.ofMillis(millis).toNanos() / RENEWALS_PER_LOCK;
    }

    private void acknowledge(ShareConsumer<byte[], byte[]> consumer, List<Held> decisions) {
        for (var one : decisions) {
            consumer.acknowledge(
                    one.record, one.decision == Decision.RELEASE ? AcknowledgeType.RELEASE : AcknowledgeType.ACCEPT);
            held.remove(one.position());
        }
        boolean renews = !held.isEmpty() && System.nanoTime() - renewAt >= 0;
        if (renews) {
            held.values().forEach(one -> consumer.acknowledge(one.record, AcknowledgeType.RENEW));
        }
        if (decisions.isEmpty() && !renews) {
            return;
        }
        var refused = commit(consumer);
        tell(decisions, refused);
        if (renews) {
            drop(held.values().stream()
                    .filter(one -> refused.contains(one.position().partition()))
                    .toList());
            takeBack(consumer);
        }
    }

    /** Partitions whose acknowledgements the broker has not taken: it takes all of a partition or none. */
    private Collection<TopicPartition> commit(ShareConsumer<byte[], byte[]> consumer) {
        var refused = new HashSet<TopicPartition>();
        consumer.commitSync(COMMITTING)
                .forEach((partition, problem) -> problem.ifPresent(failure -> {
                    LOG.atWarn()
                            .addKeyValue("topic", topic)
                            .addKeyValue("partition", partition.partition())
                            .log(
                                    "the broker refused acknowledgements, their records will be received again: {}",
                                    failure.getMessage());
                    refused.add(partition.topicPartition());
                }));
        return refused;
    }

    private void tell(List<Held> decisions, Collection<TopicPartition> refused) {
        var told = new ArrayList<Held>();
        var lost = new ArrayList<Held>();
        for (var one : decisions) {
            (refused.contains(one.position().partition()) ? lost : told).add(one);
        }
        work.settled(told);
        work.lost(lost);
    }

    private void drop(Collection<Held> gone) {
        gone.forEach(one -> held.remove(one.position()));
        work.lost(gone);
    }

    /** Renewed records can be acknowledged only once they have been handed out again. */
    private void takeBack(ShareConsumer<byte[], byte[]> consumer) {
        long until = System.nanoTime() + lock.toNanos() / RENEWALS_PER_LOCK;
        var missing = new HashMap<>(held);
        var fresh = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        renewAfter(consumer);
        while (!missing.isEmpty()) {
            var handedOut = consumer.poll(HANDING_OUT);
            for (var record : handedOut) {
                var known = missing.remove(
                        new Position(new TopicPartition(record.topic(), record.partition()), record.offset()));
                if (known == null) {
                    fresh.add(record);
                }
            }
            if (!handedOut.isEmpty() || System.nanoTime() - until > 0) {
                break;
            }
        }
        drop(missing.values());
        if (!fresh.isEmpty()) {
            take(consumer, fresh);
        }
    }
}
