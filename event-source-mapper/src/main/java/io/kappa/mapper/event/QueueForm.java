package io.kappa.mapper.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.invocation.Lineage;
import io.kappa.mapper.event.MessageDigests.Attribute;
import java.io.IOException;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Events of SQS queues. The value is the body, headers are attributes, and where the queue keeps an order, the key is the message group; a
 * record without a key is a group of its own. Receipt handles are of no use, because nobody but the mapper settles messages. Who has sent a
 * message is not known, so that its sender is the queue's account; nor when it was received first, so that this is when it was sent.
 */
final class QueueForm implements EventForm {
    private static final String TRACE_HEADER = "AWSTraceHeader";
    private static final String DEDUPLICATION_ID = "MessageDeduplicationId";
    private static final byte[] NOTHING = {};
    private static final int LONGEST_PLACE = "2147483647-9223372036854775807".length();
    private static final int ATTRIBUTE_SIZE =
            ":{'stringValue':,'stringListValues':[],'binaryListValues':[],'dataType':'String'},".length();
    private static final int ATTRIBUTES_DIGEST_SIZE =
            "'md5OfMessageAttributes':'00000000000000000000000000000000',".length();

    private final SourceArn arn;
    private final boolean fifo;
    private final BatchAnswers answers;
    private final int envelopeSize;
    /** Of a record with everything at its longest, but for what each has of its own: body, group and headers. */
    private final int fixedSize;

    QueueForm(SourceArn arn, String topic, boolean fifo, BatchAnswers answers) {
        this.arn = arn;
        this.fifo = fifo;
        this.answers = answers;
        envelopeSize = RecordList.event(64, List.of(), (_, _) -> {}).length;
        var longest = new ConsumerRecord<>(
                topic,
                Integer.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                TimestampType.CREATE_TIME,
                0,
                0,
                NOTHING,
                NOTHING,
                new RecordHeaders(),
                Optional.empty());
        fixedSize = 1 + EventJson.written(1024, json -> write(json, longest, Integer.MAX_VALUE)).length;
    }

    @Override
    public byte[] event(
            List<ConsumerRecord<byte[], byte[]>> records, ReceiveCounts receiveCounts, @Nullable Window window) {
        int expected = envelopeSize;
        for (var record : records) {
            expected += size(record);
        }
        return RecordList.event(expected, records, (json, record) -> write(json, record, receiveCounts.of(record)));
    }

