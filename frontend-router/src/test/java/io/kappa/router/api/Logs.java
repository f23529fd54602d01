package io.kappa.router.api;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.log.LogBatch;
import io.kappa.contracts.log.LogStreamRecord;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.router.logs.index.LogStreams;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;

/** CloudWatch Logs as its users reach it, AWS's client, and workers that write what it finds. */
final class Logs implements AutoCloseable {
    private static final VersionArn VERSION =
            VersionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST");

    final CloudWatchLogsClient client;

    private final KafkaProducer<String, byte[]> producer;
    private final String topic;
    private final LogStreams index;
    private final Map<String, LogStreamRecord> told = new ConcurrentHashMap<>();

    Logs(RunningApi api, KafkaSettings kafka) {
        client = CloudWatchLogsClient.builder()
                .endpointOverride(api.uri("/"))
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build();
        producer = new KafkaProducer<>(kafka.clientProperties(), new StringSerializer(), new ByteArraySerializer());
        topic = Topic.FUNCTIONS_LOGS.name(kafka.topicPrefix());
        index = api.logStreams;
    }

    /** Writes one line for each time, which says its time. */
    void write(String group, String stream, long... times) {
        write(
                group,
                stream,
                LongStream.of(times)
                        .mapToObj(time -> new LogBatch.Line(time, "", "line at " + time))
                        .toList());
    }

    /** Writes a batch at the time of its last line, and tells of it as a worker would. */
    void write(String group, String stream, List<LogBatch.Line> lines) {
        var batch = new LogBatch(1, VERSION, group, stream, lines, 0);
        long time = lines.getLast().time();
        try {
            var where = producer.send(new ProducerRecord<>(
                            topic,
                            null,
                            time,
                            stream,
                            RecordCodec.of(LogBatch.class).encode(batch)))
                    .get();
            tell(batch, where.partition(), where.offset(), time);
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void tell(LogBatch batch, int partition, long offset, long time) {
        var before = told.get(batch.logStream());
        var now = new LogStreamRecord(
                1,
                VERSION,
                batch.logGroup(),
                batch.logStream(),
                before == null ? time : before.created(),
                partition,
                before == null ? offset : before.firstOffset(),
                offset,
                before == null ? batch.lines().getFirst().time() : before.firstTime(),
                time,
                time,
                (before == null ? 0 : before.bytes()) + 10,
                false);
        told.put(batch.logStream(), now);
        index.read(batch.logStream(), RecordCodec.of(LogStreamRecord.class).encode(now));
    }

    @Override
    public void close() {
        client.close();
        producer.close();
    }
}
