package io.kappa.router.logs.reading;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Reads one partition from a position backward. Kafka only reads forward, so this reads growing pieces forward, each before the one that was
 * read last, until there are lines enough. A piece is read whole, so this may look at up to twice as much as its bounds say.
 */
final class Rewind {
    /** In records. */
    private static final int FIRST_STEP = 64;

    private static final int LONGEST_STEP = 4096;

    /** For one piece. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LogTopic topic;
    private final int partition;
    private final long first;
    private final Wanted wanted;
    private final Bounds bounds;
    private final Deque<LogLine> lines = new ArrayDeque<>();
    private int size;
    private long scanned;

    /** @param first offset before which nothing is wanted */
    Rewind(LogTopic topic, int partition, long first, Wanted wanted, Bounds bounds) {
        this.topic = topic;
        this.partition = partition;
        this.first = first;
        this.wanted = wanted;
        this.bounds = bounds;
    }

    /** @throws LogsUnavailableException where the topic yields nothing, although there is more of it */
    StreamPage readBefore(Position end) {
        long deadline = System.nanoTime() + bounds.time().toNanos();
        long step = FIRST_STEP;
        var before = end;
        boolean hasRoom = true;
        while (hasRoom && behind(before) > first && scanned < bounds.scanned() && System.nanoTime() - deadline < 0) {
            long start = Math.max(first, behind(before) - step);
            long scannedBefore = scanned;
            hasRoom = prepend(piece(start, behind(before)), before);
            step = next(step, (scanned - scannedBefore) / (behind(before) - start));
            before = Position.before(start);
        }
        if (!lines.isEmpty()) {
            return StreamPage.of(List.copyOf(lines));
        }
        return new StreamPage(List.of(), behind(before) <= first ? end : before, end);
    }

    /** Offset of the first record of which no line is before a position. */
    private static long behind(Position position) {
        return position.line() > 0 ? position.offset() + 1 : position.offset();
    }

    private List<LogLine> piece(long start, long end) {
        var span = new Span(Position.before(start), end);
        var whole = new Bounds(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE, PATIENCE);
        var merge = new Merge(topic, Map.of(partition, span), wanted, whole);
        var page = merge.read();
        if (!page.isLast()) {
            throw new LogsUnavailableException("log lines did not come within " + PATIENCE, null);
        }
        scanned += merge.scanned();
        return page.lines();
    }

    /** Puts lines in front of the others; false once there is no room for more. */
    private boolean prepend(List<LogLine> piece, Position before) {
        for (var line : piece.reversed()) {
            if (line.at().compareTo(before) < 0) {
                boolean full = lines.size() >= bounds.lines() || size + line.size() > bounds.size();
                if (full && !lines.isEmpty()) {
                    return false;
                }
                lines.addFirst(line);
                size += line.size();
            }
        }
        return true;
    }

    /** How many records to look at next: four times as many, but not more than there is room for. */
    private long next(long step, long bytesEach) {
        return Math.clamp((bounds.scanned() - scanned) / Math.max(1, bytesEach), 1, Math.min(4 * step, LONGEST_STEP));
    }
}
