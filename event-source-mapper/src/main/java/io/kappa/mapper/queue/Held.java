package io.kappa.mapper.queue;

import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A record that this process has locked. Guarded by {@link QueueWork}'s lock, except for what never changes. */
final class Held {
    final QueueLane lane;
    final ConsumerRecord<byte[], byte[]> record;
    /** With this time. */
    final int receiveCount;

    Place place = Place.BATCHED;

    @Nullable
    Decision decision;

    Instant visibleAt = Instant.MAX;

    Held(QueueLane lane, ConsumerRecord<byte[], byte[]> record) {
        this.lane = lane;
        this.record = record;
        this.receiveCount = record.deliveryCount().orElse((short) 1);
    }

    /** Where a record is. */
    enum Place {
        /** In a batch, which grows, waits, runs or is delayed. */
        BATCHED,
        /** Failed, and not visible again yet. */
        HIDDEN,
        /** Being handed over. */
        LEAVING,
        /** Its lock is gone: somebody will receive it again, whatever becomes of it here. */
        LOST
    }

    /** What the broker is to be told. */
    enum Decision {
        DELETE(QueueCounts.Kind.DELETED),
        DELETE_FILTERED(QueueCounts.Kind.FILTERED),
        DELETE_HANDED_OVER(QueueCounts.Kind.HANDED_OVER),
        RELEASE(null);

        /** What is counted when the broker has taken note. */
        final QueueCounts.@Nullable Kind counted;

        Decision(QueueCounts.@Nullable Kind counted) {
            this.counted = counted;
        }
    }

    Position position() {
        return new Position(new TopicPartition(record.topic(), record.partition()), record.offset());
    }

    /** Names a record. */
    record Position(TopicPartition partition, long offset) {}
}
