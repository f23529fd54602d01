package io.kappa.mapper.queue;

import io.kappa.mapper.invoke.InvokeOutcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the director of a queue, its lanes and the threads that run its batches share. Thread-safe: one lock, and one condition that
 * is signalled at each change. What is kept under the lock is for others to know: {@link HeldRecords}, {@link QueueBatches} and
 * {@link QueueLanes}.
 */
final class QueueWork {
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration IDLE_TICK = Duration.ofMillis(500);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Clock clock;
    private final QueueCounts counts;
    private final HeldRecords records = new HeldRecords();
    private final QueueBatches batches;
    private final QueueLanes lanes;
    private boolean closing;
    private boolean abandoned;

    /**
     * @param maximum of batches at once, in this process
     * @param room bytes that records may take up in an event
     */
    QueueWork(int batchSize, Duration window, long room, int maximum, int mostLanes, QueueCounts counts, Clock clock) {
        this.batches = new QueueBatches(
                new BatchAssembly<>(batchSize, window, room), new QueueConcurrency(maximum, clock.instant()));
        this.lanes = new QueueLanes(batchSize, mostLanes);
        this.counts = counts;
        this.clock = clock;
    }

    private <T> T locked(Supplier<T> look) {
        lock.lock();
        try {
            return look.get();
        } finally {
            lock.unlock();
        }
    }

