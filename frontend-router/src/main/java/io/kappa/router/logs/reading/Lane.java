package io.kappa.router.logs.reading;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.log.LogBatch;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has been fetched of one partition and not been looked at. Records of other streams are passed over without being decoded. */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final RecordCodec<LogBatch> CODEC = RecordCodec.of(LogBatch.class);

    private final int partition;
    private final Position start;
    private final Predicate<String> wanted;
    private final Queue<ConsumerRecord<String, byte[]>> waiting = new ArrayDeque<>();

    private @Nullable ConsumerRecord<String, byte[]> record;
    private @Nullable LogBatch batch;
    private @Nullable LogLine head;
    private long end;
    private Position next;
    private long fetched;

    /** @param wanted streams, by their names */
    Lane(int partition, Span span, Predicate<String> wanted) {
        this.partition = partition;
        this.start = span.start();
        this.end = span.end();
        this.wanted = wanted;
        this.next = start;
        this.fetched = start.offset();
    }

    int partition() {
        return partition;
    }

    long start() {
        return start.offset();
    }

    /** Where the first line is that nobody has taken. */
    Position next() {
        return next;
    }

    boolean hasMoved() {
        return !next.equals(start);
    }

    void offer(ConsumerRecord<String, byte[]> fetchedRecord) {
        if (fetchedRecord.offset() < end) {
            waiting.add(fetchedRecord);
        }
    }

    /**
     * @param offset before which everything that there is has been offered
     * @param isAll whether there is nothing behind: what was acknowledged by one replica alone may be lost with it
     */
    void fetchedUpTo(long offset, boolean isAll) {
        fetched = Math.max(fetched, offset);
        if (isAll) {
            end = Math.min(end, fetched);
        }
    }

    /** Whether it must be fed before it can tell what its first line is. */
    boolean isDry() {
        return head() == null && fetched < end;
    }

    /** The first line that nobody has taken; null where none is here. */
    @Nullable
    LogLine head() {
        if (head != null) {
            return head;
        }
        while (batch == null || next.line() >= batch.lines().size()) {
            if (batch != null) {
                next = Position.before(next.offset() + 1);
                batch = null;
            }
            var following = waiting.poll();
            if (following == null) {
                next = fetched > next.offset() ? Position.before(Math.min(fetched, end)) : next;
                return null;
            }
            if (following.offset() != next.offset()) {
                next = Position.before(following.offset());
            }
            record = following;
            batch = decode(following);
            if (batch == null) {
                next = Position.before(following.offset() + 1);
            }
        }
        head = line(Objects.requireNonNull(record), batch, next.line());
        return head;
    }

    private @Nullable LogBatch decode(ConsumerRecord<String, byte[]> following) {
        if (!wanted.test(following.key())) {
            return null;
        }
        try {
            return CODEC.decode(following.value());
        } catch (UncheckedIOException e) {
            LOG.atWarn()
                    .addKeyValue("partition", partition)
                    .addKeyValue("offset", following.offset())
                    .setCause(e)
                    .log("a record of log lines is not readable");
            return null;
        }
    }

    private LogLine line(ConsumerRecord<String, byte[]> of, LogBatch lines, int index) {
        var line = lines.lines().get(index);
        return new LogLine(
                of.key(),
                line.time(),
                of.timestamp(),
                line.message(),
                partition,
                next,
                index + 1 == lines.lines().size());
    }

    /** Takes the line that {@link #head} shows. */
    void take() {
        head = null;
        next = new Position(next.offset(), next.line() + 1);
    }
}
