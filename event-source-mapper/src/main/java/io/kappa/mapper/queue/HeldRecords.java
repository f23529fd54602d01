package io.kappa.mapper.queue;

import io.kappa.mapper.queue.Held.Decision;
import io.kappa.mapper.queue.Held.Place;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The records that this process has locked: where each is, and what has been decided about it, which its lane tells the broker. Guarded by
 * {@link QueueWork}'s lock.
 */
final class HeldRecords {
    private static final int FAILURES_REMEMBERED = 10_000;

    private final PriorityQueue<Held> hidden = new PriorityQueue<>(Comparator.comparing((Held one) -> one.visibleAt));
    private final Map<Held.Position, LastFailure> failures = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Held.Position, LastFailure> eldest) {
            return size() > FAILURES_REMEMBERED;
        }
    };
    private int count;
    private int leaving;
    private boolean releasing;

    int count() {
        return count;
    }

    int hidden() {
        return hidden.size();
    }

    int leaving() {
        return leaving;
    }

    void received(int records) {
        count += records;
    }

    /** One is given up, and being handed over. */
    void leaves(Held one) {
        one.place = Place.LEAVING;
        leaving++;
    }

    void handedOver(Collection<Held> given) {
        for (var one : given) {
            failures.remove(one.position());
            decide(one, Decision.DELETE_HANDED_OVER);
        }
    }

    void filtered(Held one) {
        decide(one, Decision.DELETE_FILTERED);
    }

    /** A batch has run: what did not fail is deleted, the rest hidden until it may be received again. */
    void settle(QueueBatch batch, QueueRules.Next.Settle settle) {
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

    /** Releases those whose visibility timeout has ended. False where there are none. */
    boolean releaseVisible(Instant now) {
        boolean any = false;
        while (!hidden.isEmpty() && !now.isBefore(hidden.peek().visibleAt)) {
            decide(hidden.poll(), Decision.RELEASE);
            any = true;
        }
        return any;
    }

    @Nullable
    LastFailure lastFailure(Held one) {
        return failures.get(one.position());
    }

    /** From now on what has failed is released at once, and so is what is hidden. */
    void beginReleasing() {
        releasing = true;
        release(hidden);
        hidden.clear();
    }

    boolean releasing() {
        return releasing;
    }

    void release(Collection<Held> records) {
        records.forEach(one -> decide(one, Decision.RELEASE));
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

    /** The broker has taken note of decisions: these are no longer held. Returns what there is to be counted. */
    Map<QueueCounts.Kind, Integer> settled(Collection<Held> told) {
        var counted = new EnumMap<QueueCounts.Kind, Integer>(QueueCounts.Kind.class);
        count -= told.size();
        for (var one : told) {
            if (one.decision != null && one.decision.counted != null) {
                counted.merge(one.decision.counted, 1, Integer::sum);
            }
        }
        return counted;
    }

    /** Their locks are gone. */
    void lost(Collection<Held> gone) {
        count -= gone.size();
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
    }
}
