package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.event.Source;
import io.kappa.kit.kafka.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the cluster how far the shards have committed their reading of reports. */
final class CommittedPositions implements UnreadReports, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommittedPositions.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Admin admin;
    private final String group;
    private final String topic;

    /** @param group of the Kafka Streams application */
    CommittedPositions(KafkaSettings kafka, String group) {
        this.admin = Admin.create(kafka.clientProperties());
        this.group = group;
        this.topic = Source.OUTCOMES.topic().name(kafka.topicPrefix());
    }

    /** Where it cannot be told, nothing is waited for: then some attempts may be made again, which is allowed. */
    @Override
    public long last(int partition) {
        var reports = new TopicPartition(topic, partition);
        try {
            long end = admin.listOffsets(Map.of(reports, OffsetSpec.latest()))
                    .partitionResult(reports)
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .offset();
            var committed = admin.listConsumerGroupOffsets(
                            Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(reports))))
                    .partitionsToOffsetAndMetadata(group)
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .get(reports);
            return committed != null && committed.offset() >= end ? NONE : end - 1;
        } catch (ExecutionException | TimeoutException e) {
            LOG.atWarn().addKeyValue("partition", partition).setCause(e).log("unread reports are not waited for");
            return NONE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NONE;
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
