package io.kappa.mapper.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Mappings and records for tests. */
public final class Samples {
    public static final String UUID = "0f1b5a3c-6a3f-4c2e-9d1e-2b7c5d8e9f00";
    public static final String FUNCTION = "arn:aws:lambda:us-east-2:123456789012:function:f";
    public static final String ROLE = "arn:aws:iam::123456789012:role/r";
    public static final String STREAM = "arn:aws:kinesis:us-east-2:123456789012:stream/s";
    public static final String TABLE = "arn:aws:dynamodb:us-east-2:123456789012:table/t/stream/2020";
    public static final String QUEUE = "arn:aws:sqs:us-east-2:123456789012:q";
    public static final String FIFO_QUEUE = "arn:aws:sqs:us-east-2:123456789012:q.fifo";
    public static final String CLUSTER = "arn:aws:kafka:us-east-2:123456789012:cluster/c/0-1";
    public static final List<String> BOOTSTRAP_SERVERS = List.of("b-1:9092", "b-2:9092");
    public static final long TIME = 1545084650987L;

    private static final ObjectMapper JSON = new ObjectMapper();

    private Samples() {}

    /** What a test has to say of a mapping. */
    public record Mapping(EventSource source, String target, List<String> filters, int windowSeconds, boolean reports) {

        public static Mapping of(String arn) {
            return new Mapping(EventSource.parse(arn, List.of("mytopic")).orElseThrow(), FUNCTION, List.of(), 0, false);
        }

        public static Mapping selfManaged() {
            return new Mapping(
                    new EventSource.SelfManagedKafka(BOOTSTRAP_SERVERS, List.of("mytopic")),
                    FUNCTION,
                    List.of(),
                    0,
                    false);
        }

        public Mapping reporting() {
            return new Mapping(source, target, filters, windowSeconds, true);
        }

        public Mapping windowed() {
            return new Mapping(source, target, filters, 60, reports);
        }

        public Mapping filtered(String... patterns) {
            return new Mapping(source, target, List.of(patterns), windowSeconds, reports);
        }

        public Mapping calling(String arn) {
            return new Mapping(source, arn, filters, windowSeconds, reports);
        }

        public EventSourceMappingRecord record() {
            var options = new Options(
                    100,
                    null,
                    null,
                    null,
                    1,
                    filters,
                    -1,
                    -1,
                    false,
                    windowSeconds,
                    reports,
                    null,
                    null,
                    null,
                    null,
                    null);
            return new EventSourceMappingRecord(
                    new MappingId("us-east-2", "123456789012", UUID),
                    1,
                    InvocationTarget.parse(target),
                    source,
                    List.of(),
                    UUID,
                    true,
                    EventSourceMappingRecord.State.Enabled,
                    "User action",
                    Instant.EPOCH,
                    null,
                    options,
                    Map.of());
        }

        public EventForm form() {
            return EventForms.of(record(), BOOTSTRAP_SERVERS, ROLE);
        }

        /** A record of the source's first topic. */
        public ConsumerRecord<byte[], byte[]> given(long offset, @Nullable String key, @Nullable String value) {
            return at(source.topics().getFirst(), 0, offset, key, value);
        }
    }

    public static ConsumerRecord<byte[], byte[]> at(
            String topic, int partition, long offset, @Nullable String key, @Nullable String value) {
        return of(topic, partition, offset, bytes(key), bytes(value));
    }

    public static ConsumerRecord<byte[], byte[]> of(
            String topic, int partition, long offset, byte @Nullable [] key, byte @Nullable [] value) {
        return new ConsumerRecord<>(
                topic,
                partition,
                offset,
                TIME,
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    public static JsonNode json(byte[] bytes) {
        return json(new String(bytes, UTF_8));
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One JSON text with single quotation marks for double ones, as it is more easily written in Java. */
    public static String quoted(String text) {
        return text.replace('\'', '"').strip();
    }
}
