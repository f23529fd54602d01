package io.kappa.mapper.queue;

import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.queue.Held.Decision;
import io.kappa.mapper.queue.Held.Place;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the lanes of a queue share: which records are held and where each is, which batches wait, run and are delayed, and when
 * the queue is asked for more. Thread-safe: one lock, and one condition that is signalled at each change.
 */
final class QueueWork {
    private static final Duration IDLE_LANE = Duration.ofMinutes(1);
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration IDLE_TICK = Duration.ofMillis(500);
    private static final int FAILURES_REMEMBERED = 10_000;
    /** A lane takes what a part of the batches need that may run at once, so that slow ones do not keep all lanes. */
    private static final int LANES_WANTED = 4;

    private static final int MOST_OF_A_LANE = 2000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Clock clock;
    private final int batchSize;
    private final BatchAssembly<Held> assembly;
    private final QueueConcurrency concurrency;
    private final QueueCounts counts;
    private final Deque<QueueBatch> waiting = new ArrayDeque<>();
    private final List<QueueBatch> running = new ArrayList<>();
    private final PriorityQueue<QueueBatch> delayed =
            new PriorityQueue<>(Comparator.comparing((QueueBatch batch) -> batch.again));
    private final PriorityQueue<Held> hidden = new PriorityQueue<>(Comparator.comparing((Held one) -> one.visibleAt));
    private final Map<Held.Position, LastFailure> failures = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Held.Position, LastFailure> eldest) {
            return size() > FAILURES_REMEMBERED;
        }
    };
    private final List<QueueLane> lanes = new ArrayList<>();
    private int mostLanes;
    /** Of the topic. */
    private int partitions = 1;

    private int held;
    private int leaving;
    private boolean closing;
    private boolean releasing;
    private boolean abandoned;

    /**
     * @param maximum of batches at once, in this process
     * @param room bytes that records may take up in an event
     */
    QueueWork(int batchSize, Duration window, long room, int maximum, int mostLanes, QueueCounts counts, Clock clock) {
        this.batchSize = batchSize;
        this.assembly = new BatchAssembly<>(batchSize, window, room);
        this.concurrency = new QueueConcurrency(maximum, clock.instant());
        this.mostLanes = mostLanes;
        this.counts = counts;
        this.clock = clock;
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
        lock.lock();
        try {
            var now = clock.instant();
            assembly.due(now).ifPresent(records -> waiting.add(new QueueBatch(records)));
            while (!delayed.isEmpty() && !now.isBefore(delayed.peek().again)) {
                waiting.addFirst(delayed.poll());
            }
            while (!hidden.isEmpty() && !now.isBefore(hidden.peek().visibleAt)) {
                decide(hidden.poll(), Decision.RELEASE);
                changed.signalAll();
            }
            concurrency.pass(now, !running.isEmpty(), !closing && wanting());
            return new Step(start(), needsLane(now));
        } finally {
            lock.unlock();
        }
    }

    /** More would run if more could: batches wait for their turn, or all consumers are tied so that none can bring more. */
    private boolean wanting() {
        return !waiting.isEmpty()
                || (lanes.size() >= mostLanes && lanes.stream().noneMatch(lane -> lane.idle));
    }

    private List<QueueBatch> start() {
        var started = new ArrayList<QueueBatch>();
        while (!closing && running.size() < concurrency.limit() && !waiting.isEmpty()) {
            var batch = waiting.poll();
            if (batch.pointless()) {
                continue;
            }
            batch.forgetLost();
            batch.tries++;
            batch.throttled = false;
            running.add(batch);
            started.add(batch);
        }
        return started;
    }

    /**
     * A share group's members are given some of the topic's partitions each. A partition whose members are all tied is read by nobody, so while
     * any lane is tied there are to be as many others as there are partitions.
     */
    private boolean needsLane(Instant now) {
        if (!mayAsk(now) || lanes.size() >= mostLanes || lanes.stream().anyMatch(lane -> lane.starting)) {
            return false;
        }
        long idle = lanes.stream().filter(lane -> lane.idle && !lane.ending).count();
        return idle < (anyTied() ? partitions : 1);
    }

    private boolean anyTied() {
        return lanes.stream().anyMatch(lane -> !lane.idle && !lane.starting);
    }

    private boolean mayAsk(Instant now) {
        return !closing
                && running.size() + waiting.size() + delayed.size() < concurrency.limit()
                && assembly.wants(now);
    }

    /** Waits until something has changed, or time may have brought something. */
    void awaitChange() throws InterruptedException {
        lock.lock();
        try {
            boolean timed = assembly.size() > 0 || !delayed.isEmpty() || !hidden.isEmpty() || !waiting.isEmpty();
            await(timed ? TICK : IDLE_TICK);
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // Those who call it look again themselves.
    private void await(Duration longest) throws InterruptedException {
        var _ = changed.awaitNanos(longest.toNanos());
    }

    // ---- For the threads that run batches.

    /** Sets the time from which a batch's visibility counts: its first try, so that waiting for its turn is not held against it. */
    Instant begin(QueueBatch batch, Duration visibilityTimeout) {
        lock.lock();
        try {
            if (batch.tries == 1) {
                batch.visibleAt = clock.instant().plus(visibilityTimeout);
            }
            return batch.visibleAt;
        } finally {
            lock.unlock();
        }
    }

    /** Takes note of what one try of a batch has come to. */
    void ended(QueueBatch batch, InvokeOutcome outcome, QueueRules.Next next, boolean backsOff) {
        lock.lock();
        try {
            running.remove(batch);
            if (backsOff) {
                concurrency.backOff(clock.instant());
            }
            switch (next) {
                case QueueRules.Next.TryAgain(var at) -> {
                    batch.again = at;
                    batch.throttled = outcome instanceof InvokeOutcome.NotRun notRun
                            && notRun.why() == InvokeOutcome.Why.THROTTLED;
                    if (releasing) {
                        releaseAll(batch.held);
                    } else {
                        delayed.add(batch);
                    }
                }
                case QueueRules.Next.Settle settle -> settle(batch, settle);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void settle(QueueBatch batch, QueueRules.Next.Settle settle) {
        for (int i = 0; i < batch.held.size(); i++) {
            var one = batch.held.get(i);
            if (!settle.failed().contains(i)) {
                failures.remove(one.position());
                decide(one, Decision.DELETE);
                continue;
            }
            if (settle.failure() != null) {
                failures.put(one.position(), settle.failure());
            }
            hide(one, batch.visibleAt);
        }
    }

    private void hide(Held one, Instant visibleAt) {
        if (one.place == Place.LOST || one.decision != null) {
            return;
        }
        if (releasing) {
            decide(one, Decision.RELEASE);
            return;
        }
        one.place = Place.HIDDEN;
        one.visibleAt = visibleAt;
        hidden.add(one);
    }

    void handedOver(Collection<Held> given) {
        lock.lock();
        try {
            for (var one : given) {
                failures.remove(one.position());
                decide(one, Decision.DELETE_HANDED_OVER);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    LastFailure lastFailure(Held one) {
        lock.lock();
        try {
            return failures.get(one.position());
        } finally {
            lock.unlock();
        }
    }

    // ---- For the lanes.

    /** Registers a lane; its size is how many records it takes at once. */
    void opened(QueueLane lane) {
        lock.lock();
        try {
            lanes.add(lane);
        } finally {
            lock.unlock();
        }
    }

    /** A lane begins anew, and takes no turn until it is ready. */
    void restarting(QueueLane lane) {
        lock.lock();
        try {
            lane.starting = true;
            lane.idle = false;
            lane.decided.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Waits before something that has failed is tried again, unless the queue is closing. */
    void backOff(Duration longest) throws InterruptedException {
        lock.lock();
        try {
            long left = longest.toNanos();
            while (left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    void closed(QueueLane lane) {
        lock.lock();
        try {
            lanes.remove(lane);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean onlyLane() {
        lock.lock();
        try {
            return lanes.size() == 1;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps the queue from opening more lanes than there are, because the share group has no room. */
    void noRoomForMoreLanes() {
        lock.lock();
        try {
            mostLanes = Math.max(1, lanes.size() - 1);
        } finally {
            lock.unlock();
        }
    }

    int laneSize() {
        lock.lock();
        try {
            int batches = Math.ceilDiv(concurrency.limit(), LANES_WANTED);
            return (int) Math.max(batchSize, Math.min((long) batchSize * batches, MOST_OF_A_LANE));
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a lane that holds nothing may ask the queue. False where it is to end instead: at closing, or for lack of use. */
    boolean awaitTurn(QueueLane lane) throws InterruptedException {
        lock.lock();
        try {
            lane.starting = false;
            lane.idle = true;
            changed.signalAll();
            long since = System.nanoTime();
            while (!mayAsk(clock.instant())) {
                if (ends(lane, since)) {
                    return false;
                }
                await(TICK.multipliedBy(2));
            }
            return !ends(lane, since);
        } finally {
            lock.unlock();
        }
    }

    /** Whether a lane is to go on asking, as it has done in vain since a time by {@link System#nanoTime}. */
    boolean goesOnAsking(QueueLane lane, long since) {
        lock.lock();
        try {
            return !ends(lane, since);
        } finally {
            lock.unlock();
        }
    }

    private boolean ends(QueueLane lane, long idleSince) {
        boolean unused = System.nanoTime() - idleSince > IDLE_LANE.toNanos() && !anyTied();
        boolean tooSmall = lane.size * 2 < laneSize();
        if (closing || ((unused || tooSmall) && lanes.stream().anyMatch(other -> other != lane && !other.ending))) {
            lane.ending = true;
        }
        return lane.ending;
    }

    /** Takes note that the queue has been asked. */
    void asked() {
        lock.lock();
        try {
            assembly.asked(clock.instant());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void partitions(int number) {
        lock.lock();
        try {
            partitions = number;
        } finally {
            lock.unlock();
        }
    }

    /** How {@link QueuePoller} judges a received record. */
    record Judged(Held held, QueueRules.Fate fate, long size) {}

    /** Takes in what a lane has received. Those to be given up are the caller's to hand over. */
    void received(List<Judged> judged) {
        lock.lock();
        try {
            var now = clock.instant();
            held += judged.size();
            judged.forEach(one -> one.held().lane.idle = false);
            for (var one : judged) {
                switch (one.fate()) {
                    case DELETE -> decide(one.held(), Decision.DELETE_FILTERED);
                    case GIVE_UP -> {
                        one.held().place = Place.LEAVING;
                        leaving++;
                    }
                    case BATCH ->
                        assembly.add(one.held(), one.size(), now)
                                .forEach(records -> waiting.add(new QueueBatch(records)));
                }
            }
            if (releasing) {
                releaseWhatDoesNotRun();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
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
        var counted = new EnumMap<QueueCounts.Kind, Integer>(QueueCounts.Kind.class);
        lock.lock();
        try {
            held -= told.size();
            for (var one : told) {
                if (one.decision != null && one.decision.counted != null) {
                    counted.merge(one.decision.counted, 1, Integer::sum);
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        counted.forEach(counts::add);
    }

    /** The locks of records are gone. */
    void lost(Collection<Held> gone) {
        lock.lock();
        try {
            held -= gone.size();
            for (var one : gone) {
                switch (one.place) {
                    case HIDDEN -> hidden.remove(one);
                    case LEAVING -> leaving -= one.decision == null ? 1 : 0;
                    case BATCHED, LOST -> {
                        // A batch does without it.
                    }
                }
                one.place = Place.LOST;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void decide(Held one, Decision decision) {
        if (one.place == Place.LOST || one.decision != null) {
            return;
        }
        if (one.place == Place.LEAVING) {
            leaving--;
        }
        one.decision = decision;
        one.lane.decided.add(one);
    }

    // ---- Closing.

    /** Nothing is received or started from now on. */
    void beginClosing() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean abandoned() {
        lock.lock();
        try {
            return abandoned;
        } finally {
            lock.unlock();
        }
    }

    boolean closing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until no lane has a fetch under way any more, but no longer than it may. What is released before would be delivered to that fetch,
     * and each delivery counts.
     */
    void awaitNobodyAsks(Duration longest) throws InterruptedException {
        lock.lock();
        try {
            long left = longest.toNanos();
            while (left > 0 && lanes.stream().anyMatch(lane -> lane.idle)) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What does not run is released, from now on. */
    void beginReleasing() {
        lock.lock();
        try {
            releasing = true;
            releaseWhatDoesNotRun();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void releaseWhatDoesNotRun() {
        releaseAll(assembly.abandon());
        waiting.forEach(batch -> releaseAll(batch.held));
        waiting.clear();
        delayed.forEach(batch -> releaseAll(batch.held));
        delayed.clear();
        releaseAll(hidden);
        hidden.clear();
    }

    private void releaseAll(Collection<Held> records) {
        records.forEach(one -> decide(one, Decision.RELEASE));
    }

    /** Waits until nothing runs and nothing is being handed over, but no longer than it may. */
    void awaitDrained(Duration longest) throws InterruptedException {
        lock.lock();
        try {
            long left = longest.toNanos();
            while (left > 0 && !(running.isEmpty() && leaving == 0)) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is waited for any more. What lanes still hold is released with their consumers. */
    void abandon() {
        lock.lock();
        try {
            abandoned = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Changes how many batches this process may run at once. */
    void changeMaximum(int maximum) {
        lock.lock();
        try {
            concurrency.changeMaximum(maximum);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    QueueSnapshot snapshot() {
        lock.lock();
        try {
            return new QueueSnapshot(
                    held,
                    assembly.size(),
                    hidden.size(),
                    leaving,
                    running.size(),
                    waiting.size(),
                    delayed.size(),
                    concurrency.limit(),
                    delayed.stream().anyMatch(batch -> batch.throttled),
                    lanes.size());
        } finally {
            lock.unlock();
        }
    }
}
