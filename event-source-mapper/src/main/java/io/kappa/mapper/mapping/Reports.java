package io.kappa.mapper.mapping;

import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the registry how mappings are doing. */
final class Reports implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

    private final String topic;
    private final RecordCodec<MappingReport> codec = RecordCodec.of(MappingReport.class);
    private final KafkaProducer<String, byte[]> producer;

    Reports(KafkaSettings kafka) {
        topic = Topic.MAPPINGS_REPORTS.name(kafka.topicPrefix());
        var properties = kafka.durableProducerProperties();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        producer = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    /** @param otherwise run where the report could not be written */
    void write(MappingReport report, Runnable otherwise) {
        var record = new ProducerRecord<>(topic, report.mapping().account(), codec.encode(report));
        var _ = producer.send(record, (_, failure) -> {
            if (failure != null) {
                LOG.atWarn()
                        .addKeyValue("mappingId", report.mapping().uuid())
                        .setCause(failure)
                        .log("a report could not be written and will be");
                otherwise.run();
            }
        });
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
