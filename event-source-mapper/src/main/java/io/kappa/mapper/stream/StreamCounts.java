package io.kappa.mapper.stream;

import io.kappa.mapper.handover.Cause;
import org.apache.kafka.common.TopicPartition;

/** Counts what happens in a mapping's shards. */
public interface StreamCounts {
    void polled(TopicPartition shard, int records);

    void filteredOut(TopicPartition shard, int records);

    void invoked(TopicPartition shard, int records);

    void failed(TopicPartition shard, int records);

    void givenUp(TopicPartition shard, int records, Cause cause);

    void committed(TopicPartition shard, long records);

    /** Records were being tried when the shard was lost, or were settled and could not be committed, so they are delivered again. */
    void repeated(TopicPartition shard, int records);

    void rebalanced();

    void pollFailed();

    void commitFailed();

    /**
     * How far a shard is behind.
     *
     * @param records between its position and its end
     * @param ageMillis of the oldest record that is not settled
     */
    void behind(TopicPartition shard, long records, long ageMillis);

    /** The shard is somebody else's now. */
    void gone(TopicPartition shard);
}
