package io.kappa.worker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.log.LogBatch;
import io.kappa.contracts.log.LogStreamRecord;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.testkit.KafkaInThisJvm;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FunctionLogsIT {
    private static final RecordCodec<LogBatch> CODEC = RecordCodec.of(LogBatch.class);
    private static final RecordCodec<LogStreamRecord> STREAMS = RecordCodec.of(LogStreamRecord.class);

    @Test
    void deliversTheLinesOfEachEnvironmentInOrderAndTellsWhereTheyLie() throws Exception {
        var kafka = KafkaInThisJvm.kafka();
        var topic = Topic.FUNCTIONS_LOGS.name(kafka.topicPrefix());
        var streamsTopic = Topic.FUNCTIONS_LOG_STREAMS.name(kafka.topicPrefix());
        PlatformTopics.ensure(kafka, Topic.FUNCTIONS_LOGS, Topic.FUNCTIONS_LOG_STREAMS);
        var version = VersionArn.parse("arn:aws:lambda:us-east-1:123456789012:function:hello:$LATEST");
        var arrived = new ArrayList<List<Long>>();
        var outstanding = new CountDownLatch(3 * 1000);
        var places = new ConcurrentHashMap<String, LogStreamRecord>();
        var ended = new CountDownLatch(3);
        var written = new ConcurrentHashMap<String, List<Long>>();
        IntStream.range(0, 3).forEach(_ -> arrived.add(new ArrayList<>()));

        try (var logs = new FunctionLogs(kafka, topic, streamsTopic, Clock.systemUTC(), new SimpleMeterRegistry());
                var _ = new TopicReader(kafka, topic, record -> {
                    var batch = CODEC.decode(record.value());
                    written.computeIfAbsent(batch.logStream(), _ -> new CopyOnWriteArrayList<>())
                            .addAll(List.of((long) record.partition(), record.offset()));
                    for (var line : batch.lines()) {
                        arrived.get(Integer.parseInt(batch.logStream())).add(line.time());
                        outstanding.countDown();
                    }
                });
                var _ = new TopicReader(kafka, streamsTopic, record -> {
                    var stream = STREAMS.decode(record.value());
                    places.put(record.key(), stream);
                    if (stream.ended()) {
                        ended.countDown();
                    }
                })) {
            for (int environment = 0; environment < 3; environment++) {
                var log = logs.open(version, "/aws/lambda/hello", Integer.toString(environment));
                for (int i = 0; i < 1000; i++) {
                    log.line(i, "request", "line " + i);
                }
                log.close();
            }
            assertThat(outstanding.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(arrived)
                .allSatisfy(times -> assertThat(times)
                        .containsExactlyElementsOf(
                                IntStream.range(0, 1000).mapToObj(Long::valueOf).toList()));
        assertThat(places).hasSize(3).allSatisfy((name, stream) -> {
            var offsets = written.getOrDefault(name, List.of());
            assertThat(stream.partition()).isEqualTo(offsets.getFirst().intValue());
            assertThat(stream.firstOffset()).isEqualTo(offsets.get(1));
            assertThat(stream.lastOffset()).isEqualTo(offsets.getLast());
            assertThat(stream.firstTime()).isZero();
            assertThat(stream.lastTime()).isEqualTo(999);
        });
    }
}
