package io.kappa.router.logs.reading;

import io.kappa.router.logs.index.LogStream;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lines of log streams, read out of the log topic in bounded parts. Each part says where the next begins, so nothing is kept between them. */
public final class LogLines {
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
        return StreamPage.of(page.lines());
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

    static StreamPage backward(
            LogTopic topic, LogStream stream, Wanted wanted, Optional<Position> until, Bounds bounds) {
        var whole = span(topic, stream, wanted);
        var end =
                until.orElse(Position.before(Math.max(whole.end(), whole.start().offset())));
        return new Rewind(topic, stream.partition(), whole.start().offset(), wanted, bounds).readBefore(end);
    }

    private static Span span(LogTopic topic, LogStream stream, Wanted wanted) {
        var spans = Spans.of(topic, List.of(stream), wanted.from(), wanted.to());
        return spans.getOrDefault(stream.partition(), new Span(Position.before(stream.firstOffset()), 0));
    }
}
