package io.kappa.mapper.stream;

import io.kappa.mapper.shard.Progress;
import io.kappa.mapper.shard.Shard;
import org.apache.kafka.common.TopicPartition;

/** A shard that is ours until it is lost. Guarded by {@link OwnedShards}, but for what says otherwise. */
final class OwnedShard {
    final TopicPartition name;
    final Shard shard;
    final String topicId;

    /** Under which checkpoints of it are kept; see {@link io.kappa.mapper.checkpoint.Checkpoints}. */
    final long term;

    /** What the group knows of it. */
    Progress committed;

    /** Records that are settled and would be delivered again were the shard lost now. */
    int uncommitted;

    /** How many of these the commit that is under way is about. */
    int beingCommitted;

    /** Whether there may be more to commit. */
    boolean dirty;

    /** Whether it rests until a checkpoint is kept. */
    boolean checkpointing;

    /** Whether nothing new is begun in it, because it is about to be given back. */
    boolean leaving;

    /** Timestamp of the record that was settled last; 0 where none has been. */
    long lastSettled;

    /** Whether somebody else may have it by now. For anybody to read. */
    volatile boolean lost;

    /** Of the thread that reads, alone: whether the consumer has been told to fetch no more of it. */
    boolean paused;

    OwnedShard(TopicPartition name, Shard shard, Positions.Start start) {
        this.name = name;
        this.shard = shard;
        this.topicId = start.topicId();
        this.term = start.term();
        this.committed = start.progress();
    }

    /** Whether something would be cut short if it were given back now. */
    boolean busy() {
        return checkpointing || shard.busy();
    }
}
