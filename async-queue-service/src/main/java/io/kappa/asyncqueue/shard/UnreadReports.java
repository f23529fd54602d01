package io.kappa.asyncqueue.shard;

/**
 * What has been reported to a shard and not been read by it: known when a shard begins, so that no attempt is made again whose report is
 * there already.
 */
@FunctionalInterface
public interface UnreadReports {
    long NONE = -1;

    /** Offset of the last report of the shard that its committed position is not past; {@link #NONE} where all have been read. */
    long last(int partition);
}
