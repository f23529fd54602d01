package io.kappa.mapper.stream;

import io.kappa.mapper.checkpoint.Checkpoints;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A membership in a mapping's consumer group, from joining it to leaving: feeds the shards that the group gives with records, and commits what
 * becomes of them. Everything here happens on the one thread that owns the consumer. Nobody wakes that thread up; while there is work it looks
 * around every few milliseconds, which costs less than a wake-up for each batch would.
 */
final class Membership implements ConsumerRebalanceListener {
    private static final long LONGEST_POLL_AT_WORK = 10;
    private static final long LONGEST_POLL = 100;
    private static final long BETWEEN_MEASUREMENTS = 1_000;

    private final StreamMapping mapping;
    private final StreamSettings settings;
    private final Consumer<byte[], byte[]> consumer;
    private final Positions positions;
    private final Checkpoints checkpoints;
    private final OwnedShards shards;
    private final StepRunner runner;
    private final Commits commits;
    private final StreamCounts counts;
    private final StreamListener listener;
    private final Clock clock;
    private final CountDownLatch closing;
    private @Nullable RuntimeException problem;
    private boolean joined;
    private boolean announced;
    private long measured;

    Membership(
            StreamMapping mapping,
            StreamSettings settings,
            Consumer<byte[], byte[]> consumer,
            Positions positions,
            Checkpoints checkpoints,
            OwnedShards shards,
            StepRunner runner,
            StreamCounts counts,
            StreamListener listener,
            Clock clock,
            CountDownLatch closing) {
        this.mapping = mapping;
        this.settings = settings;
        this.consumer = consumer;
        this.positions = positions;
        this.checkpoints = checkpoints;
        this.shards = shards;
        this.runner = runner;
        this.commits = new Commits(mapping, consumer, shards, counts, clock);
        this.counts = counts;
        this.listener = listener;
        this.clock = clock;
        this.closing = closing;
    }

    /** Reads until it is to close, and then lets what runs come to its end. */
    void read() throws InterruptedException {
        consumer.subscribe(mapping.record().source().topics(), this);
        while (closing.getCount() > 0) {
            runner.run(shards.next()); // Of those whose time has come.
            makeRoom();
            commits.commit();
            measure();
            take(poll());
        }
        giveBack(shards.all().stream().map(owned -> owned.name).toList());
    }

    /**
     * The consumer may miss positions of partitions that it has just been given, a moment before it tells of them. They have one by the next
     * poll, which tells first.
     */
    private ConsumerRecords<byte[], byte[]> poll() throws InterruptedException {
        boolean paused = shards.all().stream().anyMatch(owned -> owned.paused);
        long longest = paused || shards.underWay() ? LONGEST_POLL_AT_WORK : LONGEST_POLL;
        var patience = Duration.ofMillis(Math.min(longest, shards.untilDue()));
        if (paused) {
            // While the consumer keeps records of a paused partition it does not wait, but looks again and again
            // (KAFKA-21084).
            var _ = closing.await(patience.toMillis(), TimeUnit.MILLISECONDS);
            patience = Duration.ZERO;
        }
        try {
            return consumer.poll(patience);
        } catch (NoOffsetForPartitionException e) {
            if (shards.anyOf(e.partitions())) {
                throw e;
            }
            return ConsumerRecords.empty();
        }
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        if (problem != null) {
            throw problem;
        }
        if (joined && !announced) {
            announced = true;
            listener.reading();
        }
        records.partitions().forEach(name -> shards.read(name, records.records(name)));
        records.nextOffsets().forEach((name, next) -> shards.readTo(name, next.offset()));
    }

    private void makeRoom() {
        for (var owned : shards.all()) {
            boolean wants = shards.wantsRecords(owned);
            if (wants == owned.paused) {
                owned.paused = !wants;
                if (wants) {
                    consumer.resume(List.of(owned.name));
                } else {
                    consumer.pause(List.of(owned.name));
                }
            }
        }
    }

    private void measure() {
        long now = clock.millis();
        if (Math.abs(now - measured) >= BETWEEN_MEASUREMENTS) {
            measured = now;
            for (var owned : shards.all()) {
                consumer.currentLag(owned.name).ifPresent(unread -> shards.measure(owned, unread));
            }
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> given) {
        joined = true;
        counts.rebalanced();
        if (given.isEmpty()) {
            return;
        }
        try {
            positions.resolve(consumer, given).forEach((name, start) -> {
                consumer.seek(name, start.progress().position());
                shards.own(name, start);
            });
        } catch (LostPositionException | KafkaException e) {
            problem = e;
            consumer.pause(given);
        } catch (InterruptedException | ExecutionException e) {
            problem = new KafkaException(
                    "positions could not be found out", e instanceof ExecutionException ? e.getCause() : e);
            consumer.pause(given);
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> taken) {
        giveBack(taken);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> gone) {
        shards.abandon(gone);
    }

    /** Lets what runs in some shards come to its end, commits, and lets go of them. */
    private void giveBack(Collection<TopicPartition> names) {
        var finished = shards.finish(names, settings.drainTimeout());
        try {
            commits.commitNow(finished);
            shards.allCommitted(finished);
            if (!mapping.windowed()) { // Of windows, every call is checkpointed anyway.
                for (var owned : finished) {
                    var _ = checkpoints.write(mapping.uuid(), owned.name, owned.term, shards.checkpoint(owned));
                }
            }
        } catch (KafkaException e) {
            commits.failed(e);
        }
        shards.abandon(names);
    }
}
