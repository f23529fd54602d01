package io.kappa.worker.snapshot;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.contracts.worker.SnapshotReport;
import io.kappa.kit.kafka.KafkaSettings;
import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the registry what came of snapshots. A report that is lost is made again, as long as the registry shows that it is wanted. */
public final class SnapshotReports implements SnapshotKeeper.Registry, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotReports.class);
    private static final RecordCodec<SnapshotReport> CODEC = RecordCodec.of(SnapshotReport.class);

    private final String topic;
    private final KafkaProducer<String, byte[]> producer;

    public SnapshotReports(KafkaSettings kafka) {
        topic = Topic.SNAPSHOTS_REPORTS.name(kafka.topicPrefix());
        var properties = kafka.durableProducerProperties();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        producer = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public void report(SnapshotReport report) {
        var account = report.version().function().account();
        var _ = producer.send(new ProducerRecord<>(topic, account, CODEC.encode(report)), (_, failure) -> {
            if (failure != null) {
                LOG.atWarn()
                        .addKeyValue("function", report.version())
                        .setCause(failure)
                        .log("a report could not be written and will be");
            }
        });
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
