package io.kappa.mapper.shard;

import static java.util.Objects.requireNonNull;

import io.kappa.mapper.event.EventForm;
import io.kappa.mapper.handover.Cause;
import io.kappa.mapper.shard.Progress.OpenBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Records that must keep their order among one another: at most one batch of them is tried at a time. Knows nothing of other lanes. */
final class Lane {
    private static final int ENVELOPE_OF_A_WINDOW = 512;

    private final Object name;
    private final ShardRules rules;
    private final int partition;
    private final int envelope;
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private @Nullable Work work;
    private @Nullable OpenWindow window;
    private boolean busy;
    private List<Entry> handingOver = List.of();
    private long idleSince = Long.MIN_VALUE;
    private long notBefore = Long.MIN_VALUE;

    /**
     * @param partition that the records are of
     * @param envelope bytes of an event without records
     */
    Lane(Object name, ShardRules rules, int partition, int envelope) {
        this.partition = partition;
        this.name = name;
        this.rules = rules;
        this.envelope = envelope;
    }

    Object name() {
        return name;
    }

    void add(Entry entry) {
        waiting.add(entry);
    }

    boolean busy() {
        return busy;
    }

    /** Whether nothing is left that would be missed. */
    boolean empty() {
        return waiting.isEmpty() && work == null && window == null;
    }

    @Nullable
    Work work() {
        return work;
    }

    @Nullable
    OpenWindow window() {
        return window;
    }

    void resume(OpenWindow before) {
        window = before;
    }

    long notBefore() {
        return notBefore;
    }

    /** When there may be something to do, as far as that is a question of time; {@link Long#MAX_VALUE} where it is not. */
    long due(boolean full, long now) {
        if (busy) {
            return Long.MAX_VALUE;
        }
        long due = Long.MAX_VALUE;
        if (work != null) {
            due = notBefore;
        } else if (!waiting.isEmpty()) {
            due = full || batch().closed() ? now : closesAt();
        } else if (window != null) {
            due = window.end() + rules.windowGrace().toMillis();
        }
        return due == Long.MAX_VALUE ? due : Math.max(due, notBefore);
    }

    /** A window starts with its first record, and not before the batch before it has ended. */
    private long closesAt() {
        long first = waiting.element().arrived();
        return Math.max(first, idleSince) + rules.batchWindow().toMillis();
    }

    /**
     * What to do now, or null.
     *
     * @param full whether no more records will come before some are settled
     * @param open batches that were tried before, by their first offset
     * @param read offset up to which the source has been read
     * @param skipped records that an operator wants passed over
     */
    @Nullable
    Step next(boolean full, Map<Long, OpenBatch> open, long read, Predicate<Entry> skipped, long now) {
        if (busy || (now < notBefore && !holdsSkipped(skipped))) {
            return null;
        }
        if (work == null) {
            work = newWork(full, open, read, now);
        }
        if (work == null) {
            return null;
        }
        busy = true;
        var step = step(work, skipped, now);
        if (step instanceof Step.Call) {
            work.tried(now);
        }
        return step;
    }

    /** What an operator wants passed over need not wait for its next try. */
    private boolean holdsSkipped(Predicate<Entry> skipped) {
        return work != null && !work.closesWindow() && work.current().stream().anyMatch(skipped);
    }

    private Step step(Work current, Predicate<Entry> skipped, long now) {
        if (!current.closesWindow()) {
            var passedOver = current.select(skipped);
            if (!passedOver.isEmpty()) {
                return giveUp(current, passedOver, Cause.SKIPPED, now);
            }
            var defect = current.current().getFirst().defect();
            if (defect != null) {
                return giveUp(current, current.current(), defect, now);
            }
            var tooOld = rules.maximumRecordAge().isPositive()
                    ? current.select(entry -> tooOld(entry, now))
                    : List.<Entry>of();
            if (!tooOld.isEmpty()) {
                return giveUp(current, tooOld, Cause.RECORD_AGE_EXCEEDED, now);
            }
            if (rules.exhausted(current.attempts())) {
                return giveUp(current, current.current(), Cause.RETRIES_EXHAUSTED, now);
            }
        }
        return new Step.Call(name, records(current.current()), current.attempts() + 1, calledWindow(current));
    }

