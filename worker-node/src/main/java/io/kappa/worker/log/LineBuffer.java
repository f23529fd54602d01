package io.kappa.worker.log;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.log.LogBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The lines of one environment that wait to be shipped. Holds its lock only to append or to swap lists. */
final class LineBuffer implements EnvironmentLog {
    static final int BATCH_BYTES = 256 * 1024;
    static final int MOST_PENDING_BYTES = 1024 * 1024;
    /** What a line costs beside its message: time, request id, and JSON around them. */
    private static final int LINE_OVERHEAD = 100;

    private final FunctionLogs owner;
    private final VersionArn version;
    private final String logGroup;
    private final String logStream;
    private final StreamProgress progress;

    private List<LogBatch.Line> lines = new ArrayList<>();
    private long bytes;
    private long dropped;
    private boolean due;
    private boolean closed;

    LineBuffer(FunctionLogs owner, VersionArn version, String logGroup, String logStream) {
        this.owner = owner;
        this.version = version;
        this.logGroup = logGroup;
        this.logStream = logStream;
        this.progress = new StreamProgress(version, logGroup, logStream);
    }

    StreamProgress progress() {
        return progress;
    }

    /** Whether what {@link #take} took was the last. */
    synchronized boolean isOver() {
        return closed && lines.isEmpty();
    }

    @Override
    public void line(long timeMillis, String requestId, String text) {
        var message = writable(text);
        int start = 0;
        do {
            int end = endOfPart(message, start);
            add(new LogBatch.Line(timeMillis, requestId, message.substring(start, end)));
            start = end;
        } while (start < message.length());
    }

    private synchronized void add(LogBatch.Line line) {
        long size = size(line);
        if (bytes + size > MOST_PENDING_BYTES || !owner.reserve(size)) {
            dropped++;
            owner.countDropped();
            return;
        }
        lines.add(line);
        bytes += size;
        askForFlush();
        if (bytes >= BATCH_BYTES) {
            owner.flushSoon();
        }
    }

    /** Counts lines that were taken and did not arrive. The next batch says so; none is made to say only this. */
    synchronized void lost(long count) {
        dropped += count;
    }

    /** Takes out everything, in batches that fit a record. */
    List<LogBatch> take() {
        List<LogBatch.Line> taken;
        long droppedBefore;
        synchronized (this) {
            taken = lines;
            droppedBefore = dropped;
            owner.release(bytes);
            lines = new ArrayList<>();
            bytes = 0;
            dropped = 0;
            due = false;
        }
        var batches = new ArrayList<LogBatch>();
        int start = 0;
        long size = 0;
        for (int i = 0; i < taken.size(); i++) {
            long next = size(taken.get(i));
            if (size + next > BATCH_BYTES && i > start) {
                batches.add(batch(taken.subList(start, i), droppedBefore));
                start = i;
                size = 0;
                droppedBefore = 0;
            }
            size += next;
        }
        if (start < taken.size() || droppedBefore > 0) {
            batches.add(batch(taken.subList(start, taken.size()), droppedBefore));
        }
        return batches;
    }

    private LogBatch batch(List<LogBatch.Line> part, long droppedBefore) {
        return new LogBatch(1, version, logGroup, logStream, part, droppedBefore);
    }

    @Override
    public synchronized void close() {
        closed = true;
        askForFlush();
    }

    private void askForFlush() {
        if (!due) {
            due = true;
            owner.due(this);
        }
    }

    /** Halves of surrogate pairs, which JSON can name but UTF-8 cannot write, become question marks. */
    private static String writable(String text) {
        return text.chars().anyMatch(c -> Character.isSurrogate((char) c))
                ? new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                : text;
    }

    private static long size(LogBatch.Line line) {
        return LINE_OVERHEAD + utf8Length(line.message(), 0, line.message().length());
    }

    /** The most of the message from {@code start} that is not too long for a line, cut between characters. */
    private static int endOfPart(String message, int start) {
        if ((message.length() - start) * 3L <= LineSplitter.LONGEST) {
            return message.length();
        }
        long length = 0;
        int end = start;
        while (end < message.length()) {
            int next = end + Character.charCount(message.codePointAt(end));
            length += utf8Length(message, end, next);
            if (length > LineSplitter.LONGEST) {
                return end;
            }
            end = next;
        }
        return end;
    }

    static long utf8Length(String text, int start, int end) {
        long length = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            // Each half of a pair counts two, because the pair is written as four bytes.
            length += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return length;
    }
}
