package io.kappa.mapper.handover;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.access.object.FailureObject;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.mapper.event.EventForm;
import io.kappa.mapper.event.SequenceNumber;
import io.kappa.mapper.handover.GivenUp.LastOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Tells of records of one mapping that have been given up. The same records make the same account of it, ids included, so that what is
 * written twice after a crash is recognised. Thread-safe.
 *
 * <p>A queue or notification topic is told of the batch, in Lambda's form and without the records; a bucket gets the same with the records;
 * a Kafka topic is told of each record, with the record. Lambda's condition is {@code RetryAttemptsExhausted} for the batch and
 * {@code RetriesExhausted} for one record, also for causes that it does not know. Where the function was not run, {@code responseContext} is
 * missing for streams and null for Kafka.
 */
public final class FailureRecords {
    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final int LONGEST_MESSAGE = 1024;

    private final EventSourceMappingRecord mapping;
    private final EventForm form;
    private final List<String> bootstrapServers;

    /** @param bootstrapServers as {@link io.kappa.mapper.event.EventForms#of} takes them */
    public FailureRecords(EventSourceMappingRecord mapping, EventForm form, List<String> bootstrapServers) {
        this.mapping = mapping;
        this.form = form;
        this.bootstrapServers = List.copyOf(bootstrapServers);
    }

    /** What a Kafka topic gets of one record, under the key that the record has had. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    public record Message(byte @Nullable [] key, byte[] value) {}

    /** One record that has failed for good, with the event in which it would have reached the function alone. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    public record Parked(DeadLetter letter, byte[] payload) {}

    /** What a queue or notification topic is told of the batch. */
    public byte[] summary(GivenUp givenUp) {
        return written(json -> {
            json.writeStartObject();
            writeSummary(json, givenUp);
            json.writeEndObject();
        });
    }

    private void writeSummary(JsonGenerator json, GivenUp givenUp) throws IOException {
        writeContexts(
                json,
                givenUp,
                givenUp.records(),
                "RetryAttemptsExhausted",
                mapping.target().toString());
        writeBatch(json, givenUp);
    }

    /** What a bucket gets: what a queue is told, and the batch's event as a text. */
    public byte[] whole(GivenUp givenUp) {
        return written(json -> {
            json.writeStartObject();
            writeSummary(json, givenUp);
            json.writeStringField("payload", new String(payload(givenUp), UTF_8));
            json.writeEndObject();
        });
    }

    /** The event with all records that have a form; where none has, their values. */
    private byte[] payload(GivenUp givenUp) {
        var readable = givenUp.records().stream()
                .filter(record -> form.problem(record).isEmpty())
                .toList();
        if (!readable.isEmpty()) {
            return event(givenUp, readable);
        }
        var values = new ByteArrayOutputStream();
        givenUp.records().forEach(record -> values.writeBytes(payload(givenUp, record)));
        return values.toByteArray();
    }

    /** Under which key a bucket has it. */
    public String objectKey(GivenUp givenUp) {
        var first = givenUp.records().getFirst();
        var shard = isKafka() ? first.topic() + "-" + first.partition() : SequenceNumber.shardId(first.partition());
        return FailureObject.key(mapping.id().uuid() + "/" + shard, givenUp.failedAt(), id(givenUp.records()));
    }

    /** What a Kafka topic gets, a message for each record. */
    public List<Message> messages(GivenUp givenUp) {
        return givenUp.records().stream()
                .map(record -> new Message(record.key(), message(givenUp, record)))
                .toList();
    }

    private byte[] message(GivenUp givenUp, ConsumerRecord<byte[], byte[]> record) {
        var payload = payload(givenUp, record);
        return written(json -> {
            json.writeStartObject();
            writeContexts(
                    json,
                    givenUp,
                    List.of(record),
                    "RetriesExhausted",
                    mapping.target().qualifiedArn());
            writeOne(json, record, payload.length);
            json.writeFieldName("payload");
            if (form.problem(record).isEmpty()) {
                json.writeRawValue(new String(payload, UTF_8));
            } else {
                json.writeString(new String(payload, UTF_8));
            }
            json.writeEndObject();
        });
    }

    /** A dead letter for each record. */
    public List<Parked> deadLetters(GivenUp givenUp) {
        return givenUp.records().stream()
                .map(record -> new Parked(letter(givenUp, record), payload(givenUp, record)))
                .toList();
    }

