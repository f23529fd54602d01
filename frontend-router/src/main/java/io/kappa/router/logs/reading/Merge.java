package io.kappa.router.logs.reading;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads several partitions forward at once, and takes from each time the one whose next line is the earliest. Lines of one stream stay in
 * their order; of several, as far as the clocks of workers agree and for the little that lines wait to be sent together.
 */
final class Merge {
    private final LogTopic topic;
    private final List<Lane> lanes;
    private final Wanted wanted;
    private final Bounds bounds;
    private final List<LogLine> lines = new ArrayList<>();
    private long scanned;
    private int size;

    /** @param spans to read, by partition */
    Merge(LogTopic topic, Map<Integer, Span> spans, Wanted wanted, Bounds bounds) {
        this.topic = topic;
        this.wanted = wanted;
        this.bounds = bounds;
        this.lanes = spans.entrySet().stream()
                .filter(span -> !span.getValue().isEmpty())
                .map(span -> new Lane(span.getKey(), span.getValue(), wanted.stream()))
                .toList();
    }

    /** @throws LogsUnavailableException where the topic yields nothing, although there is more of it */
    LogPage read() {
        if (lanes.isEmpty()) {
            return new LogPage(List.of(), Map.of(), true);
        }
        topic.open(lanes.stream().collect(Collectors.toMap(Lane::partition, Lane::start)));
        boolean isLast = readOn();
        if (!isLast && lanes.stream().noneMatch(Lane::hasMoved)) {
            throw new LogsUnavailableException("no log lines came within " + bounds.time(), null);
        }
        var next = lanes.stream().collect(Collectors.toMap(Lane::partition, Lane::next));
        return new LogPage(List.copyOf(lines), next, isLast);
    }

    /** Bytes of all records that came. */
    long scanned() {
        return scanned;
    }

    /** Whether everything has been read. */
    private boolean readOn() {
        long deadline = System.nanoTime() + bounds.time().toNanos();
        while (true) {
            var dry = lanes.stream().filter(Lane::isDry).toList();
            if (!dry.isEmpty()) {
                long left = deadline - System.nanoTime();
                if (scanned >= bounds.scanned() || left <= 0) {
                    return false;
                }
                feed(dry, Duration.ofNanos(left));
                continue;
            }
            var lane = lanes.stream()
                    .filter(one -> one.head() != null)
                    .min(Comparator.comparingLong(one -> head(one).time()));
            if (lane.isEmpty()) {
                return true;
            }
            if (!take(lane.get())) {
                return false;
            }
        }
    }

    private void feed(List<Lane> dry, Duration patience) {
        var byPartition = dry.stream().collect(Collectors.toMap(Lane::partition, Function.identity()));
        for (var record : topic.next(byPartition.keySet(), patience)) {
            var lane = byPartition.get(record.partition());
            if (lane != null) {
                lane.offer(record);
                scanned += record.value().length;
            }
        }
        dry.forEach(lane -> lane.fetchedUpTo(topic.position(lane.partition()), topic.isAtEnd(lane.partition())));
    }

    /** Takes a lane's first line; false where the answer has no room for it. */
    private boolean take(Lane lane) {
        var line = head(lane);
        if (wanted.accepts(line.time(), line.message())) {
            boolean full = lines.size() >= bounds.lines() || size + line.size() > bounds.size();
            if (full && !lines.isEmpty()) {
                return false;
            }
            lines.add(line);
            size += line.size();
        }
        lane.take();
        return true;
    }

    private static LogLine head(Lane lane) {
        return Objects.requireNonNull(lane.head(), "a lane that is not dry");
    }
}
