package io.kappa.router.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.RecordHeaders;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue as {@code invocations.queued}: one record for each event, acknowledged by all in-sync replicas.
 *
 * <p>Kafka's producer blocks in two places, and events come from event loops, which must not wait. It waits for a topic's metadata, so
 * these are fetched before the first event and never dropped; and it waits for room in its buffer, so it is told to wait for no time and
 * the event is refused instead. While no broker at all can be reached, the producer forgets what it knows of the topic until one can, and
 * events are refused at once.
 */
public final class KafkaEventQueue implements EventQueue, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaEventQueue.class);

    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
    private static final Duration LONGEST_REQUEST = Duration.ofSeconds(5);

    /** Longer than any process runs. Not the longest there is, which would overflow when the time of day is added. */
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final Duration timeout;
    private final Clock clock;

    KafkaEventQueue(Producer<byte[], byte[]> producer, String topic, Duration timeout, Clock clock) {
        this.producer = producer;
        this.topic = topic;
        this.timeout = timeout;
        this.clock = clock;
    }

    /**
     * Connects. Returns once events can be added.
     *
     * @throws IllegalStateException where the topic does not come to be known
     */
    public static KafkaEventQueue start(KafkaSettings kafka, EventQueueSettings settings, Clock clock) {
        var queue = new KafkaEventQueue(
                new KafkaProducer<>(properties(kafka, settings), new ByteArraySerializer(), new ByteArraySerializer()),
                Topic.INVOCATIONS_QUEUED.name(kafka.topicPrefix()),
                settings.timeout(),
                clock);
        try {
            queue.awaitTopic();
            return queue;
        } catch (RuntimeException e) {
            queue.close();
            throw e;
        }
    }

    private static Map<String, Object> properties(KafkaSettings kafka, EventQueueSettings settings) {
        var properties = kafka.durableProducerProperties();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0"); // Somebody waits for each event to be accepted.
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "0");
        properties.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Long.toString(FOR_EVER.toMillis()));
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(2 * QueuedEvent.LONGEST_PAYLOAD));
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(settings.bufferMegabytes() * 1024L * 1024L));
        properties.put(
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                Long.toString(Math.min(settings.timeout().toMillis(), LONGEST_REQUEST.toMillis())));
        properties.put(
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                Long.toString(settings.timeout().toMillis()));
        return properties;
    }

    /** Asks for the topic's metadata until they are there: asking starts to fetch them, and does not wait. */
    private void awaitTopic() {
        long deadline = System.nanoTime() + KNOWN_WITHIN.toNanos();
        while (true) {
            try {
                var _ = producer.partitionsFor(topic);
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("topic " + topic + " does not come to be known", e);
                }
                LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            }
        }
    }

    @Override
    public CompletionStage<Void> add(RequestId requestId, QueuedEvent event, byte[] payload) {
        var added = new CompletableFuture<Void>();
        var record = new ProducerRecord<>(
                topic,
                null,
                clock.millis(),
                requestId.toString().getBytes(UTF_8),
                payload,
                RecordHeaders.of(event.headers()));
        var caller = Thread.currentThread();
        try {
            var _ = producer.send(record, (_, failure) -> {
                if (failure == null) {
                    added.complete(null);
                } else {
                    // What was never sent is reported before sending returns; all else on the producer's own thread.
                    boolean sent = !Thread.currentThread().equals(caller);
                    added.completeExceptionally(refused(requestId, event, failure, sent));
                }
            });
        } catch (RuntimeException e) { // A closed producer; what else goes wrong goes to the callback.
            added.completeExceptionally(refused(requestId, event, e, false));
        }
        return added;
    }

    private static LambdaApiException refused(RequestId requestId, QueuedEvent event, Exception failure, boolean sent) {
        LOG.atWarn()
                .addKeyValue("requestId", requestId)
                .addKeyValue("function", event.target().function())
                .addKeyValue("cause", failure.toString())
                .log("event not accepted");
        return new LambdaApiException(ErrorCode.SERVICE_UNAVAILABLE, message(failure, sent));
    }

    private static String message(Exception failure, boolean sent) {
        if (sent) {
            return "The queue of events did not confirm this one. It may or may not have been accepted.";
        }
        return failure instanceof BufferExhaustedException
                ? "The event was not accepted: too many are waiting to be queued. Please try again."
                : "The event was not accepted: the queue is out of reach.";
    }

    /** Waits for what is under way, at most as long as an event may take. */
    @Override
    public void close() {
        producer.close(timeout);
    }
}