    private void write(JsonGenerator json, ConsumerRecord<byte[], byte[]> record, int receiveCount) throws IOException {
        var body = Utf8.lenient(body(record));
        var attributes = attributes(record);
        json.writeStartObject();
        json.writeStringField("messageId", identifier(record));
        json.writeStringField("receiptHandle", receiptHandle(record));
        json.writeStringField("body", body);
        writeSystemAttributes(json, record, receiveCount);
        json.writeObjectFieldStart("messageAttributes");
        for (var attribute : attributes.entrySet()) {
            json.writeObjectFieldStart(attribute.getKey());
            write(json, attribute.getValue());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeStringField("md5OfBody", MessageDigests.md5(body.getBytes(UTF_8)));
        if (!attributes.isEmpty()) {
            json.writeStringField("md5OfMessageAttributes", MessageDigests.md5(attributes));
        }
        json.writeStringField("eventSource", "aws:sqs");
        json.writeStringField("eventSourceARN", arn.text());
        json.writeStringField("awsRegion", arn.region());
        json.writeEndObject();
    }

    @Override
    public @Nullable String trace(List<ConsumerRecord<byte[], byte[]>> records) {
        return Lineage.merged(records.stream()
                .map(record -> header(record, TRACE_HEADER))
                .filter(Objects::nonNull)
                .map(Utf8::lenient)
                .filter(QueueForm::fitsIntoHeader)
                .toList());
    }

    /** What a producer wrote may be anything. */
    private static boolean fitsIntoHeader(String trace) {
        return trace.chars().allMatch(letter -> letter >= ' ' && letter <= '~');
    }

    private void writeSystemAttributes(JsonGenerator json, ConsumerRecord<byte[], byte[]> record, int receiveCount)
            throws IOException {
        var sent = Long.toString(record.timestamp());
        json.writeObjectFieldStart("attributes");
        json.writeStringField("ApproximateReceiveCount", Integer.toString(receiveCount));
        var trace = header(record, TRACE_HEADER);
        if (trace != null) {
            json.writeStringField(TRACE_HEADER, Utf8.lenient(trace));
        }
        json.writeStringField("SentTimestamp", sent);
        if (fifo) {
            json.writeStringField("SequenceNumber", new SequenceNumber(record.partition(), record.offset()).toString());
            json.writeStringField(
                    "MessageGroupId",
                    record.key() == null ? record.partition() + "-" + record.offset() : Utf8.lenient(record.key()));
        }
        json.writeStringField("SenderId", arn.account());
        if (fifo) {
            var id = header(record, DEDUPLICATION_ID);
            json.writeStringField(
                    DEDUPLICATION_ID, id == null ? MessageDigests.sha256(body(record)) : Utf8.lenient(id));
        }
        json.writeStringField("ApproximateFirstReceiveTimestamp", sent);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Attribute attribute) throws IOException {
        if (attribute.isText()) {
            json.writeStringField("stringValue", Utf8.lenient(attribute.value()));
        } else {
            EventJson.writeBase64(json, "binaryValue", attribute.value());
        }
        json.writeArrayFieldStart("stringListValues");
        json.writeEndArray();
        json.writeArrayFieldStart("binaryListValues");
        json.writeEndArray();
        json.writeStringField("dataType", attribute.type());
    }

    private static byte[] body(ConsumerRecord<byte[], byte[]> record) {
        return record.value() == null ? NOTHING : record.value();
    }

    private static String receiptHandle(ConsumerRecord<byte[], byte[]> record) {
        var place = record.topic() + "/" + record.partition() + "/" + record.offset();
        return "AQEB" + Base64.getEncoder().encodeToString(place.getBytes(UTF_8));
    }

    private static byte @Nullable [] header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : header.value();
    }

    /** Of headers with the same name the last one counts, and one without a value does not. */
    private SortedMap<String, Attribute> attributes(ConsumerRecord<byte[], byte[]> record) {
        var attributes = Collections.<String, Attribute>emptySortedMap();
        for (var header : record.headers()) {
            if (header.value() == null || header.key().equals(TRACE_HEADER)) {
                continue;
            }
            if (fifo && header.key().equals(DEDUPLICATION_ID)) {
                continue;
            }
            attributes = attributes.isEmpty() ? new TreeMap<>() : attributes;
            attributes.put(header.key(), Attribute.of(header.value()));
        }
        return attributes;
    }

    @Override
    public int size(ConsumerRecord<byte[], byte[]> record) {
        int size = fixedSize + EventJson.text(body(record));
        if (fifo) {
            size += record.key() == null ? LONGEST_PLACE : EventJson.text(record.key());
        }
        for (var header : record.headers()) {
            if (header.value() != null) {
                size += size(header.key(), Attribute.of(header.value()));
            }
        }
        return size + (record.headers().iterator().hasNext() ? ATTRIBUTES_DIGEST_SIZE : 0);
    }

    private static int size(String name, Attribute attribute) {
        int value = attribute.isText() ? EventJson.text(attribute.value()) : EventJson.base64(attribute.value().length);
        // What stands among the system attributes is shorter, unless it is not text; then each byte may become three.
        boolean system = name.equals(TRACE_HEADER) || name.equals(DEDUPLICATION_ID);
        return EventJson.text(name)
                + ATTRIBUTE_SIZE
                + (system ? Math.max(value, EventJson.text(attribute.value())) : value);
    }

    @Override
    public int envelopeSize() {
        return envelopeSize;
    }

    @Override
    public String identifier(ConsumerRecord<byte[], byte[]> record) {
        return MessageIds.of(record).toString();
    }

    @Override
    public BatchResponse read(byte[] response, List<ConsumerRecord<byte[], byte[]>> records) {
        return answers.read(response, records, this::identifier, BatchAnswers.TEXT);
    }
}
