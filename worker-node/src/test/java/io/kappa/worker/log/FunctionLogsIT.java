package io.kappa.worker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.log.LogBatch;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.testkit.KafkaInThisJvm;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FunctionLogsIT {
    private static final RecordCodec<LogBatch> CODEC = RecordCodec.of(LogBatch.class);

    @Test
    void deliversTheLinesOfEachEnvironmentInOrder() throws Exception {
        var kafka = KafkaInThisJvm.kafka();
        var topic = Topic.FUNCTIONS_LOGS.name(kafka.topicPrefix());
        PlatformTopics.ensure(kafka, Topic.FUNCTIONS_LOGS);
        var version = VersionArn.parse("arn:aws:lambda:us-east-1:123456789012:function:hello:$LATEST");
        var arrived = new ArrayList<List<Long>>();
        var outstanding = new CountDownLatch(3 * 1000);
        IntStream.range(0, 3).forEach(_ -> arrived.add(new ArrayList<>()));

        try (var logs = new FunctionLogs(kafka, topic, new SimpleMeterRegistry());
                var _ = new TopicReader(kafka, topic, record -> {
                    var batch = CODEC.decode(record.value());
                    for (var line : batch.lines()) {
                        arrived.get(Integer.parseInt(batch.logStream())).add(line.time());
                        outstanding.countDown();
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
        }
        assertThat(arrived)
                .allSatisfy(times -> assertThat(times)
                        .containsExactlyElementsOf(
                                IntStream.range(0, 1000).mapToObj(Long::valueOf).toList()));
    }
}
