package io.kappa.router.logs.reading;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.log.LogBatch;
import io.kappa.contracts.log.LogStreamRecord;
import io.kappa.router.logs.index.LogStream;
import io.kappa.router.logs.index.LogStreams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A log topic in memory. Hands out a few records at a time, as Kafka may. */
final class FakeLogTopic implements LogTopic {
    static final String GROUP = "/aws/lambda/greet";

    private static final VersionArn VERSION =
            VersionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet:$LATEST");
    private static final RecordCodec<LogBatch> CODEC = RecordCodec.of(LogBatch.class);

    private final Map<Integer, List<ConsumerRecord<String, byte[]>>> partitions = new TreeMap<>();
    private final Map<Integer, Integer> positions = new HashMap<>();
    private final int atATime;
    int handedOut;
    boolean silent;

    FakeLogTopic(int atATime) {
        this.atATime = atATime;
    }

    /** Writes one batch, at the time of its last line. The message of each line is its time. */
    void write(int partition, String stream, long... times) {
        write(
                partition,
                stream,
                times[times.length - 1],
                LongStream.of(times)
                        .mapToObj(time -> new LogBatch.Line(time, "", Long.toString(time)))
                        .toList());
    }

    void write(int partition, String stream, long written, List<LogBatch.Line> lines) {
        add(partition, stream, written, CODEC.encode(new LogBatch(1, VERSION, GROUP, stream, lines, 0)));
    }

    void add(int partition, String stream, long written, byte[] value) {
        var records = partitions.computeIfAbsent(partition, _ -> new ArrayList<>());
        records.add(new ConsumerRecord<>(
                "logs",
                partition,
                records.size(),
                written,
                TimestampType.CREATE_TIME,
                stream.length(),
                value.length,
                stream,
                value,
                new RecordHeaders(),
                Optional.empty()));
    }

    /** The stream as the index knows it once all has been told. */
    LogStream stream(String name, boolean ended) {
        var index = new LogStreams(10);
        partitions.forEach((partition, records) -> {
            var own =
                    records.stream().filter(record -> record.key().equals(name)).toList();
            if (!own.isEmpty()) {
                var times = own.stream()
                        .flatMap(record -> CODEC.decode(record.value()).lines().stream())
                        .mapToLong(LogBatch.Line::time)
                        .summaryStatistics();
                index.read(
                        name,
                        RecordCodec.of(LogStreamRecord.class)
                                .encode(new LogStreamRecord(
                                        1,
                                        VERSION,
                                        GROUP,
                                        name,
                                        own.getFirst().timestamp(),
                                        partition,
                                        own.getFirst().offset(),
                                        own.getLast().offset(),
                                        times.getMin(),
                                        times.getMax(),
                                        own.getLast().timestamp(),
                                        0,
                                        ended)));
            }
        });
        return index.stream(GROUP, name).orElseThrow();
    }

    @Override
    public Map<Integer, Long> offsetsAt(Map<Integer, Long> times) {
        var found = new HashMap<Integer, Long>();
        times.forEach((partition, time) -> {
            var records = partitions.getOrDefault(partition, List.of());
            found.put(
                    partition,
                    records.stream()
                            .filter(record -> record.timestamp() >= time)
                            .mapToLong(ConsumerRecord::offset)
                            .findFirst()
                            .orElse(records.size()));
        });
        return found;
    }

    @Override
    public void open(Map<Integer, Long> starts) {
        positions.clear();
        starts.forEach((partition, offset) -> positions.put(partition, offset.intValue()));
    }

    @Override
    public List<ConsumerRecord<String, byte[]>> next(Collection<Integer> asked, Duration patience) {
        var next = new ArrayList<ConsumerRecord<String, byte[]>>();
        if (silent) {
            return next;
        }
        for (var partition : asked) {
            var records = partitions.getOrDefault(partition, List.of());
            int from = Math.min(positions.getOrDefault(partition, 0), records.size());
            var some = records.subList(from, Math.min(from + atATime, records.size()));
            positions.put(partition, from + some.size());
            next.addAll(some);
        }
        handedOut += next.size();
        return next;
    }

    @Override
    public long position(int partition) {
        return positions.getOrDefault(partition, 0);
    }

    @Override
    public boolean isAtEnd(int partition) {
        return !silent
                && position(partition)
                        >= partitions.getOrDefault(partition, List.of()).size();
    }

    /** Everything, in the order in which it was written, by partition. */
    List<String> messages(String... streams) {
        return partitions.values().stream()
                .flatMap(List::stream)
                .filter(record -> Arrays.asList(streams).contains(record.key()))
                .flatMap(record -> CODEC.decode(record.value()).lines().stream())
                .map(LogBatch.Line::message)
                .toList();
    }
}
