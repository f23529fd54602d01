package io.kappa.mapper.shard;

import io.kappa.mapper.event.EventForm.Window;
import io.kappa.mapper.handover.Cause;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What a shard wants done. Each is answered once, by the method of {@link Shard} that it names. */
public sealed interface Step {

    /** Names the lane to whoever does the step. */
    Object lane();

    List<ConsumerRecord<byte[], byte[]>> records();

    /**
     * A call of the function; see {@link Shard#called}.
     *
     * @param attempt counts the calls for these records, from 1
     */
    record Call(
            Object lane,
            List<ConsumerRecord<byte[], byte[]>> records,
            int attempt,
            @Nullable Window window) implements Step {
        public Call {
            records = List.copyOf(records);
        }
    }

    /**
     * Records that are given up. Only once what is to be kept of them is kept, {@link Shard#handedOver} says so.
     *
     * @param attempts how often the function was called with them
     * @param firstTried epoch milliseconds; now where they never were
     * @param failure the last one; null where the function was not called
     */
    record HandOver(
            Object lane,
            List<ConsumerRecord<byte[], byte[]>> records,
            Cause cause,
            int attempts,
            long firstTried,
            @Nullable Failure failure)
            implements Step {
        public HandOver {
            records = List.copyOf(records);
        }
    }

    /**
     * How a call ended badly.
     *
     * @param functionError whether the function itself failed, rather than saying that records did
     */
    record Failure(String executedVersion, boolean functionError, String errorType, String errorMessage) {}
}
