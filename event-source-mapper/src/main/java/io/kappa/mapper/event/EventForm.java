package io.kappa.mapper.event;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The form in which the records of one mapping reach its function. Thread-safe. */
public interface EventForm {
    /** Longest event, in bytes: Lambda's limit of a synchronous invocation. */
    int LONGEST_EVENT = 6 * 1024 * 1024;

    /**
     * The event. None of the records has a {@link #problem}.
     *
     * @param receiveCounts for each record, how often it has been received with this time; only queues show it
     * @param window of a stream with tumbling windows; null otherwise
     */
    byte[] event(List<ConsumerRecord<byte[], byte[]>> records, ReceiveCounts receiveCounts, @Nullable Window window);

    /** At least as many bytes as the record adds to an event, and hardly more. */
    int size(ConsumerRecord<byte[], byte[]> record);

    /** At least as many bytes as an event without records has; a window's state comes on top. */
    int envelopeSize();

    /** What a function's answer says of the batch. Records are found by their {@link #identifier}. */
    BatchResponse read(byte[] response, List<ConsumerRecord<byte[], byte[]>> records);

    /** What the function calls the record: a message id or a sequence number. */
    default String identifier(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "-" + record.partition() + ":" + record.offset();
    }

    /** Why the record cannot be shown to a function, today or tomorrow; empty where it can be. */
    default Optional<String> problem(ConsumerRecord<byte[], byte[]> record) {
        return Optional.empty();
    }

    /**
     * {@code X-Amzn-Trace-Id} of a call with these records, or null where it begins a trace of its own: chains of invocations are followed
     * through queues only, as Lambda does.
     */
    default @Nullable String trace(List<ConsumerRecord<byte[], byte[]>> records) {
        return null;
    }

    /** How often records have been received. */
    @FunctionalInterface
    interface ReceiveCounts {
        ReceiveCounts FIRST = _ -> 1;

        int of(ConsumerRecord<byte[], byte[]> record);
    }

    /**
     * A tumbling window of one shard. Its last call may have no records.
     *
     * @param partition the shard's
     * @param start epoch milliseconds
     * @param end epoch milliseconds
     * @param state JSON object, as the function left it
     * @param last whether this is the call that closes the window
     * @param early whether it is closed before its time because its state has grown too long
     */
    record Window(int partition, long start, long end, String state, boolean last, boolean early) {}
}
