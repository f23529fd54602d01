package io.kappa.mapper.stream;

import io.kappa.mapper.checkpoint.Checkpoint;
import io.kappa.mapper.handover.Cause;
import io.kappa.mapper.shard.CallResult;
import io.kappa.mapper.shard.Progress;
import io.kappa.mapper.shard.Shard;
import io.kappa.mapper.shard.ShardView;
import io.kappa.mapper.shard.Step;
import io.kappa.mapper.skip.Skips;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The shards of a mapping that this process owns. Records come from the one thread that reads, outcomes from workers; whoever brings news
 * takes along what is to be done next. Knows of no consumer, and does nothing that takes long: the lock is held for less than a millisecond.
 */
final class OwnedShards {
    private final StreamMapping mapping;
    private final Skips skips;
    private final StreamCounts counts;
    private final Clock clock;
    private final Map<TopicPartition, OwnedShard> shards = new HashMap<>();
    private int running;
    private @Nullable Throwable defect;

    /** What a shard wants done. */
    record Begun(OwnedShard owned, Step step) {}

    OwnedShards(StreamMapping mapping, Skips skips, StreamCounts counts, Clock clock) {
        this.mapping = mapping;
        this.skips = skips;
        this.counts = counts;
        this.clock = clock;
    }

    synchronized void own(TopicPartition name, Positions.Start start) {
        var shard = new Shard(mapping.rules(), mapping.form(), name.partition(), start.progress(), start.window());
        shards.put(name, new OwnedShard(name, shard, start));
    }

    /** Those that are owned, for the thread that reads, which alone adds and removes any. */
    synchronized List<OwnedShard> all() {
        return List.copyOf(shards.values());
    }

    synchronized boolean anyOf(Collection<TopicPartition> names) {
        return names.stream().anyMatch(shards::containsKey);
    }

    // Records come in.

    /** Takes in what has been read of one shard, in the order of offsets. */
    void read(TopicPartition name, List<ConsumerRecord<byte[], byte[]>> records) {
        int filtered = 0;
        for (var record : records) {
            boolean passes = mapping.filter().lets(record);
            var defect = passes && mapping.form().problem(record).isPresent() ? Cause.UNREADABLE : null;
            synchronized (this) {
                var owned = shards.get(name);
                if (owned == null) {
                    return;
                }
                if (owned.shard.settledBefore(record.offset())) {
                    owned.shard.readTo(record.offset() + 1);
                } else if (passes) {
                    owned.shard.read(record, defect, clock.millis());
                } else {
                    owned.shard.readTo(record.offset() + 1);
                    filtered++;
                }
            }
        }
        counts.polled(name, records.size());
        if (filtered > 0) {
            counts.filteredOut(name, filtered);
        }
    }

    /** Whatever is below the offset has been read, or is nothing that anybody gets. */
    synchronized void readTo(TopicPartition name, long offset) {
        var owned = shards.get(name);
        if (owned != null) {
            owned.shard.readTo(offset);
            owned.dirty = true;
        }
    }

    synchronized boolean wantsRecords(OwnedShard owned) {
        return owned.shard.wantsRecords();
    }

    // Steps go out.

    /**
     * What is to be done now. Each step must come back by {@link #called} or {@link #handedOver}.
     *
     * @throws DefectException where a worker has failed with one
     */
    synchronized List<Begun> next() {
        if (defect != null) {
            throw new DefectException(defect);
        }
        return next(shards.values());
    }

    /** A worker cannot bring news, because of a defect: some lane would stand still for good, so everything stops, which somebody notices. */
    synchronized void fail(Throwable itsDefect) {
        defect = itsDefect;
    }

    /** There is a mistake in this program. */
    static final class DefectException extends RuntimeException {
        private static final long serialVersionUID = 1;

        DefectException(Throwable defect) {
            super(defect.toString(), defect);
        }
    }

    private List<Begun> next(Collection<OwnedShard> some) {
        var begun = new ArrayList<Begun>();
        boolean commanded = !skips.of(mapping.uuid()).isEmpty();
        long now = clock.millis();
        for (var owned : some) {
            if (!owned.checkpointing && !owned.leaving && !owned.lost) {
                var steps = owned.shard.next(
                        mapping.mostCalls() - running,
                        offset -> commanded
                                && skips.covering(mapping.uuid(), owned.name, offset)
                                        .isPresent(),
                        now);
                running += steps.size();
                steps.forEach(step -> begun.add(new Begun(owned, step)));
            }
        }
        return begun;
    }

    /** Where calls are limited, the end of one is another shard's turn perhaps. */
    private List<Begun> nextAfter(OwnedShard owned) {
        return next(mapping.mostCalls() == Integer.MAX_VALUE ? List.of(owned) : shards.values());
    }

    /** Milliseconds until {@link #next} should be asked again though nobody brings news. */
    synchronized long untilDue() {
        if (running >= mapping.mostCalls()) {
            return Long.MAX_VALUE;
        }
        long now = clock.millis();
        long due = Long.MAX_VALUE;
        for (var owned : shards.values()) {
            if (!owned.checkpointing) {
                due = Math.min(due, owned.shard.due(now));
            }
        }
        return Math.max(0, due - now);
    }

