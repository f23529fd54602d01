package io.kappa.router.logs.index;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.log.LogStreamRecord;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every log stream of which there are lines, as workers tell of them: a few hundred bytes each, and none of the lines. Past a number of
 * streams those are forgotten whose last line is the oldest. Read by any thread, written by one at a time.
 */
public final class LogStreams {
    private static final Logger LOG = LoggerFactory.getLogger(LogStreams.class);
    private static final RecordCodec<LogStreamRecord> CODEC = RecordCodec.of(LogStreamRecord.class);

    /** Of those that are kept at most, one in so many is forgotten at once, so that it is not looked for at each that comes. */
    private static final int FORGOTTEN_SHARE = 10;

    private final int most;
    private final ConcurrentSkipListMap<String, NavigableMap<String, LogStream>> groups = new ConcurrentSkipListMap<>();
    private int count;
    private long forgotten;

    /** @param most streams that are kept */
    public LogStreams(int most) {
        this.most = most;
    }

    /** Takes in a record of the topic of log streams. One that is none is passed over: it would hide the others. */
    public synchronized void read(String key, byte @Nullable [] value) {
        if (value == null) {
            return;
        }
        try {
            apply(CODEC.decode(value));
        } catch (UncheckedIOException e) {
            LOG.atWarn().addKeyValue("logStream", key).setCause(e).log("a record of a log stream is not readable");
        }
    }

    private void apply(LogStreamRecord record) {
        var streams = groups.computeIfAbsent(record.logGroup(), _ -> new ConcurrentSkipListMap<>());
        var group = Objects.requireNonNull(groups.ceilingKey(record.logGroup())); // One text for all its streams.
        var known = streams.put(record.logStream(), LogStream.of(record, group));
        if (known == null && ++count > most) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        all().sorted(Comparator.comparingLong(LogStream::lastWritten))
                .limit(Math.max(1, most / FORGOTTEN_SHARE))
                .toList()
                .forEach(stream -> {
                    remove(stream);
                    forgotten++;
                });
    }

    /**
     * Drops streams all of whose lines are gone, and forgets where others began.
     *
     * @param firstOffsets of what the log topic still holds, by partition
     */
    public synchronized void trim(Map<Integer, Long> firstOffsets) {
        for (var stream : all().toList()) {
            long first = firstOffsets.getOrDefault(stream.partition(), 0L);
            if (stream.lastOffset() < first) {
                remove(stream);
            } else if (stream.firstOffset() < first) {
                Objects.requireNonNull(groups.get(stream.group())).put(stream.name(), stream.from(first));
            }
        }
    }

    private void remove(LogStream stream) {
        var streams = groups.get(stream.group());
        if (streams != null && streams.remove(stream.name()) != null) {
            count--;
            if (streams.isEmpty()) {
                groups.remove(stream.group());
            }
        }
    }

    private Stream<LogStream> all() {
        return groups.values().stream().map(NavigableMap::values).flatMap(Collection::stream);
    }

    public synchronized int count() {
        return count;
    }

    /** How many streams were forgotten because there were too many. */
    public synchronized long forgotten() {
        return forgotten;
    }

    /** Groups in the order of their names, from the first that comes after a name. */
    public Stream<LogGroup> groupsAfter(String name) {
        return groups.tailMap(name, false).entrySet().stream()
                .map(group -> group(group.getKey(), group.getValue().values()))
                .flatMap(Optional::stream);
    }

    private static Optional<LogGroup> group(String name, Collection<LogStream> streams) {
        return streams.stream()
                .map(stream -> new LogGroup(name, stream.created(), stream.bytes()))
                .reduce((one, other) ->
                        new LogGroup(name, Math.min(one.created(), other.created()), one.bytes() + other.bytes()));
    }

    public boolean hasGroup(String name) {
        return groups.containsKey(name);
    }

    /** Streams of a group in the order of their names; none where there is no such group. */
    public Stream<LogStream> streams(String group) {
        var streams = groups.get(group);
        return streams == null ? Stream.empty() : streams.values().stream();
    }

    public Optional<LogStream> stream(String group, String name) {
        var streams = groups.get(group);
        return streams == null ? Optional.empty() : Optional.ofNullable(streams.get(name));
    }
}
