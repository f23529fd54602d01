package io.kappa.mapper.queue;

import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A closed batch. Guarded by {@link QueueWork}'s lock, except for what never changes. */
final class QueueBatch {
    List<Held> held;
    int tries;
    Instant visibleAt = Instant.MAX;
    Instant again = Instant.MIN;
    boolean throttled;

    QueueBatch(List<Held> held) {
        this.held = List.copyOf(held);
    }

    List<ConsumerRecord<byte[], byte[]>> records() {
        return held.stream().map(one -> one.record).toList();
    }

    /** Leaves out the records whose locks are gone: they will be received again. */
    void forgetLost() {
        held = held.stream().filter(one -> one.place != Held.Place.LOST).toList();
    }

    /** Whether nobody waits for it any more. */
    boolean pointless() {
        return held.stream().allMatch(one -> one.place == Held.Place.LOST || one.decision != null);
    }
}