    /** Whether there may be something to commit soon, or room for more records. */
    synchronized boolean underWay() {
        return running > 0 || shards.values().stream().anyMatch(owned -> owned.dirty || owned.checkpointing);
    }

    // Outcomes come in.

    /**
     * What follows from a call.
     *
     * @param checkpoint to be kept before anything else happens in the shard; null where there is none
     */
    record Called(int settled, @Nullable Checkpoint checkpoint, List<Begun> next) {}

    synchronized Called called(OwnedShard owned, Step.Call call, CallResult result) {
        running--;
        notifyAll();
        if (owned.lost) {
            return new Called(0, null, next(shards.values())); // Somebody else has the shard, and calls again.
        }
        int settled = owned.shard.called(call, result, clock.millis());
        settled(owned, call, settled);
        owned.checkpointing = mapping.windowed() && !(result instanceof CallResult.NotRun);
        return new Called(settled, owned.checkpointing ? checkpoint(owned) : null, nextAfter(owned));
    }

    /** @param kept whether what was given up is kept now; nobody is interested any more otherwise */
    synchronized List<Begun> handedOver(OwnedShard owned, Step.HandOver givenUp, boolean kept) {
        running--;
        notifyAll();
        if (!kept || owned.lost) {
            return next(shards.values());
        }
        int settled = owned.shard.handedOver(givenUp, clock.millis());
        settled(owned, givenUp, settled);
        counts.givenUp(owned.name, settled, givenUp.cause());
        return nextAfter(owned);
    }

    private void settled(OwnedShard owned, Step step, int settled) {
        owned.dirty = true;
        owned.uncommitted += settled;
        if (settled > 0) {
            owned.lastSettled = step.records().getLast().timestamp();
            counts.committed(owned.name, settled);
        }
    }

    synchronized List<Begun> checkpointed(OwnedShard owned) {
        owned.checkpointing = false;
        owned.dirty = true;
        notifyAll();
        return nextAfter(owned);
    }

    // Progress.

    synchronized Progress progress(OwnedShard owned) {
        return owned.shard.progress();
    }

    synchronized Checkpoint checkpoint(OwnedShard owned) {
        return new Checkpoint(
                owned.topicId,
                owned.shard.progress().position(),
                owned.shard.window().orElse(null),
                clock.instant());
    }

    /** Progress that the group does not know of yet, and is told now. */
    synchronized Map<OwnedShard, Progress> uncommitted() {
        var made = new HashMap<OwnedShard, Progress>();
        for (var owned : shards.values()) {
            if (owned.dirty && !owned.checkpointing) {
                owned.dirty = false;
                var now = owned.shard.progress();
                if (!now.equals(owned.committed)) {
                    owned.beingCommitted = owned.uncommitted;
                    made.put(owned, now);
                }
            }
        }
        return made;
    }

    synchronized void committed(Map<OwnedShard, Progress> progress) {
        progress.forEach((owned, made) -> {
            owned.committed = made;
            owned.uncommitted -= owned.beingCommitted;
        });
    }

    /** Nothing has come about in the shards since they were committed, and nothing can. */
    synchronized void allCommitted(Collection<OwnedShard> some) {
        some.forEach(owned -> owned.uncommitted = 0);
    }

    synchronized void notCommitted(Collection<OwnedShard> some) {
        some.forEach(owned -> owned.dirty = true);
    }

    // Shards go.

    /** Begins nothing more in the shards, and waits for what runs in them. Answers those that are ours. */
    synchronized List<OwnedShard> finish(Collection<TopicPartition> names, Duration patience) {
        var leaving =
                names.stream().map(shards::get).filter(owned -> owned != null).toList();
        leaving.forEach(owned -> owned.leaving = true);
        long until = System.nanoTime() + patience.toNanos();
        long left = patience.toMillis();
        while (left > 0 && leaving.stream().anyMatch(OwnedShard::busy)) {
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        }
        return leaving;
    }

    /** From now on the shards are somebody else's. */
    synchronized void abandon(Collection<TopicPartition> names) {
        for (var name : names) {
            var owned = shards.remove(name);
            if (owned != null) {
                owned.lost = true;
                int repeated = owned.shard.inFlight() + owned.uncommitted;
                if (repeated > 0) {
                    counts.repeated(name, repeated);
                }
                counts.gone(name);
            }
        }
    }

    synchronized void abandonAll() {
        abandon(List.copyOf(shards.keySet()));
    }

    // Those who look on.

    /** How each shard stands. */
    synchronized Map<TopicPartition, ShardView> views() {
        var views = new TreeMap<TopicPartition, ShardView>(
                Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
        shards.forEach((name, owned) -> views.put(name, owned.shard.view(clock.millis())));
        return views;
    }

    /** Counts how far a shard is behind, of which so many records have not been fetched. */
    synchronized void measure(OwnedShard owned, long unread) {
        long now = clock.millis();
        var view = owned.shard.view(now);
        long records = unread + view.read() - view.position();
        long since = owned.shard.oldest().orElse(owned.lastSettled);
        counts.behind(owned.name, records, records == 0 || since == 0 ? 0 : Math.max(0, now - since));
    }
}
