package io.kappa.router.logs.reading;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The log topic, read by one thread. */
interface LogTopic {

    /** For each partition, the offset of the first record that was written at a time or later, or its end. */
    Map<Integer, Long> offsetsAt(Map<Integer, Long> times);

    /** Goes to these offsets, or to the first that are left behind them. */
    void open(Map<Integer, Long> starts);

    /** Records of some of the partitions that are open, each with a log stream as its key; none where none come in time. */
    List<ConsumerRecord<String, byte[]>> next(Collection<Integer> partitions, Duration patience);

    /** Offset of the record that comes next. */
    long position(int partition);

    /** Whether there was nothing behind that position when last was looked. */
    boolean isAtEnd(int partition);
}
