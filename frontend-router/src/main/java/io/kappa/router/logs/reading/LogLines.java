package io.kappa.router.logs.reading;

import io.kappa.router.logs.index.LogStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lines of log streams, read out of the log topic in bounded parts. Each part says where the next begins, so nothing is kept between them. */
public final class LogLines {
    private static final int FIRST_STEP = 64;
    private static final int LONGEST_STEP = 4096;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final LogReaders readers;

    public LogLines(LogReaders readers) {
        this.readers = readers;
    }

    /** Offset of the first record that each partition of the log topic still holds. */
    public Map<Integer, Long> firstOffsets() throws InterruptedException {
        return readers.read(KafkaLogTopic::firstOffsets);
    }

    /**
     * Lines of several streams, interleaved.
     *
     * @param streams of which there may be some
     * @param from where to go on in partitions that were read before
     */
    public LogPage interleaved(Collection<LogStream> streams, Wanted wanted, Map<Integer, Position> from, Bounds bounds)
            throws InterruptedException {
        return streams.isEmpty()
                ? new LogPage(List.of(), Map.of(), true)
                : readers.read(topic -> interleaved(topic, streams, wanted, from, bounds));
    }

    static LogPage interleaved(
            LogTopic topic, Collection<LogStream> streams, Wanted wanted, Map<Integer, Position> from, Bounds bounds) {
        var spans = new HashMap<Integer, Span>();
        Spans.of(topic, streams, wanted.from(), wanted.to())
                .forEach((partition, span) -> spans.put(partition, span.from(from.get(partition))));
        var page = new Merge(topic, spans, wanted, bounds).read();
        var next = new HashMap<>(from);
        next.putAll(page.next());
        // What was merged by the first lines of records may still be a little out of order.
        var lines = page.lines().stream()
                .sorted(Comparator.comparingLong(LogLine::time))
                .toList();
        return new LogPage(lines, Map.copyOf(next), page.isLast());
    }

    /**
     * Lines of one stream from a position on, or from its first.
     *
     * @param from empty for the first
     */
    public StreamPage forward(LogStream stream, Wanted wanted, Optional<Position> from, Bounds bounds)
            throws InterruptedException {
        return readers.read(topic -> forward(topic, stream, wanted, from, bounds));
    }

    static StreamPage forward(LogTopic topic, LogStream stream, Wanted wanted, Optional<Position> from, Bounds bounds) {
        var whole = span(topic, stream, wanted);
        var span = whole.from(from.orElse(null));
        var start = from.orElse(span.start());
        var page = new Merge(topic, Map.of(stream.partition(), span), wanted, bounds).read();
        if (page.lines().isEmpty()) {
            return new StreamPage(
                    List.of(), start, page.isLast() ? start : page.next().getOrDefault(stream.partition(), start));
        }
        return new StreamPage(
                page.lines(),
                page.lines().getFirst().at(),
                page.lines().getLast().behind());
    }

    /**
     * The last lines of one stream before a position, or of all.
     *
     * @param until empty for all
     */
    public StreamPage backward(LogStream stream, Wanted wanted, Optional<Position> until, Bounds bounds)
            throws InterruptedException {
        return readers.read(topic -> backward(topic, stream, wanted, until, bounds));
    }

    /** Reads growing pieces forward, each before the one that was read last, until there are lines enough. */
    static StreamPage backward(
            LogTopic topic, LogStream stream, Wanted wanted, Optional<Position> until, Bounds bounds) {
        var whole = span(topic, stream, wanted);
        var end =
                until.orElse(Position.before(Math.max(whole.end(), whole.start().offset())));
        var lines = new ArrayDeque<LogLine>();
        long deadline = System.nanoTime() + bounds.time().toNanos();
        long scanned = 0;
        long step = FIRST_STEP;
        int size = 0;
        var before = end;
        while (before.offset() > whole.start().offset() || before.line() > 0) {
            long behind = before.line() > 0 ? before.offset() + 1 : before.offset();
            long start = Math.max(whole.start().offset(), behind - step);
            if (start >= behind) {
                break; // All that was left is gone.
            }
            var piece = piece(topic, stream, wanted, start, behind);
            scanned += piece.scanned();
            for (var line : piece.lines().reversed()) {
                if (line.at().compareTo(before) >= 0) {
                    continue;
                }
                boolean full = lines.size() >= bounds.lines() || size + line.size() > bounds.size();
                if (full && !lines.isEmpty()) {
                    return new StreamPage(
                            List.copyOf(lines),
                            lines.getFirst().at(),
                            lines.getLast().behind());
                }
                lines.addFirst(line);
                size += line.size();
            }
            before = Position.before(start);
            if (scanned >= bounds.scanned() || System.nanoTime() - deadline >= 0) {
                break;
            }
            step = next(step, piece.scanned() / (behind - start), bounds.scanned() - scanned);
        }
        boolean isAll = before.offset() <= whole.start().offset();
        return lines.isEmpty()
                ? new StreamPage(List.of(), isAll ? end : before, end)
                : new StreamPage(
                        List.copyOf(lines),
                        lines.getFirst().at(),
                        lines.getLast().behind());
    }

    /** How many records to look at next: four times as many, but not more than there is room for. */
    private static long next(long step, long bytesEach, long room) {
        return Math.clamp(room / Math.max(1, bytesEach), 1, Math.min(4 * step, LONGEST_STEP));
    }

    /** @param lines in the order of the topic, and all of them */
    private record Piece(List<LogLine> lines, long scanned) {}

    private static Piece piece(LogTopic topic, LogStream stream, Wanted wanted, long start, long end) {
        var merge = new Merge(
                topic,
                Map.of(stream.partition(), new Span(Position.before(start), end)),
                wanted,
                new Bounds(Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE, PATIENCE));
        var page = merge.read();
        if (!page.isLast()) {
            throw new LogsUnavailableException("log lines did not come within " + PATIENCE, null);
        }
        return new Piece(page.lines(), merge.scanned());
    }

    private static Span span(LogTopic topic, LogStream stream, Wanted wanted) {
        var spans = Spans.of(topic, List.of(stream), wanted.from(), wanted.to());
        return spans.getOrDefault(stream.partition(), new Span(Position.before(stream.firstOffset()), 0));
    }
}
