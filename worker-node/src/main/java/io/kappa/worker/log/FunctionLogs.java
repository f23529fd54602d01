package io.kappa.worker.log;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.log.LogBatch;
import io.kappa.contracts.log.LogStreamRecord;
import io.kappa.kit.kafka.KafkaSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ships the lines of all environments of this machine to the log topic, as one batch per environment every 200 ms or 256 KB, and tells in a
 * topic beside it where the lines of each came to lie, so that they are found again.
 *
 * <p>Logs are the one thing here that may be lost: a function must not wait for them. Each environment may have 1 MB on its way and all
 * together 64 MB; beyond that lines are dropped, counted, and the next batch says how many. One thread encodes and sends, and is alone in
 * waiting for Kafka. One request at a time keeps the batches of an environment in order across retries.
 */
public final class FunctionLogs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FunctionLogs.class);
    private static final RecordCodec<LogBatch> CODEC = RecordCodec.of(LogBatch.class);
    private static final RecordCodec<LogStreamRecord> STREAMS = RecordCodec.of(LogStreamRecord.class);
    private static final Duration FLUSH_INTERVAL = Duration.ofMillis(200);
    private static final long MOST_PENDING_BYTES = 64L * 1024 * 1024;
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

    private final Producer<String, byte[]> producer;
    private final String topic;
    private final String streamsTopic;
    private final Clock clock;
    private final Counter dropped;
    private final Queue<LineBuffer> due = new ConcurrentLinkedQueue<>();
    private final Set<StreamProgress> untold = ConcurrentHashMap.newKeySet();
    private final AtomicLong unacknowledged = new AtomicLong();
    private final AtomicLong pendingBytes = new AtomicLong();
    private final AtomicBoolean flushAsked = new AtomicBoolean();
    private final ScheduledExecutorService shipper;

    /**
     * @param topic of the lines
     * @param streamsTopic of where they lie
     */
    public FunctionLogs(KafkaSettings kafka, String topic, String streamsTopic, Clock clock, MeterRegistry metrics) {
        this(
                producer(kafka),
                topic,
                streamsTopic,
                clock,
                metrics,
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("ships-function-logs").daemon().factory()));
        var _ = shipper.scheduleWithFixedDelay(
                this::flush, FLUSH_INTERVAL.toMillis(), FLUSH_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** @param shipper one thread; where it runs nothing any more, lines are shipped only when {@link #flush} is called */
    FunctionLogs(
            Producer<String, byte[]> producer,
            String topic,
            String streamsTopic,
            Clock clock,
            MeterRegistry metrics,
            ScheduledExecutorService shipper) {
        this.producer = producer;
        this.topic = topic;
        this.streamsTopic = streamsTopic;
        this.clock = clock;
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

    /** Sends what is buffered, and tells where what was sent has arrived. On the shipping thread only. */
    void flush() {
        flushAsked.set(false);
        for (var buffer = due.poll(); buffer != null; buffer = due.poll()) {
            for (var batch : buffer.take()) {
                send(buffer, batch);
            }
            if (buffer.isOver()) {
                buffer.progress().end();
                untold.add(buffer.progress());
            }
        }
        tell(false);
    }

    private void send(LineBuffer buffer, LogBatch batch) {
        buffer.progress().sent();
        unacknowledged.incrementAndGet();
        try {
            var record = new ProducerRecord<>(topic, batch.logStream(), CODEC.encode(batch));
            var _ = producer.send(record, (metadata, failure) -> {
                if (failure == null) {
                    arrived(buffer, batch, metadata);
                } else {
                    LOG.atDebug().setCause(failure).log("log batch not delivered");
                    lost(buffer, batch);
                }
            });
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("logStream", batch.logStream()).setCause(e).log("log batch cannot be sent");
            lost(buffer, batch);
        }
    }

    private void arrived(LineBuffer buffer, LogBatch batch, RecordMetadata where) {
        long bytes = batch.lines().stream()
                .map(LogBatch.Line::message)
                .mapToLong(text -> StreamProgress.EVENT_OVERHEAD + LineBuffer.utf8Length(text, 0, text.length()))
                .sum();
        buffer.progress().delivered(batch, bytes, where.partition(), where.offset(), where.timestamp());
        untold.add(buffer.progress());
        unacknowledged.decrementAndGet();
    }

    private void lost(LineBuffer buffer, LogBatch batch) {
        long lines = batch.lines().size();
        dropped.increment((double) lines);
        buffer.lost(lines + batch.dropped());
        buffer.progress().lost();
        unacknowledged.decrementAndGet();
    }

    /** @param atOnce whether there is no later */
    private void tell(boolean atOnce) {
        long now = clock.millis();
        for (var progress : List.copyOf(untold)) {
            untold.remove(progress); // First, because more may arrive meanwhile.
            progress.tell(now, atOnce).ifPresent(stream -> tell(progress, stream));
            if (progress.hasNews()) {
                untold.add(progress);
            }
        }
    }

    private void tell(StreamProgress progress, LogStreamRecord stream) {
        try {
            var record = new ProducerRecord<>(streamsTopic, stream.logStream(), STREAMS.encode(stream));
            var _ = producer.send(record, (_, failure) -> {
                if (failure != null) {
                    LOG.atDebug().setCause(failure).log("place of a log stream not delivered");
                    tellAgain(progress);
                }
            });
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("logStream", stream.logStream())
                    .setCause(e)
                    .log("place of a log stream cannot be sent");
            tellAgain(progress);
        }
    }

    private void tellAgain(StreamProgress progress) {
        progress.untold();
        untold.add(progress);
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

    /** Sends what is left, for a few seconds at most. */
    @Override
    public void close() {
        shipper.shutdown();
        try {
            if (shipper.awaitTermination(5, TimeUnit.SECONDS)) {
                flush();
                awaitArrival();
                tell(true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(5));
    }

    private void awaitArrival() {
        long deadline = System.nanoTime() + LAST_WORDS.toNanos();
        while (unacknowledged.get() > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }
}
