package io.kappa.worker.log;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.log.LogBatch;
import io.kappa.kit.kafka.KafkaSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ships the lines of all environments of this machine to the log topic, as one batch per environment every 200 ms or 256 KB.
 *
 * <p>Logs are the one thing here that may be lost: a function must not wait for them. Each environment may have 1 MB on its way and all
 * together 64 MB; beyond that lines are dropped, counted, and the next batch says how many. One thread encodes and sends, and is alone in
 * waiting for Kafka. One request at a time keeps the batches of an environment in order across retries.
 */
public final class FunctionLogs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FunctionLogs.class);
    private static final RecordCodec<LogBatch> CODEC = RecordCodec.of(LogBatch.class);
    private static final Duration FLUSH_INTERVAL = Duration.ofMillis(200);
    private static final long MOST_PENDING_BYTES = 64L * 1024 * 1024;

    private final Producer<String, byte[]> producer;
    private final String topic;
    private final Counter dropped;
    private final Queue<LineBuffer> due = new ConcurrentLinkedQueue<>();
    private final AtomicLong pendingBytes = new AtomicLong();
    private final AtomicBoolean flushAsked = new AtomicBoolean();
    private final ScheduledExecutorService shipper;

    public FunctionLogs(KafkaSettings kafka, String topic, MeterRegistry metrics) {
        this(
                producer(kafka),
                topic,
                metrics,
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("ships-function-logs").daemon().factory()));
        var _ = shipper.scheduleWithFixedDelay(
                this::flush, FLUSH_INTERVAL.toMillis(), FLUSH_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** @param shipper one thread; where it runs nothing any more, lines are shipped only when {@link #flush} is called */
    FunctionLogs(
            Producer<String, byte[]> producer, String topic, MeterRegistry metrics, ScheduledExecutorService shipper) {
        this.producer = producer;
        this.topic = topic;
        this.dropped = Counter.builder("kappa.worker.log.lines.dropped")
                .description("Log lines left out because they came faster than Kafka took them")
                .register(metrics);
        this.shipper = shipper;
    }

    private static Producer<String, byte[]> producer(KafkaSettings kafka) {
        var properties = kafka.clientProperties();
        properties.putAll(Map.of(
                "acks", "1",
                "enable.idempotence", "false",
                "max.in.flight.requests.per.connection", "1",
                "linger.ms", "20",
                "compression.type", "lz4",
                "buffer.memory", "16777216",
                "max.request.size", "2097152",
                "max.block.ms", "1000"));
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    /**
     * The log of one environment.
     *
     * @param logStream the environment's for its whole life; also the records' key, so that its lines stay in order
     */
    public EnvironmentLog open(VersionArn version, String logGroup, String logStream) {
        return new LineBuffer(this, version, logGroup, logStream);
    }

    /** Sends what is buffered. On the shipping thread only. */
    void flush() {
        flushAsked.set(false);
        for (var buffer = due.poll(); buffer != null; buffer = due.poll()) {
            for (var batch : buffer.take()) {
                send(buffer, batch);
            }
        }
    }

    private void send(LineBuffer buffer, LogBatch batch) {
        long lines = batch.lines().size();
        try {
            var record = new ProducerRecord<>(topic, batch.logStream(), CODEC.encode(batch));
            var _ = producer.send(record, (_, failure) -> {
                if (failure != null) {
                    LOG.atDebug().setCause(failure).log("log batch not delivered");
                    lost(buffer, batch, lines);
                }
            });
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("logStream", batch.logStream()).setCause(e).log("log batch cannot be sent");
            lost(buffer, batch, lines);
        }
    }

    private void lost(LineBuffer buffer, LogBatch batch, long lines) {
        dropped.increment((double) lines);
        buffer.lost(lines + batch.dropped());
    }

    /** Notes that a buffer has lines to be fetched by the next flush. */
    void due(LineBuffer buffer) {
        due.add(buffer);
    }

    /** Does not wait for the next flush, because a whole batch is there. */
    void flushSoon() {
        if (flushAsked.compareAndSet(false, true) && !shipper.isShutdown()) {
            shipper.execute(this::flush);
        }
    }

    /** Takes room for so many bytes, if there is any. */
    boolean reserve(long bytes) {
        if (pendingBytes.addAndGet(bytes) <= MOST_PENDING_BYTES) {
            return true;
        }
        pendingBytes.addAndGet(-bytes);
        return false;
    }

    void release(long bytes) {
        pendingBytes.addAndGet(-bytes);
    }

    void countDropped() {
        dropped.increment();
    }

    /** Sends what is left, for five seconds at most. */
    @Override
    public void close() {
        shipper.shutdown();
        try {
            if (shipper.awaitTermination(5, TimeUnit.SECONDS)) {
                flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(5));
    }
}
