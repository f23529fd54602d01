package io.kappa.mapper.shard;

import java.time.Duration;

/**
 * What a mapping asks for, as it concerns one shard.
 *
 * @param batchSize most records of a batch
 * @param batchWindow how long a batch may wait for more records
 * @param lanes how many batches of the shard may run at once; {@link #BY_KEY} gives every key a lane of its own
 * @param maximumRetryAttempts {@link #UNLIMITED} for as many as it takes
 * @param maximumRecordAge zero for no limit
 * @param bisect whether a failed batch is split in two
 * @param failuresOneByOne whether a partial failure leaves just the failed records to do, as with queues; otherwise everything from the first
 *     of them on is done again, as with streams
 * @param tumblingWindow zero for none
 * @param windowGrace how long a window stays open after its end while no record says that it is over
 * @param retry waits after failures of the function
 * @param throttle waits after calls that did not run
 * @param mostBytes of records that wait in memory
 */
public record ShardRules(
        int batchSize,
        Duration batchWindow,
        int lanes,
        int maximumRetryAttempts,
        Duration maximumRecordAge,
        boolean bisect,
        boolean failuresOneByOne,
        Duration tumblingWindow,
        Duration windowGrace,
        Backoff retry,
        Backoff throttle,
        long mostBytes) {
    public static final int UNLIMITED = -1;
    public static final int BY_KEY = 0;

    /** Longest state of a window, in bytes. A longer one ends the window early. */
    public static final int LONGEST_STATE = 1024 * 1024;

    boolean windowed() {
        return tumblingWindow.isPositive();
    }

    boolean exhausted(int attempts) {
        return maximumRetryAttempts != UNLIMITED && attempts > maximumRetryAttempts;
    }
}
