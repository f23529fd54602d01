package io.kappa.asyncqueue.destination;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.access.object.FailureObject;
import io.kappa.access.object.ObjectStorage;
import io.kappa.access.object.ObjectStorageException;
import io.kappa.asyncqueue.attempt.Reports;
import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.Report;
import io.kappa.asyncqueue.record.Records;
import io.kappa.asyncqueue.record.StoredRecord;
import io.kappa.contracts.destination.Destination;
import io.kappa.kit.kafka.KafkaSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes news of ended events to users' topics and buckets, and reports. At least once: a crash between the write and its report has it
 * written again. A topic or bucket that is missing or forbidden blocks the one virtual thread that writes to it, for a few seconds, and
 * nobody else.
 */
public final class Deliveries implements AutoCloseable {
    private static final int LONGEST_REQUEST = 4 * 1024 * 1024;
    private static final Duration FINDING_THE_TOPIC = Duration.ofSeconds(5);
    private static final Duration WRITING = Duration.ofSeconds(10);

    private final Records records;
    private final Reports reports;
    private final ObjectStorage objects;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("delivery-", 0).factory());

    /** Why a delivery was not made, and whether trying again would be in vain. */
    private record Problem(String what, boolean lasting) {}

    public Deliveries(KafkaSettings kafka, Records records, Reports reports, ObjectStorage objects) {
        this.records = records;
        this.reports = reports;
        this.objects = objects;
        var properties = kafka.durableProducerProperties();
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(LONGEST_REQUEST));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(FINDING_THE_TOPIC.toMillis()));
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(WRITING.toMillis()));
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Starts a delivery and returns at once. */
    public void start(Delivery delivery) {
        threads.execute(() -> {
            try {
                var problem = problem(delivery);
                reports.write(
                        new Report.Delivered(
                                1,
                                delivery.requestId(),
                                delivery.target(),
                                delivery.to(),
                                delivery.tries() + 1,
                                problem.map(Problem::what).orElse(null),
                                problem.map(Problem::lasting).orElse(false)),
                        delivery.partition(),
                        new byte[0]);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // The process ends.
            }
        });
    }

    private Optional<Problem> problem(Delivery delivery) {
        try {
            var destination = Destination.parse(delivery.destination()).orElse(null);
            return switch (destination) {
                case null -> lasting("'" + delivery.destination() + "' is no destination");
                // Sent on by the shard itself, unless it could not be.
                case Destination.Function function ->
                    lasting("the function " + function.target()
                            + " does not exist, or the record is longer than an event may be");
                case Destination topicOrBucket ->
                    delivery.responseTooLong() && delivery.to() != Delivery.Kind.DEAD_LETTER_QUEUE
                            ? lasting("the function's answer is longer than a record for a destination may be")
                            : write(delivery, topicOrBucket);
            };
        } catch (RuntimeException e) {
            return Optional.of(new Problem(String.valueOf(e.getMessage()), false));
        }
    }

    private static Optional<Problem> lasting(String what) {
        return Optional.of(new Problem(what, true));
    }

    private Optional<Problem> write(Delivery delivery, Destination destination) {
        var event = records.read(delivery.position()).orElse(null);
        if (event == null) {
            return lasting("the topic no longer keeps the event");
        }
        if (destination instanceof Destination.Bucket bucket) {
            return put(delivery, bucket, event);
        }
        try {
            producer.send(record(delivery, destination, event)).get();
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(problem(e.getCause() == null ? e : e.getCause()));
        } catch (KafkaException e) {
            return Optional.of(problem(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(new Problem("interrupted", false));
        }
    }

    private Optional<Problem> put(Delivery delivery, Destination.Bucket bucket, StoredRecord event) {
        var key = FailureObject.key(
                "async/" + delivery.target().function().name().value(),
                Instant.ofEpochMilli(delivery.ended()),
                delivery.requestId().value());
        try {
            objects.put(
                    bucket.name(),
                    key,
                    DestinationRecord.of(delivery, event, records).json());
            return Optional.empty();
        } catch (ObjectStorageException e) {
            return Optional.of(new Problem(String.valueOf(e.getMessage()), false));
        }
    }

    private static Problem problem(Throwable failure) {
        boolean lasting = failure instanceof RecordTooLargeException || failure instanceof InvalidTopicException;
        return new Problem(String.valueOf(failure.getMessage()), lasting);
    }

    private ProducerRecord<byte[], byte[]> record(Delivery delivery, Destination destination, StoredRecord event) {
        var key = delivery.requestId().toString().getBytes(UTF_8);
        var last = delivery.last();
        if (delivery.to() == Delivery.Kind.DEAD_LETTER_QUEUE) {
            var record = new ProducerRecord<>(topicOf(destination), key, event.value());
            header(record, "RequestID", delivery.requestId().toString());
            header(record, "ErrorCode", Integer.toString(last == null ? 429 : last.status()));
            header(record, "ErrorMessage", last == null || last.errorMessage() == null ? "" : last.errorMessage());
            return record;
        }
        var record = new ProducerRecord<>(
                topicOf(destination),
                key,
                DestinationRecord.of(delivery, event, records).json(destination));
        header(record, "AWSTraceHeader", ChainedTrace.of(delivery, event));
        return record;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(UTF_8));
    }

    private static String topicOf(Destination destination) {
        return switch (destination) {
            case Destination.Queue queue -> queue.topic();
            case Destination.Notification notification -> notification.topic();
            case Destination.EventBus bus -> bus.topic();
            case Destination.KafkaTopic topic -> topic.topic();
            case Destination.Function function ->
                throw new IllegalStateException("a function is no topic: " + function.target());
            case Destination.Bucket bucket -> throw new IllegalStateException("a bucket is no topic: " + bucket.name());
        };
    }

    @Override
    public void close() {
        threads.shutdownNow();
        producer.close(Duration.ofSeconds(5));
    }
}
