package io.kappa.mapper.queue;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Takes over the records that a queue gives up. Thread-safe. */
@FunctionalInterface
public interface QueueHandover {
    /**
     * Returns once the records are kept for good, wherever they belong; what it throws has it called again, until the records are. It may
     * see records twice.
     *
     * @param receiveCount how often the records were received before they were given up
     * @param lastFailure null where this process has seen none
     */
    void giveUp(List<ConsumerRecord<byte[], byte[]>> records, int receiveCount, @Nullable LastFailure lastFailure)
            throws InterruptedException;
}
