package io.kappa.mapper.shard;

import io.kappa.mapper.shard.Progress.OpenBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A batch until all of its records are settled: the parts that it has been split into, of which the first is tried until it is done. A part is
 * empty only where the call that closes a window is made without records.
 */
final class Work {
    private final Deque<List<Entry>> parts = new ArrayDeque<>();
    private final boolean closesWindow;
    private int attempts;
    private int notRun;
    private long firstTried;
    private Step.@Nullable Failure failure;

    private Work(boolean closesWindow) {
        this.closesWindow = closesWindow;
    }

    static Work of(List<Entry> batch) {
        var work = new Work(false);
        work.parts.add(batch);
        return work;
    }

    /** The call that closes a window. */
    static Work closingWindow() {
        var work = new Work(true);
        work.parts.add(List.of());
        return work;
    }

    /** A batch that somebody has tried before. */
    static Work resumed(List<Entry> batch, OpenBatch open) {
        var work = new Work(false);
        var part = new ArrayList<Entry>();
        var ends = new ArrayDeque<>(open.ends());
        for (var entry : batch) {
            while (!ends.isEmpty() && entry.offset() > ends.peek()) {
                ends.poll();
                work.addPart(part);
                part = new ArrayList<>();
            }
            part.add(entry);
        }
        work.addPart(part);
        work.attempts = open.attempts();
        work.firstTried = open.since();
        return work;
    }

    private void addPart(List<Entry> part) {
        if (!part.isEmpty()) {
            parts.add(part);
        }
    }

    boolean closesWindow() {
        return closesWindow;
    }

    boolean done() {
        return parts.isEmpty();
    }

    /** The records to be tried now. */
    List<Entry> current() {
        return parts.element();
    }

    int attempts() {
        return attempts;
    }

    long firstTried(long now) {
        return firstTried == 0 ? now : firstTried;
    }

    Step.@Nullable Failure failure() {
        return failure;
    }

    void tried(long now) {
        if (firstTried == 0) {
            firstTried = now;
        }
    }

    /** Whether the last call did not run. */
    boolean hasNotRun() {
        return notRun > 0;
    }

    /** Counts a call that did not run, and says how many there have been in a row. */
    int notRun() {
        return ++notRun;
    }

    void failed(Step.Failure how) {
        notRun = 0;
        attempts++;
        failure = how;
    }

    /** The first part is done with. */
    void finishPart() {
        parts.remove();
        nextPart();
    }

    private void nextPart() {
        attempts = 0;
        notRun = 0;
        firstTried = 0;
        failure = null;
    }

    /** Takes out of the first part what is settled. Those that stay have been tried as often as they had been, unless {@code fresh}. */
    void keep(Collection<Entry> staying) {
        parts.remove();
        if (staying.isEmpty()) {
            nextPart();
        } else {
            parts.addFirst(List.copyOf(staying));
        }
    }

    /** As {@link #keep}, for records of which the first is the one that has just failed: it is the only try that it is known to have had. */
    void keepAsFailedOnce(Collection<Entry> staying, Step.Failure how, long now) {
        keep(staying);
        attempts = 1;
        notRun = 0;
        firstTried = now;
        failure = how;
    }

    /** Leaves the first part alone, and of that just what is meant. Answers what it gives up for that, in order. */
    List<Entry> narrow(Predicate<Entry> meant) {
        var rest = new ArrayList<Entry>(select(meant.negate()));
        var narrowed = select(meant);
        parts.remove();
        parts.forEach(rest::addAll);
        parts.clear();
        parts.add(narrowed);
        return rest;
    }

    /** Splits the first part in two halves, each of which starts afresh. */
    void bisect() {
        var part = parts.remove();
        int half = part.size() / 2;
        parts.addFirst(List.copyOf(part.subList(half, part.size())));
        parts.addFirst(List.copyOf(part.subList(0, half)));
        nextPart();
    }

    /** Those of the first part that are meant. */
    List<Entry> select(Predicate<Entry> meant) {
        List<Entry> selected = List.of(); // Mostly so, and asked before each try.
        for (var entry : current()) {
            if (meant.test(entry)) {
                selected = selected.isEmpty() ? new ArrayList<>() : selected;
                selected.add(entry);
            }
        }
        return selected;
    }

    /** What of the first part is left without the given ones. */
    List<Entry> without(Set<Entry> gone) {
        return current().stream().filter(entry -> !gone.contains(entry)).toList();
    }

    /** How it is remembered; null where there is nothing to remember. */
    @Nullable
    OpenBatch open() {
        if (closesWindow || parts.isEmpty() || (attempts == 0 && parts.size() == 1)) {
            return null;
        }
        return new OpenBatch(
                current().getFirst().offset(),
                attempts,
                firstTried,
                parts.stream().map(part -> part.getLast().offset()).toList());
    }
}
