package io.kappa.worker.status;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.contracts.worker.WorkerStatus.Environments;
import io.kappa.kit.kafka.KafkaSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes this worker's {@link WorkerStatus}: soon after a change, and every five seconds because an old one does not count. Changes are
 * only noted; whoever calls {@link #tick} regularly decides by that how often a status is written at most.
 */
public final class StatusReporter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusReporter.class);
    private static final RecordCodec<WorkerStatus> CODEC = RecordCodec.of(WorkerStatus.class);

    /** Keeps a status well below the largest record that brokers take by default: the name of a version may be 250 bytes long. */
    static final int MOST_VERSIONS = 2000;

    private final Producer<String, byte[]> producer;
    private final String topic;
    private final Supplier<WorkerStatus> status;
    private final Clock clock;
    private final AtomicBoolean changed = new AtomicBoolean(true);
    private long written;

    public StatusReporter(KafkaSettings kafka, String topic, Supplier<WorkerStatus> status, Clock clock) {
        this(producer(kafka), topic, status, clock);
    }

    StatusReporter(Producer<String, byte[]> producer, String topic, Supplier<WorkerStatus> status, Clock clock) {
        this.producer = producer;
        this.topic = topic;
        this.status = status;
        this.clock = clock;
    }

    private static Producer<String, byte[]> producer(KafkaSettings kafka) {
        var properties = kafka.clientProperties();
        properties.putAll(Map.of(
                "acks", "all",
                "linger.ms", "0",
                "max.block.ms", "2000",
                "request.timeout.ms", "2000",
                // By then there is a newer one to say.
                "delivery.timeout.ms", "5000",
                "buffer.memory", "1048576"));
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    /**
     * As many as a status has room for. Those that provisioned concurrency asks for come first, and then those of which there are most: of
     * what is left out, routers think that the worker has none.
     */
    public static List<Environments> abridged(List<Environments> all) {
        return all.size() <= MOST_VERSIONS
                ? all
                : all.stream()
                        .sorted(Comparator.comparing((Environments of) -> of.problem() == null)
                                .thenComparingInt(of -> -of.provisioned())
                                .thenComparingInt(of -> -of.living()))
                        .limit(MOST_VERSIONS)
                        .toList();
    }

    /** Notes that the status is no longer what was written last. From any thread. */
    public void change() {
        changed.set(true);
    }

    /** Writes the status if it has changed or grows old. */
    public synchronized void tick() {
        long now = clock.millis();
        if (changed.getAndSet(false) || now - written >= WorkerStatus.RENEWED_EVERY_MILLIS) {
            written = now;
            var said = status.get();
            var _ = send(said.worker(), CODEC.encode(said));
        }
    }

    /**
     * Writes the status now, and waits until Kafka has it: whoever reads the topic from then on knows.
     *
     * @return whether it has been acknowledged in that time
     */
    public boolean sayNow(Duration atMost) throws InterruptedException {
        Future<RecordMetadata> sent;
        synchronized (this) {
            changed.set(false);
            written = clock.millis();
            var said = status.get();
            sent = send(said.worker(), CODEC.encode(said));
        }
        try {
            sent.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false; // A failure has been logged.
        }
    }

    private Future<RecordMetadata> send(String worker, byte @Nullable [] value) {
        try {
            return producer.send(new ProducerRecord<>(topic, worker, value), (_, failure) -> {
                if (failure != null) {
                    LOG.atWarn().addKeyValue("topic", topic).setCause(failure).log("status not written");
                    changed.set(true);
                }
            });
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("topic", topic).setCause(e).log("status cannot be written");
            changed.set(true);
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Says that the worker has left. */
    @Override
    public synchronized void close() {
        var _ = send(status.get().worker(), null);
        producer.close(Duration.ofSeconds(5));
    }
}
