package io.kappa.router.logs.reading;

import io.kappa.router.logs.index.LogStream;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Which part of each partition can hold the lines that are wanted. */
final class Spans {
    /** A line is written to the topic no later than so long after its time, or is given up; and the clocks of workers differ by less. */
    private static final Duration MOST_DELAY = Duration.ofMinutes(5);

    /**
     * @param streams whose lines are wanted
     * @param from earliest time of a line
     * @param to latest time
     */
    static Map<Integer, Span> of(LogTopic topic, Collection<LogStream> streams, long from, long to) {
        var byPartition = streams.stream().collect(Collectors.groupingBy(LogStream::partition));
        // A record is never older than its lines: what lies before the first record of a time has no line of it.
        var starts = lookUp(topic, byPartition, some -> earliest(some) < from, _ -> from);
        var opens =
                lookUp(topic, byPartition, some -> some.stream().anyMatch(one -> !one.ended()), Spans::writtenUntil);
        long late = to > Long.MAX_VALUE - MOST_DELAY.toMillis() ? Long.MAX_VALUE : to + MOST_DELAY.toMillis();
        var ends = lookUp(topic, byPartition, some -> writtenUntil(some) > late, _ -> late);
        var spans = new HashMap<Integer, Span>();
        byPartition.forEach((partition, some) -> {
            long first = some.stream().mapToLong(LogStream::firstOffset).min().orElseThrow();
            long behind =
                    1 + some.stream().mapToLong(LogStream::lastOffset).max().orElseThrow();
            long end = Math.max(behind, opens.getOrDefault(partition, 0L));
            spans.put(
                    partition,
                    new Span(
                            Position.before(Math.max(first, starts.getOrDefault(partition, 0L))),
                            Math.min(end, ends.getOrDefault(partition, Long.MAX_VALUE))));
        });
        return spans;
    }

    private static long earliest(List<LogStream> streams) {
        return streams.stream().mapToLong(LogStream::firstTime).min().orElseThrow();
    }

    private static long writtenUntil(List<LogStream> streams) {
        return streams.stream().mapToLong(LogStream::writtenUntil).max().orElseThrow();
    }

    /** The offset that belongs to a time, of those partitions of which it is needed. */
    private static Map<Integer, Long> lookUp(
            LogTopic topic,
            Map<Integer, List<LogStream>> byPartition,
            Predicate<List<LogStream>> needed,
            ToLongFunction<List<LogStream>> time) {
        var times = new HashMap<Integer, Long>();
        byPartition.forEach((partition, some) -> {
            if (needed.test(some)) {
                times.put(partition, time.applyAsLong(some));
            }
        });
        return times.isEmpty() ? Map.of() : topic.offsetsAt(times);
    }

    private Spans() {}
}
