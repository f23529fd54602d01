package io.kappa.mapper.queue;

/** Counts records, under the names that the metrics have. Thread-safe. */
public interface QueueCounts {
    QueueCounts NONE = (_, _) -> {};

    void add(Kind kind, int records);

    /** What has become of records. */
    enum Kind {
        /** Received from the queue. */
        POLLED,
        /** Received once more, by their receive count: some function may have seen them before. */
        DUPLICATES,
        /** Let through by no pattern, and deleted. */
        FILTERED,
        /** Sent to the function, each try counted. */
        INVOKED,
        /** Sent to a function that then failed as a whole, or could not be run, or listed them as failed. */
        FAILED_INVOKE,
        /** Processed, and deleted from the queue. */
        DELETED,
        /** Given up, and kept elsewhere. */
        HANDED_OVER
    }
}
