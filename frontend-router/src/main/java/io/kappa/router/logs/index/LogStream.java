package io.kappa.router.logs.index;

import io.kappa.contracts.log.LogStreamRecord;
import java.time.Duration;

/**
 * A log stream, and where in the log topic its lines lie. Times are epoch milliseconds.
 *
 * @param lastOffset of the last record that is known; there may be later ones where the stream has not ended
 * @param ended whether no lines follow
 */
public record LogStream(
        String group,
        String name,
        long created,
        int partition,
        long firstOffset,
        long lastOffset,
        long firstTime,
        long lastTime,
        long lastWritten,
        long bytes,
        boolean ended) {

    /** Lines that are written later than so long after the last that is known are in the index already: workers tell of them every second. */
    private static final Duration TRAILS_BY = Duration.ofSeconds(5);

    static LogStream of(LogStreamRecord record, String group) {
        return new LogStream(
                group,
                record.logStream(),
                record.created(),
                record.partition(),
                record.firstOffset(),
                record.lastOffset(),
                record.firstTime(),
                record.lastTime(),
                record.lastWritten(),
                record.bytes(),
                record.ended());
    }

    /** When the last line was written, at the latest, that may not be known yet. */
    public long writtenUntil() {
        return ended ? lastWritten : lastWritten + TRAILS_BY.toMillis();
    }

    /** Whether any of its lines may be of these times, both inclusive. */
    public boolean mayHaveLines(long from, long to) {
        return firstTime <= to && from <= (ended ? lastTime : Math.max(lastTime, writtenUntil()));
    }

    /** The same, once nothing before an offset is left of its partition. */
    LogStream from(long offset) {
        return new LogStream(
                group, name, created, partition, offset, lastOffset, firstTime, lastTime, lastWritten, bytes, ended);
    }
}