    private DeadLetter letter(GivenUp givenUp, ConsumerRecord<byte[], byte[]> record) {
        var last = Optional.ofNullable(givenUp.last());
        var message = last.map(LastOutcome::errorMessage)
                .or(() -> givenUp.cause() == Cause.UNREADABLE ? form.problem(record) : Optional.empty());
        return new DeadLetter(
                1,
                id(List.of(record)).toString(),
                DeadLetter.Origin.EVENT_SOURCE,
                givenUp.cause().name(),
                mapping.target().function().toString(),
                mapping.target().toString(),
                null,
                last.map(LastOutcome::errorType).orElse(null),
                message.map(FailureRecords::shortened).orElse(null),
                givenUp.attempts(),
                givenUp.firstTried(),
                givenUp.failedAt(),
                record.topic(),
                record.partition(),
                record.offset(),
                Optional.ofNullable(record.headers().lastHeader("AWSTraceHeader"))
                        .map(Header::value)
                        .map(value -> new String(value, UTF_8))
                        .orElse(null),
                null,
                null,
                null);
    }

    private static String shortened(String message) {
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE);
    }

    /** The event with this one record; of one that has no form, its value. */
    private byte[] payload(GivenUp givenUp, ConsumerRecord<byte[], byte[]> record) {
        if (form.problem(record).isEmpty()) {
            return event(givenUp, List.of(record));
        }
        return record.value() == null ? new byte[0] : record.value();
    }

    private byte[] event(GivenUp givenUp, List<ConsumerRecord<byte[], byte[]>> records) {
        return form.event(records, _ -> Math.max(1, givenUp.attempts()), null);
    }

    /** Names what has become of these records: a name-based UUID of mapping, topic, partition and offset, of the first and the last. */
    private UUID id(List<ConsumerRecord<byte[], byte[]>> records) {
        var name = mapping.id().uuid() + "/" + place(records.getFirst());
        return UUID.nameUUIDFromBytes(
                (records.size() == 1 ? name : name + "/" + place(records.getLast())).getBytes(UTF_8));
    }

    private static String place(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "/" + record.partition() + "/" + record.offset();
    }

    /** Writes JSON. */
    @FunctionalInterface
    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] written(Body body) {
        var bytes = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(bytes)) {
            body.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail to be written.
        }
        return bytes.toByteArray();
    }

    private void writeContexts(
            JsonGenerator json,
            GivenUp givenUp,
            List<ConsumerRecord<byte[], byte[]>> records,
            String exhausted,
            String function)
            throws IOException {
        json.writeObjectFieldStart("requestContext");
        json.writeStringField("requestId", id(records).toString());
        json.writeStringField("functionArn", function);
        json.writeStringField("condition", condition(givenUp.cause(), exhausted));
        json.writeNumberField("approximateInvokeCount", givenUp.attempts());
        json.writeEndObject();
        writeResponse(json, givenUp);
        json.writeStringField("version", "1.0");
        json.writeStringField("timestamp", MILLISECONDS.format(givenUp.failedAt()));
    }

    private static String condition(Cause cause, String exhausted) {
        return switch (cause) {
            case RECORD_AGE_EXCEEDED -> "RecordAgeExceeded";
            case PAYLOAD_TOO_LARGE -> "MaximumPayloadSizeExceeded";
            case RETRIES_EXHAUSTED, RECEIVE_COUNT_EXCEEDED, UNREADABLE, SKIPPED -> exhausted;
        };
    }

    private void writeResponse(JsonGenerator json, GivenUp givenUp) throws IOException {
        var last = givenUp.last();
        var version = last == null ? null : last.executedVersion();
        // Lambda says nothing of earlier tries of what has become too old.
        if (last != null && version != null && givenUp.cause() != Cause.RECORD_AGE_EXCEEDED) {
            json.writeObjectFieldStart("responseContext");
            json.writeNumberField("statusCode", last.status());
            json.writeStringField("executedVersion", version);
            json.writeStringField("functionError", last.functionError());
            json.writeEndObject();
        } else if (isKafka()) {
            json.writeNullField("responseContext");
        }
    }

    private boolean isKafka() {
        return switch (mapping.source()) {
            case EventSource.SelfManagedKafka _, EventSource.ManagedKafka _ -> true;
            case EventSource.Kinesis _, EventSource.DynamoDb _, EventSource.Queue _ -> false;
        };
    }

    private void writeBatch(JsonGenerator json, GivenUp givenUp) throws IOException {
        var records = givenUp.records();
        if (isKafka()) {
            startKafkaBatch(json, records.size(), event(givenUp, records).length);
            json.writeObjectFieldStart("recordsInfo");
            for (var partition : byPartition(records).entrySet()) {
                var first = partition.getValue().getFirst();
                var last = partition.getValue().getLast();
                json.writeObjectFieldStart(partition.getKey());
                json.writeStringField("firstRecordOffset", Long.toString(first.offset()));
                json.writeStringField("lastRecordOffset", Long.toString(last.offset()));
                json.writeStringField("firstRecordTimestamp", time(MILLISECONDS, first));
                json.writeStringField("lastRecordTimestamp", time(MILLISECONDS, last));
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        } else {
            writeStreamBatch(json, records);
        }
    }

    private static Map<String, List<ConsumerRecord<byte[], byte[]>>> byPartition(
            List<ConsumerRecord<byte[], byte[]>> records) {
        var partitions = new LinkedHashMap<String, List<ConsumerRecord<byte[], byte[]>>>();
        for (var record : records) {
            partitions
                    .computeIfAbsent(record.topic() + "-" + record.partition(), _ -> new ArrayList<>())
                    .add(record);
        }
        return partitions;
    }

    private void writeOne(JsonGenerator json, ConsumerRecord<byte[], byte[]> record, int payloadSize)
            throws IOException {
        if (isKafka()) {
            startKafkaBatch(json, 1, payloadSize);
            json.writeObjectFieldStart("recordInfo");
            json.writeStringField("offset", Long.toString(record.offset()));
            json.writeStringField("timestamp", time(MILLISECONDS, record));
            json.writeEndObject();
            json.writeEndObject();
        } else {
            writeStreamBatch(json, List.of(record));
        }
    }

    private void startKafkaBatch(JsonGenerator json, int batchSize, int payloadSize) throws IOException {
        json.writeObjectFieldStart("KafkaBatchInfo");
        json.writeNumberField("batchSize", batchSize);
        var arn = mapping.source().sourceArn();
        if (arn.isPresent()) {
            json.writeStringField("eventSourceArn", arn.get());
        }
        var servers = mapping.source() instanceof EventSource.SelfManagedKafka own
                ? own.bootstrapServers()
                : bootstrapServers;
        json.writeStringField("bootstrapServers", String.join(",", servers));
        json.writeNumberField("payloadSize", payloadSize);
    }

    private void writeStreamBatch(JsonGenerator json, List<ConsumerRecord<byte[], byte[]>> records) throws IOException {
        switch (mapping.source()) {
            case EventSource.Kinesis stream ->
                writeStreamBatch(json, "KinesisBatchInfo", stream.arn(), MILLISECONDS, records);
            case EventSource.DynamoDb table ->
                writeStreamBatch(json, "DDBStreamBatchInfo", table.arn(), SECONDS, records);
            case EventSource.SelfManagedKafka _, EventSource.ManagedKafka _, EventSource.Queue _ ->
                throw new IllegalStateException("no stream: " + mapping.source());
        }
    }

    private void writeStreamBatch(
            JsonGenerator json,
            String name,
            String arn,
            DateTimeFormatter format,
            List<ConsumerRecord<byte[], byte[]>> records)
            throws IOException {
        var first = records.getFirst();
        var last = records.getLast();
        json.writeObjectFieldStart(name);
        json.writeStringField("shardId", SequenceNumber.shardId(first.partition()));
        json.writeStringField("startSequenceNumber", form.identifier(first));
        json.writeStringField("endSequenceNumber", form.identifier(last));
        json.writeStringField("approximateArrivalOfFirstRecord", time(format, first));
        json.writeStringField("approximateArrivalOfLastRecord", time(format, last));
        json.writeNumberField("batchSize", records.size());
        json.writeStringField("streamArn", arn);
        json.writeEndObject();
    }

    private static String time(DateTimeFormatter format, ConsumerRecord<byte[], byte[]> record) {
        return format.format(Instant.ofEpochMilli(record.timestamp()));
    }
}