    private Step giveUp(Work current, List<Entry> entries, Cause cause, long now) {
        handingOver = entries;
        return new Step.HandOver(
                name, records(entries), cause, current.attempts(), current.firstTried(now), current.failure());
    }

    private boolean tooOld(Entry entry, long now) {
        return now - entry.record().timestamp() > rules.maximumRecordAge().toMillis();
    }

    private EventForm.@Nullable Window calledWindow(Work current) {
        return window == null
                ? null
                : new EventForm.Window(
                        partition,
                        window.start(),
                        window.end(),
                        window.state(),
                        current.closesWindow(),
                        window.overgrown());
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(List<Entry> entries) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>(entries.size());
        entries.forEach(entry -> records.add(entry.record()));
        return records;
    }

    private @Nullable Work newWork(boolean full, Map<Long, OpenBatch> open, long read, long now) {
        if (waiting.isEmpty()) {
            boolean over = window != null
                    && (window.overgrown()
                            || now >= window.end() + rules.windowGrace().toMillis());
            return over ? Work.closingWindow() : null;
        }
        if (rules.windowed()) {
            var next = OpenWindow.of(
                    waiting.element().record().timestamp(),
                    rules.tumblingWindow().toMillis());
            if (window == null) {
                window = next;
            } else if (window.overgrown() || next.start() > window.start()) {
                return Work.closingWindow();
            }
        }
        var before = open.get(waiting.element().offset());
        if (before != null) {
            // Where there is no room for the rest of it, whoever tried it before had read further: waiting would never
            // end.
            return full || read > before.ends().getLast()
                    ? Work.resumed(takeThrough(before.ends().getLast()), before)
                    : null;
        }
        var batch = batch();
        return full || batch.closed() || now >= closesAt() ? Work.of(take(batch.count())) : null;
    }

    private record Formed(int count, boolean closed) {}

    /** How many of the waiting records make up the next batch, and whether it takes no more. */
    private Formed batch() {
        int count = 0;
        long bytes = envelope;
        if (window != null) {
            bytes +=
                    window.state().length() * 3L + ENVELOPE_OF_A_WINDOW; // UTF-8 needs three bytes a character at most.
        }
        for (var entry : waiting) {
            boolean fits =
                    bytes + entry.size() <= EventForm.LONGEST_EVENT && entry.defect() == null && sameWindow(entry);
            if (count > 0 && !fits) {
                return new Formed(count, true);
            }
            count++;
            bytes += entry.size();
            if (count == rules.batchSize() || !fits) {
                return new Formed(count, true);
            }
        }
        return new Formed(count, false);
    }

    private boolean sameWindow(Entry entry) {
        return window == null || entry.record().timestamp() < window.end();
    }

    private List<Entry> take(int count) {
        var taken = new ArrayList<Entry>(count);
        for (int i = 0; i < count; i++) {
            taken.add(waiting.remove());
        }
        return taken;
    }

    private List<Entry> takeThrough(long offset) {
        var taken = new ArrayList<Entry>();
        while (!waiting.isEmpty() && waiting.element().offset() <= offset) {
            taken.add(waiting.remove());
        }
        return taken;
    }

    /** Whether a batch has failed and waits for its next try. */
    boolean waitsForNextTry() {
        return work != null
                && work.attempts() > 0
                && !busy
                && !work.closesWindow()
                && !rules.exhausted(work.attempts());
    }

