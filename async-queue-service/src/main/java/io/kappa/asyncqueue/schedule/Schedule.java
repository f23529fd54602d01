package io.kappa.asyncqueue.schedule;

import io.kappa.contracts.invocation.RequestId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is next: a virtual queue for each {@code Q}, served in turn, so that what waits in one never keeps another's waiting. Belongs to one
 * shard and lives on its thread. Keeps nothing that could not be had again from the shard's state.
 *
 * <p>Two bounds hold. Each queue has a limit that follows what it can take ({@link ConcurrencyLimit}). And a queue may only start another
 * while fewer of its own run than there are places free: one queue alone gets half of all places, two get a third each, and there is always
 * a place for one that had nothing until now. A queue that is at a bound waits; its entries wait with it, and stay in the shard's state.
 *
 * <pre>
 *              first is due                 at its limit
 *   SLEEPING ───────────────▶ READY ◀────────────────────▶ (passed over)
 *       ▲                       │ nothing due, paused
 *       └───────────────────────┘
 * </pre>
 */
public final class Schedule<Q> {
    private final int places;
    private final long mostPause;
    private final Map<Q, VirtualQueue<Q>> queues = new HashMap<>();
    private final Set<Q> held = new HashSet<>();
    private final ArrayDeque<VirtualQueue<Q>> ready = new ArrayDeque<>();
    private final PriorityQueue<Waking<Q>> sleeping = new PriorityQueue<>();
    private int taken;

    /** One that may start now. The number is given back when it has ended. */
    public record Next<Q>(Q queue, RequestId id, long number) {}

    /** What became of one that was started, as far as it tells of its queue's capacity. */
    public enum Signal {
        SUCCEEDED,
        THROTTLED,
        OTHER
    }

    /**
     * A queue at a moment.
     *
     * @param waiting entries, those included that are due later
     * @param due entries that could start now
     * @param oldestAccepted epoch milliseconds; {@link Long#MAX_VALUE} where nothing waits
     * @param limit how many may run at once, as learnt so far
     */
    public record Figures<Q>(
            Q queue, int waiting, int due, int running, long oldestAccepted, int limit, boolean held) {}

    private static final class VirtualQueue<Q> {
        private final Q key;
        private final DueHeap entries = new DueHeap();
        private final ConcurrencyLimit limit;
        private boolean ready;
        private long wakesAt = Long.MAX_VALUE;

        VirtualQueue(Q key, ConcurrencyLimit limit) {
            this.key = key;
            this.limit = limit;
        }
    }

    private record Waking<Q>(long at, VirtualQueue<Q> queue) implements Comparable<Waking<Q>> {
        @Override
        public int compareTo(Waking<Q> other) {
            return Long.compare(at, other.at);
        }
    }

    /**
     * @param places how many may run at once in all
     * @param mostPause longest pause of a queue of which not even one may run
     */
    public Schedule(int places, Duration mostPause) {
        this.places = places;
        this.mostPause = mostPause.toMillis();
    }

    /** Adds an entry. One that is added again, due at another time, is there twice until both have come up. */
    public void add(Q key, RequestId id, long due, long accepted) {
        var queue = queue(key);
        queue.entries.add(due, accepted, id);
        wake(queue, due);
    }

    private VirtualQueue<Q> queue(Q key) {
        return queues.computeIfAbsent(
                key, _ -> new VirtualQueue<>(key, new ConcurrencyLimit(Math.max(1, places), mostPause)));
    }

    private void wake(VirtualQueue<Q> queue, long at) {
        if (!queue.ready && at < queue.wakesAt && !held.contains(queue.key)) {
            queue.wakesAt = at;
            sleeping.add(new Waking<>(at, queue));
        }
    }