    /** Does something, and has everybody look who waits. */
    private void change(Runnable step) {
        lock.lock();
        try {
            step.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitUntil(BooleanSupplier condition, Duration longest) throws InterruptedException {
        lock.lock();
        try {
            long left = longest.toNanos();
            while (left > 0 && !condition.getAsBoolean()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // Those who call it look again themselves.
    private void await(Duration longest) throws InterruptedException {
        var _ = changed.awaitNanos(longest.toNanos());
    }

    // ---- For the director: what is to be done next.

    /**
     * What is to be done.
     *
     * @param start batches to run now
     * @param openLane whether there is need of one more lane
     */
    record Step(List<QueueBatch> start, boolean openLane) {}

    Step next() {
        return locked(() -> {
            var now = clock.instant();
            batches.pass(now);
            if (records.releaseVisible(now)) {
                changed.signalAll();
            }
            batches.adapt(now, !closing && wanting());
            return new Step(closing ? List.of() : batches.start(), mayAsk(now) && lanes.needOneMore());
        });
    }

    /** More would run if more could: batches wait for their turn, or all consumers are tied so that none can bring more. */
    private boolean wanting() {
        return batches.waiting() > 0 || lanes.exhausted();
    }

    private boolean mayAsk(Instant now) {
        return !closing && batches.wantMore(now);
    }

    /** Waits until something has changed, or time may have brought something. */
    void awaitChange() throws InterruptedException {
        lock.lock();
        try {
            await(batches.anyWait() || records.hidden() > 0 ? TICK : IDLE_TICK);
        } finally {
            lock.unlock();
        }
    }

    // ---- For the threads that run batches.

    /** Sets the time from which a batch's visibility counts: its first try, so that waiting for its turn is not held against it. */
    Instant begin(QueueBatch batch, Duration visibilityTimeout) {
        return locked(() -> {
            if (batch.tries == 1) {
                batch.visibleAt = clock.instant().plus(visibilityTimeout);
            }
            return batch.visibleAt;
        });
    }

    /** Takes note of what one try of a batch has come to. */
    void ended(QueueBatch batch, InvokeOutcome outcome, QueueRules.Next next, boolean backsOff) {
        change(() -> {
            batches.ended(batch);
            if (backsOff) {
                batches.backOff(clock.instant());
            }
            switch (next) {
                case QueueRules.Next.TryAgain(var at) -> {
                    batch.again = at;
                    batch.throttled = outcome instanceof InvokeOutcome.NotRun notRun
                            && notRun.why() == InvokeOutcome.Why.THROTTLED;
                    if (records.releasing()) {
                        records.release(batch.held);
                    } else {
                        batches.delay(batch);
                    }
                }
                case QueueRules.Next.Settle settle -> records.settle(batch, settle);
            }
        });
    }

    void handedOver(Collection<Held> given) {
        change(() -> records.handedOver(given));
    }

    @Nullable
    LastFailure lastFailure(Held one) {
        lock.lock();
        try {
            return records.lastFailure(one);
        } finally {
            lock.unlock();
        }
    }

    // ---- For the lanes.

    /** Registers a lane. */
    void opened(QueueLane lane) {
        change(() -> lanes.add(lane));
    }

    /** A lane begins anew, and takes no turn until it is ready. */
    void restarting(QueueLane lane) {
        change(() -> {
            lane.starting = true;
            lane.idle = false;
            lane.decided.clear();
        });
    }

    /** Waits before something that has failed is tried again, unless the queue is closing. */
    void backOff(Duration longest) throws InterruptedException {
        awaitUntil(() -> closing, longest);
    }

    void closed(QueueLane lane) {
        change(() -> lanes.remove(lane));
    }

    boolean onlyLane() {
        return locked(() -> lanes.count() == 1);
    }

    /** Keeps the queue from opening more lanes than there are, because the share group has no room. */
    void noRoomForMoreLanes() {
        change(lanes::noRoomForMore);
    }

    /** How many records a new lane takes at once. */
    int laneSize() {
        return locked(() -> lanes.size(batches.limit()));
    }

    /** Waits until a lane that holds nothing may ask the queue. False where it is to end instead: at closing, or for lack of use. */
    boolean awaitTurn(QueueLane lane) throws InterruptedException {
        lock.lock();
        try {
            lane.starting = false;
            lane.idle = true;
            changed.signalAll();
            long since = System.nanoTime();
            while (!mayAsk(clock.instant()) && !ends(lane, since)) {
                await(TICK.multipliedBy(2));
            }
            return !ends(lane, since);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a lane is to go on asking, as it has done in vain since a time by {@link System#nanoTime}. */
    boolean goesOnAsking(QueueLane lane, long since) {
        return locked(() -> !ends(lane, since));
    }

    private boolean ends(QueueLane lane, long idleSince) {
        if (closing || lanes.canSpare(lane, idleSince, laneSize())) {
            lane.ending = true;
        }
        return lane.ending;
    }

    /** Takes note that the queue has been asked. */
    void asked() {
        change(() -> batches.asked(clock.instant()));
    }

    void partitions(int number) {
        change(() -> lanes.partitions(number));
    }

    /** How {@link QueuePoller} judges a received record. */
    record Judged(Held held, QueueRules.Fate fate, long size) {}

    /** Takes in what a lane has received. Those to be given up are the caller's to hand over. */
    void received(List<Judged> judged) {
        change(() -> {
            var now = clock.instant();
            records.received(judged.size());
            for (var one : judged) {
                one.held().lane.idle = false;
                switch (one.fate()) {
                    case DELETE -> records.filtered(one.held());
                    case GIVE_UP -> records.leaves(one.held());
                    case BATCH -> batches.add(one.held(), one.size(), now);
                    case ALONE -> batches.addAlone(one.held());
                }
            }
            if (records.releasing()) {
                records.release(batches.abandon());
            }
        });
    }

    /** Waits until something has been decided about a lane's records, or the time has come to renew locks; returns what was decided. */
    List<Held> awaitDecisions(QueueLane lane, long renewAt) throws InterruptedException {
        lock.lock();
        try {
            while (lane.decided.isEmpty() && !abandoned) {
                long left = renewAt - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                await(Duration.ofNanos(left));
            }
            var decided = List.copyOf(lane.decided);
            lane.decided.clear();
            return decided;
        } finally {
            lock.unlock();
        }
    }

    /** The broker has taken note of decisions: these records are no longer held. */
    void settled(Collection<Held> told) {
        var counted = locked(() -> {
            changed.signalAll();
            return records.settled(told);
        });
        counted.forEach(counts::add);
    }

    /** The locks of records are gone. */
    void lost(Collection<Held> gone) {
        change(() -> records.lost(gone));
    }

    // ---- Closing.

    /** Nothing is received or started from now on. */
    void beginClosing() {
        change(() -> closing = true);
    }

    boolean abandoned() {
        return locked(() -> abandoned);
    }

    boolean closing() {
        return locked(() -> closing);
    }

    /**
     * Waits until no lane has a fetch under way any more, but no longer than it may. What is released before would be delivered to that fetch,
     * and each delivery counts.
     */
    void awaitNobodyAsks(Duration longest) throws InterruptedException {
        awaitUntil(() -> !lanes.anyIdle(), longest);
    }

    /** What does not run is released, from now on. */
    void beginReleasing() {
        change(() -> {
            records.beginReleasing();
            records.release(batches.abandon());
        });
    }

    /** Waits until nothing runs and nothing is being handed over, but no longer than it may. */
    void awaitDrained(Duration longest) throws InterruptedException {
        awaitUntil(() -> batches.running() == 0 && records.leaving() == 0, longest);
    }

    /** Nothing is waited for any more. What lanes still hold is released with their consumers. */
    void abandon() {
        change(() -> abandoned = true);
    }

    /** Changes how many batches this process may run at once. */
    void changeMaximum(int maximum) {
        change(() -> batches.changeMaximum(maximum));
    }

    QueueSnapshot snapshot() {
        return locked(() -> new QueueSnapshot(
                records.count(),
                batches.growing(),
                records.hidden(),
                records.leaving(),
                batches.running(),
                batches.waiting(),
                batches.delayed(),
                batches.limit(),
                batches.anyThrottled(),
                lanes.count()));
    }
}
