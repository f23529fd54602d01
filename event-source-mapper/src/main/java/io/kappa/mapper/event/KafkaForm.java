package io.kappa.mapper.event;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Events of Kafka topics: records by topic and partition. A key or value that is null is not there; a header whose value is null has an empty
 * one.
 */
final class KafkaForm implements EventForm {
    // Names as they are written, made once and not for each record.
    private static final SerializableString TOPIC = new SerializedString("topic");
    private static final SerializableString PARTITION = new SerializedString("partition");
    private static final SerializableString OFFSET = new SerializedString("offset");
    private static final SerializableString TIMESTAMP = new SerializedString("timestamp");
    private static final SerializableString TIMESTAMP_TYPE = new SerializedString("timestampType");
    private static final SerializableString KEY = new SerializedString("key");
    private static final SerializableString VALUE = new SerializedString("value");
    private static final SerializableString HEADERS = new SerializedString("headers");

    private static final byte[] NOTHING = {};
    private static final int NAMES =
            "{\"topic\":,\"partition\":,\"offset\":,\"timestamp\":,\"timestampType\":,\"headers\":[]}".length();
    private static final int KEY_NAME = ",\"key\":".length();
    private static final int VALUE_NAME = ",\"value\":".length();
    private static final int HEADER_MARKS = "{:[]}".length();
    private static final int LIST_MARKS = "-:[]".length();

    private final String eventSource;
    private final @Nullable String arn;
    private final String bootstrapServers;
    private final BatchAnswers answers;
    private final int envelopeSize;

    KafkaForm(String eventSource, @Nullable String arn, List<String> bootstrapServers, BatchAnswers answers) {
        this.eventSource = eventSource;
        this.arn = arn;
        this.bootstrapServers = String.join(",", bootstrapServers);
        this.answers = answers;
        envelopeSize = written(List.of(), 256).length;
    }

    @Override
    public byte[] event(
            List<ConsumerRecord<byte[], byte[]>> records, ReceiveCounts receiveCounts, @Nullable Window window) {
        return written(records, length(records));
    }

    /** Of the whole event, where its records are of one partition, as those of a shard are. */
    private int length(List<ConsumerRecord<byte[], byte[]>> records) {
        if (records.isEmpty()) {
            return envelopeSize;
        }
        int length = envelopeSize + list(records.getFirst()) + records.size() - 1;
        for (var record : records) {
            length += length(record);
        }
        return length;
    }

    private byte[] written(List<ConsumerRecord<byte[], byte[]>> records, int expected) {
        return EventJson.written(expected, json -> write(json, records));
    }

    private void write(JsonGenerator json, List<ConsumerRecord<byte[], byte[]>> records) throws IOException {
        json.writeStartObject();
        json.writeStringField("eventSource", eventSource);
        if (arn != null) {
            json.writeStringField("eventSourceArn", arn);
        }
        json.writeStringField("bootstrapServers", bootstrapServers);
        json.writeObjectFieldStart("records");
        var room = new byte[longestBase64(records)];
        var partitions = new LinkedHashMap<String, List<ConsumerRecord<byte[], byte[]>>>();
        for (var record : records) {
            partitions
                    .computeIfAbsent(partition(record), _ -> new ArrayList<>())
                    .add(record);
        }
        for (var partition : partitions.entrySet()) {
            json.writeArrayFieldStart(partition.getKey());
            for (var record : partition.getValue()) {
                write(json, record, room);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static int longestBase64(List<ConsumerRecord<byte[], byte[]>> records) {
        int longest = 0;
        for (var record : records) {
            longest = Math.max(longest, Math.max(length(record.key()), length(record.value())));
        }
        return EventJson.base64(longest);
    }

    private static String partition(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "-" + record.partition();
    }

    private static void write(JsonGenerator json, ConsumerRecord<byte[], byte[]> record, byte[] room)
            throws IOException {
        json.writeStartObject();
        json.writeFieldName(TOPIC);
        json.writeString(record.topic());
        json.writeFieldName(PARTITION);
        json.writeNumber(record.partition());
        json.writeFieldName(OFFSET);
        json.writeNumber(record.offset());
        json.writeFieldName(TIMESTAMP);
        json.writeNumber(record.timestamp());
        json.writeFieldName(TIMESTAMP_TYPE);
        json.writeString(record.timestampType().name());
        if (record.key() != null) {
            EventJson.writeBase64(json, KEY, record.key(), room);
        }
        if (record.value() != null) {
            EventJson.writeBase64(json, VALUE, record.value(), room);
        }
        json.writeFieldName(HEADERS);
        json.writeStartArray();
        for (var header : record.headers()) {
            json.writeStartObject();
            json.writeArrayFieldStart(header.key());
            for (byte letter : value(header)) {
                json.writeNumber(letter & 0xFF);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static byte[] value(Header header) {
        return header.value() == null ? NOTHING : header.value();
    }

    /** As if each record stood in a list of its own. */
    @Override
    public int size(ConsumerRecord<byte[], byte[]> record) {
        return list(record) + length(record) + 1;
    }

    /** Length of a partition's list without its records. */
    private static int list(ConsumerRecord<byte[], byte[]> record) {
        return EventJson.text(record.topic()) + EventJson.digits(record.partition()) + LIST_MARKS;
    }

    private static int length(ConsumerRecord<byte[], byte[]> record) {
        int length = NAMES
                + EventJson.text(record.topic())
                + EventJson.digits(record.partition())
                + EventJson.digits(record.offset())
                + EventJson.digits(record.timestamp())
                + EventJson.text(record.timestampType().name())
                + (record.key() == null ? 0 : KEY_NAME + EventJson.base64(record.key().length))
                + (record.value() == null ? 0 : VALUE_NAME + EventJson.base64(record.value().length));
        boolean first = true;
        for (var header : record.headers()) {
            var value = value(header);
            length += (first ? 0 : 1) + EventJson.text(header.key()) + HEADER_MARKS + Math.max(0, value.length - 1);
            for (byte letter : value) {
                length += EventJson.digits(letter & 0xFF);
            }
            first = false;
        }
        return length;
    }

    @Override
    public int envelopeSize() {
        return envelopeSize;
    }

    @Override
    public BatchResponse read(byte[] response, List<ConsumerRecord<byte[], byte[]>> records) {
        return answers.read(response, records, this::identifier, KafkaForm::identifier);
    }

    /** Of {@code {"partition":"topic-0","offset":15}}. */
    private static @Nullable String identifier(JsonNode item) {
        var partition = item.path("partition");
        var offset = item.path("offset");
        return partition.isTextual() && offset.isIntegralNumber() ? partition.textValue() + ":" + offset : null;
    }
}
