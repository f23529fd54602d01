package io.kappa.worker.log;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.log.LogBatch;
import io.kappa.contracts.log.LogStreamRecord;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far the lines of one environment have come in the log topic, and what of that is still to be told. */
final class StreamProgress {
    /** As CloudWatch Logs counts the size of an event, beside its text. */
    static final int EVENT_OVERHEAD = 26;

    private static final long TOLD_EVERY_MILLIS = Duration.ofSeconds(1).toMillis();

    private final VersionArn version;
    private final String logGroup;
    private final String logStream;

    private @Nullable LogStreamRecord reached;
    private int unacknowledged;
    private boolean ended;
    private boolean news;
    private boolean failed;
    private long toldMillis = Long.MIN_VALUE;

    StreamProgress(VersionArn version, String logGroup, String logStream) {
        this.version = version;
        this.logGroup = logGroup;
        this.logStream = logStream;
    }

    /** A batch is on its way. Each has one of the next two calls to come. */
    synchronized void sent() {
        unacknowledged++;
    }

    /** @param bytes of the batch's lines, as {@link LogStreamRecord} counts them */
    synchronized void delivered(LogBatch batch, long bytes, int partition, long offset, long writtenMillis) {
        unacknowledged--;
        if (batch.lines().isEmpty()) {
            return;
        }
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (var line : batch.lines()) {
            first = Math.min(first, line.time());
            last = Math.max(last, line.time());
        }
        var before = reached;
        reached = before == null
                ? at(writtenMillis, partition, offset, offset, first, last, writtenMillis, bytes)
                : at(
                        before.created(),
                        partition,
                        before.firstOffset(),
                        offset,
                        Math.min(before.firstTime(), first),
                        Math.max(before.lastTime(), last),
                        writtenMillis,
                        before.bytes() + bytes);
        news = true;
    }

    private LogStreamRecord at(
            long created,
            int partition,
            long firstOffset,
            long lastOffset,
            long firstTime,
            long lastTime,
            long written,
            long bytes) {
        return new LogStreamRecord(
                1,
                version,
                logGroup,
                logStream,
                created,
                partition,
                firstOffset,
                lastOffset,
                firstTime,
                lastTime,
                written,
                bytes,
                false);
    }

    synchronized void lost() {
        unacknowledged--;
    }

    /** All lines are on their way, and none follow. */
    synchronized void end() {
        ended = true;
        news = true;
    }

    /** Whether there is anything that was not told yet and can be, now or later. */
    synchronized boolean hasNews() {
        return news && (reached != null || unacknowledged > 0);
    }

    /**
     * What is to be told now, and counts as told from here on.
     *
     * @param atOnce whether there is no later
     */
    synchronized Optional<LogStreamRecord> tell(long nowMillis, boolean atOnce) {
        boolean last = ended && unacknowledged == 0;
        boolean due = atOnce || (last && !failed) || nowMillis - TOLD_EVERY_MILLIS >= toldMillis;
        if (reached == null || !news || !due) {
            return Optional.empty();
        }
        failed = false;
        news = ended && !last;
        toldMillis = nowMillis;
        return Optional.of(last ? endOf(reached) : reached);
    }

    private static LogStreamRecord endOf(LogStreamRecord reached) {
        return new LogStreamRecord(
                reached.formatVersion(),
                reached.version(),
                reached.logGroup(),
                reached.logStream(),
                reached.created(),
                reached.partition(),
                reached.firstOffset(),
                reached.lastOffset(),
                reached.firstTime(),
                reached.lastTime(),
                reached.lastWritten(),
                reached.bytes(),
                true);
    }

    /** What was told last did not arrive. Told again no sooner than anything else, because Kafka may be away. */
    synchronized void untold() {
        news = true;
        failed = true;
    }
}
