package io.kappa.asyncqueue.attempt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.asyncqueue.event.Report;
import io.kappa.asyncqueue.event.Source;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.RecordHeaders;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what attempts and deliveries came to. Any thread may report; each waits until its report is kept. */
public final class Reports implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reports.class);
    private static final Duration BEFORE_NEXT_TRY = Duration.ofSeconds(1);
    private static final int LONGEST_REQUEST = 4 * 1024 * 1024;
    private static final byte[] NOTHING = {};

    private final RecordCodec<Report> codec = RecordCodec.of(Report.class);
    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private volatile boolean closing;

    public Reports(KafkaSettings kafka) {
        topic = Source.OUTCOMES.topic().name(kafka.topicPrefix());
        var properties = kafka.durableProducerProperties();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(LONGEST_REQUEST));
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Writes a report, however long it takes: a shard counts the attempt as running until it reads it. Given up only where this process
     * ends, and then the attempt is made again by whoever takes over the shard.
     *
     * @param partition of the shard
     * @param response of the function, or empty
     */
    public void write(Report report, int partition, byte[] response) throws InterruptedException {
        var record = new ProducerRecord<>(
                topic,
                partition,
                report.requestId().toString().getBytes(UTF_8),
                response.length == 0 ? NOTHING : response,
                RecordHeaders.of(Map.of(Report.HEADER, codec.encode(report))));
        while (!closing) {
            try {
                producer.send(record).get();
                return;
            } catch (ExecutionException | KafkaException e) {
                if (closing) {
                    return;
                }
                LOG.atWarn()
                        .addKeyValue("requestId", report.requestId())
                        .setCause(e)
                        .log("a report could not be written and is tried again");
                Thread.sleep(BEFORE_NEXT_TRY);
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        producer.close(Duration.ofSeconds(5));
    }
}
