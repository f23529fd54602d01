package io.kappa.mapper.shard;

import io.kappa.mapper.handover.Cause;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that a function is to get.
 *
 * @param size what it adds to an event, in bytes
 * @param arrived when it was read, in epoch milliseconds
 * @param defect why it can never be part of an event; null where it can
 */
record Entry(
        ConsumerRecord<byte[], byte[]> record,
        int size,
        long arrived,
        @Nullable Cause defect) {

    long offset() {
        return record.offset();
    }

    /** What it takes of the memory, about. */
    int footprint() {
        return Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize()) + 200;
    }
}
