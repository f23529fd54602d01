package io.kappa.worker.metering;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.metering.InvocationUse;
import io.kappa.contracts.metering.UseBatch;
import io.kappa.kit.kafka.KafkaSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ships what invocations have used, and counts it for each function, five times a second, with every acknowledgement that Kafka can give: one
 * record for each function and day, which is less work for Kafka than one for each invocation. No invocation waits for it: up to
 * {@value #MOST_WAITING} records wait for Kafka, and what comes then, or is not taken within two minutes, is counted as lost. A process that
 * is killed loses what waits.
 */
public final class UseRecords implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UseRecords.class);
    private static final RecordCodec<UseBatch> CODEC = RecordCodec.of(UseBatch.class);
    private static final Duration INTERVAL = Duration.ofMillis(200);
    static final int MOST_WAITING = 100_000;

    /** So that a batch, of some hundred bytes for each, fits a record by far. */
    private static final int MOST_IN_A_BATCH = 500;

    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private final Producer<String, byte[]> producer;
    private final String topic;
    private final Counter lost;
    private final FunctionMetrics functions;
    private final Queue<Begun> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unacknowledged = new AtomicInteger();
    private final ScheduledExecutorService shipper;

    /** @param startedMillis when the invocation began, epoch milliseconds */
    private record Begun(InvocationUse use, long startedMillis) {}

    public UseRecords(KafkaSettings kafka, String topic, MeterRegistry metrics) {
        this(
                producer(kafka),
                topic,
                metrics,
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("ships-metering").daemon().factory()));
        var _ = shipper.scheduleWithFixedDelay(
                this::ship, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** @param shipper one thread; where it runs nothing, records are shipped only when {@link #ship} is called */
    UseRecords(
            Producer<String, byte[]> producer, String topic, MeterRegistry metrics, ScheduledExecutorService shipper) {
        this.producer = producer;
        this.topic = topic;
        this.lost = Counter.builder("kappa.worker.metering.lost")
                .description("Invocations of whose use no record could be written")
                .register(metrics);
        this.functions = new FunctionMetrics(metrics);
        this.shipper = shipper;
    }

    private static Producer<String, byte[]> producer(KafkaSettings kafka) {
        var properties = kafka.durableProducerProperties();
        properties.putAll(Map.of("linger.ms", "20", "compression.type", "lz4", "buffer.memory", "33554432"));
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    /**
     * Adds a record. From any thread; never blocks.
     *
     * @param startedMillis when the invocation began, epoch milliseconds
     */
    public void add(InvocationUse use, long startedMillis) {
        if (unacknowledged.incrementAndGet() > MOST_WAITING) {
            lose(1);
            return;
        }
        waiting.add(new Begun(use, startedMillis));
    }

    private void lose(int invocations) {
        unacknowledged.addAndGet(-invocations);
        lost.increment(invocations);
    }

    /** What becomes one record, unless it is too much for one. */
    private record Group(FunctionArn function, long day) {}

    /** Sends what waits. On the shipping thread only. */
    void ship() {
        var groups = new LinkedHashMap<Group, List<Begun>>();
        for (var next = waiting.poll(); next != null; next = waiting.poll()) {
            functions.count(next.use());
            var group = new Group(next.use().version().function(), Math.floorDiv(next.startedMillis(), DAY_MILLIS));
            var batch = groups.computeIfAbsent(group, _ -> new ArrayList<>());
            batch.add(next);
            if (batch.size() == MOST_IN_A_BATCH) {
                send(group.function(), batch);
                groups.remove(group);
            }
        }
        groups.forEach((group, batch) -> send(group.function(), batch));
    }

    private void send(FunctionArn function, List<Begun> batch) {
        int size = batch.size();
        try {
            var value =
                    CODEC.encode(new UseBatch(1, batch.stream().map(Begun::use).toList()));
            var record =
                    new ProducerRecord<>(topic, null, batch.getFirst().startedMillis(), function.toString(), value);
            var _ = producer.send(record, (_, failure) -> {
                if (failure == null) {
                    unacknowledged.addAndGet(-size);
                } else {
                    LOG.atDebug().setCause(failure).log("metering not delivered");
                    lose(size);
                }
            });
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("function", function).setCause(e).log("metering cannot be sent");
            lose(size);
        }
    }

    /** Sends what is left, for five seconds at most. */
    @Override
    public void close() {
        shipper.shutdown();
        try {
            if (shipper.awaitTermination(5, TimeUnit.SECONDS)) {
                ship();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(Duration.ofSeconds(5));
    }
}