    /** Takes out the next that may start, and counts it as running; null where none may. */
    public @Nullable Next<Q> next(long now) {
        rouse(now);
        for (int i = ready.size(); i > 0 && taken < places; i--) {
            var queue = ready.remove();
            if (!mayStart(queue, now)) {
                queue.ready = false;
                if (!queue.entries.isEmpty()) {
                    wake(queue, Math.max(queue.entries.firstDue(), queue.limit.pausedUntil()));
                }
                forgetIfIdle(queue);
            } else if (queue.limit.hasRoom() && queue.limit.running() < places - taken) {
                ready.add(queue);
                taken++;
                return new Next<>(queue.key, queue.entries.poll(), queue.limit.start());
            } else {
                ready.add(queue);
            }
        }
        return null;
    }

    private void rouse(long now) {
        while (!sleeping.isEmpty() && sleeping.element().at() <= now) {
            var waking = sleeping.remove();
            var queue = waking.queue();
            if (queue.wakesAt == waking.at()) { // Otherwise it was woken earlier.
                queue.wakesAt = Long.MAX_VALUE;
                if (!queue.ready && !held.contains(queue.key)) {
                    queue.ready = true;
                    ready.add(queue);
                }
            }
        }
    }

    private boolean mayStart(VirtualQueue<Q> queue, long now) {
        return !queue.entries.isEmpty()
                && !held.contains(queue.key)
                && queue.entries.firstDue() <= now
                && queue.limit.pausedUntil() <= now;
    }

    private void forgetIfIdle(VirtualQueue<Q> queue) {
        if (queue.entries.isEmpty() && queue.limit.running() == 0 && !queue.ready) {
            queues.remove(queue.key, queue);
        }
    }

    /** Counts one as ended that {@link #next} gave. Where its entry is added again, it is added first, so that the queue is remembered. */
    public void ended(Next<Q> started, Signal signal, long now) {
        taken--;
        var queue = queue(started.queue());
        switch (signal) {
            case SUCCEEDED -> queue.limit.succeeded();
            case THROTTLED -> queue.limit.throttled(started.number(), now);
            case OTHER -> queue.limit.ended();
        }
        forgetIfIdle(queue);
    }

    /** Starts nothing more of a queue until it is released. */
    public void hold(Q key) {
        held.add(key);
    }

    public void release(Q key) {
        held.remove(key);
        var queue = queues.get(key);
        if (queue != null && !queue.entries.isEmpty()) {
            wake(queue, queue.entries.firstDue());
        }
    }

    /** Drops the entries of a queue, to be added anew from what the shard's state holds of it. What runs goes on being counted. */
    public void clear(Q key) {
        var queue = queues.get(key);
        if (queue != null) {
            queue.entries.clear();
        }
    }

    public Set<Q> queues() {
        return Set.copyOf(queues.keySet());
    }

    /** Takes out up to {@code most} entries of a queue whose time of acceptance is of interest. Looks at all of them. */
    public List<RequestId> takeAcceptedWhen(Q key, LongPredicate interesting, int most) {
        var queue = queues.get(key);
        return queue == null ? List.of() : queue.entries.takeAcceptedWhen(interesting, most);
    }

    /** How many entries wait, those included that are due later. */
    public int waiting() {
        return queues.values().stream().mapToInt(queue -> queue.entries.size()).sum();
    }

    /** Every queue that has anything waiting or running, or is held. Looks at every entry. */
    public List<Figures<Q>> figures(long now) {
        var figures = new ArrayList<Figures<Q>>();
        for (var queue : queues.values()) {
            figures.add(new Figures<>(
                    queue.key,
                    queue.entries.size(),
                    queue.entries.dueBy(now),
                    queue.limit.running(),
                    queue.entries.oldestAccepted(),
                    queue.limit.limit(),
                    held.contains(queue.key)));
        }
        for (var key : held) {
            if (!queues.containsKey(key)) {
                figures.add(new Figures<>(key, 0, 0, 0, Long.MAX_VALUE, 0, true));
            }
        }
        return figures;
    }

    /** How many run. */
    public int running() {
        return taken;
    }
}
