package io.kappa.mapper.queue;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The batches of a queue: one grows, others wait for their turn, run, or are delayed until they are tried again. Guarded by
 * {@link QueueWork}'s lock.
 */
final class QueueBatches {
    private final BatchAssembly<Held> assembly;
    private final QueueConcurrency concurrency;
    private final Deque<QueueBatch> waiting = new ArrayDeque<>();
    private final List<QueueBatch> running = new ArrayList<>();
    private final PriorityQueue<QueueBatch> delayed =
            new PriorityQueue<>(Comparator.comparing((QueueBatch batch) -> batch.again));

    QueueBatches(BatchAssembly<Held> assembly, QueueConcurrency concurrency) {
        this.assembly = assembly;
        this.concurrency = concurrency;
    }

    void add(Held record, long size, Instant now) {
        assembly.add(record, size, now).forEach(records -> waiting.add(new QueueBatch(records)));
    }

    void addAlone(Held record) {
        waiting.add(new QueueBatch(List.of(record)));
    }

    /** Takes note that the queue has been asked. */
    void asked(Instant now) {
        assembly.asked(now);
    }

    /** Whether more records could be put to use. */
    boolean wantMore(Instant now) {
        return running.size() + waiting.size() + delayed.size() < concurrency.limit() && assembly.wants(now);
    }

    /** What the time has brought waits: the batch whose window has ended last, and first of all those that are tried again. */
    void pass(Instant now) {
        assembly.due(now).ifPresent(records -> waiting.add(new QueueBatch(records)));
        while (!delayed.isEmpty() && !now.isBefore(delayed.peek().again)) {
            waiting.addFirst(delayed.poll());
        }
    }

    /**
     * Lets more run at once, or fewer.
     *
     * @param wanting whether more would run, had they leave to
     */
    void adapt(Instant now, boolean wanting) {
        concurrency.pass(now, !running.isEmpty(), wanting);
    }

    /** Those that run from now on. */
    List<QueueBatch> start() {
        var started = new ArrayList<QueueBatch>();
        while (running.size() < concurrency.limit() && !waiting.isEmpty()) {
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

    void ended(QueueBatch batch) {
        running.remove(batch);
    }

    /** Its function failed, or could not be run. */
    void backOff(Instant now) {
        concurrency.backOff(now);
    }

    /** One is tried again when its time has come. */
    void delay(QueueBatch batch) {
        delayed.add(batch);
    }

    /** Gives up all that do not run, and returns their records. */
    List<Held> abandon() {
        var records = new ArrayList<>(assembly.abandon());
        waiting.forEach(batch -> records.addAll(batch.held));
        waiting.clear();
        delayed.forEach(batch -> records.addAll(batch.held));
        delayed.clear();
        return records;
    }

    void changeMaximum(int maximum) {
        concurrency.changeMaximum(maximum);
    }

    /** How many may run at once. */
    int limit() {
        return concurrency.limit();
    }

    /** Records of the batch that grows. */
    int growing() {
        return assembly.size();
    }

    int waiting() {
        return waiting.size();
    }

    int running() {
        return running.size();
    }

    int delayed() {
        return delayed.size();
    }

    /** Whether time alone may bring something. */
    boolean anyWait() {
        return assembly.size() > 0 || !delayed.isEmpty() || !waiting.isEmpty();
    }

    boolean anyThrottled() {
        return delayed.stream().anyMatch(batch -> batch.throttled);
    }
}