    /**
     * Takes what is tried again out of this lane, and with it whatever must not overtake it, so that everything else goes on.
     *
     * @param newName of the lane that has them from now on
     * @param keyOf records of one key keep their order
     * @param onlyFirst whether it is known that the first record failed, so that records of its key alone are meant
     * @param keys takes in the keys that are meant
     */
    Lane setAside(Object newName, Function<Entry, Object> keyOf, boolean onlyFirst, Set<Object> keys) {
        var tried = requireNonNull(work);
        if (onlyFirst) {
            keys.add(keyOf.apply(tried.current().getFirst()));
        } else {
            tried.current().forEach(entry -> keys.add(keyOf.apply(entry)));
        }
        var rest = tried.narrow(entry -> keys.contains(keyOf.apply(entry)));
        rest.addAll(waiting);
        var aside = new Lane(newName, rules, partition, envelope);
        aside.work = tried;
        aside.notBefore = notBefore;
        aside.idleSince = idleSince;
        work = null;
        notBefore = Long.MIN_VALUE;
        waiting.clear();
        rest.forEach(entry -> (keys.contains(keyOf.apply(entry)) ? aside : this).add(entry));
        return aside;
    }

    /** Takes in what a call came to, and says which records are settled by it. */
    List<Entry> called(CallResult result, long now) {
        var current = requireWork();
        busy = false;
        idleSince = now;
        return switch (result) {
            case CallResult.Succeeded(var state) -> {
                var settled = current.current();
                takeState(current, state);
                finishPart(current);
                yield settled;
            }
            case CallResult.PartlyFailed partly -> partlyFailed(current, partly, now);
            case CallResult.Failed(var failure) -> {
                failed(current, failure, now);
                yield List.of();
            }
            case CallResult.NotRun _ -> {
                notBefore = now + rules.throttle().millis(current.notRun());
                yield List.of();
            }
        };
    }

    private List<Entry> partlyFailed(Work current, CallResult.PartlyFailed partly, long now) {
        var batch = current.current();
        takeState(current, partly.state());
        var staying = rules.failuresOneByOne()
                ? at(batch, partly.failed())
                : batch.subList(partly.failed().stream().min(Integer::compare).orElse(0), batch.size());
        var settled = without(batch, staying);
        if (settled.isEmpty()) {
            failed(current, partly.failure(), now);
        } else if (rules.failuresOneByOne()) {
            current.failed(partly.failure());
            current.keep(staying);
            notBefore = now + rules.retry().millis(current.attempts());
        } else {
            current.keepAsFailedOnce(staying, partly.failure(), now);
            notBefore = now + rules.retry().millis(1);
        }
        return settled;
    }

    private static List<Entry> at(List<Entry> batch, Set<Integer> indexes) {
        return indexes.stream().sorted().map(batch::get).toList();
    }

    private static List<Entry> without(List<Entry> batch, List<Entry> staying) {
        var kept = new HashSet<>(staying);
        return batch.stream().filter(entry -> !kept.contains(entry)).toList();
    }

    /** A split costs no attempt and little time: it only finds out which records it is. */
    private void failed(Work current, Step.Failure failure, long now) {
        if (rules.bisect() && current.current().size() > 1) {
            notBefore = now + rules.retry().millis(1) / 10;
            current.bisect();
            return;
        }
        current.failed(failure);
        if (rules.exhausted(current.attempts()) && !current.closesWindow()) {
            return; // Given up at once: waiting would help nobody.
        }
        notBefore = now + rules.retry().millis(current.attempts());
    }

    private void takeState(Work current, @Nullable String state) {
        if (current.closesWindow()) {
            window = null;
        } else if (window != null && state != null) {
            window = window.with(state);
        }
    }

    /** The records that were given up are kept elsewhere now. Says which those are. */
    List<Entry> handedOver(long now) {
        var current = requireWork();
        busy = false;
        idleSince = now;
        var settled = handingOver;
        handingOver = List.of();
        var staying = current.without(new HashSet<>(settled));
        current.keep(staying);
        forgetIfDone(current);
        return settled;
    }

    private void finishPart(Work current) {
        current.finishPart();
        forgetIfDone(current);
    }

    private void forgetIfDone(Work current) {
        if (current.done()) {
            work = null;
        }
    }

    private Work requireWork() {
        if (work == null || !busy) {
            throw new IllegalStateException("lane " + name + " has nothing under way");
        }
        return work;
    }

    /** How many records are being tried or handed over right now. */
    int inFlight() {
        return busy && work != null ? work.current().size() : 0;
    }
}
