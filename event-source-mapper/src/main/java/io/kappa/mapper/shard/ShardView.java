package io.kappa.mapper.shard;

import org.jspecify.annotations.Nullable;

/**
 * How a shard stands.
 *
 * @param position offset of the lowest record that is not settled
 * @param read offset up to which records are in memory
 * @param waiting records in memory that are not settled
 * @param running batches that are being tried or handed over
 * @param record offset of the record that holds up the shard, or of the oldest one; null where there is none
 * @param attempts that have been made with it
 * @param millisToNextTry 0 where it is being tried or may be at once
 * @param failure of the last attempt; null where none has failed
 */
public record ShardView(
        long position,
        long read,
        int waiting,
        long running,
        State state,
        @Nullable Long record,
        int attempts,
        long millisToNextTry,
        Step.@Nullable Failure failure) {

    /** What a shard is doing. */
    public enum State {
        POLLING,
        /** A batch has failed and is tried again. */
        RETRYING,
        /** The function is throttled. */
        THROTTLED,
        /** The function could not be run for another reason, which is the platform's and not the batch's; it is tried again. */
        NOT_RUN
    }
}
