package io.kappa.mapper.event;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Events of Kinesis streams. The key is the partition key; a record without one has its offset. */
final class KinesisForm implements EventForm {
    private static final int OFFSET_DIGITS = 19;
    private static final byte[] NOTHING = {};

    private final SourceArn arn;
    private final String role;
    private final BatchAnswers answers;
    private final int envelopeSize;
    /** Of a record with neither key nor value. */
    private final int fixedSize;

    KinesisForm(SourceArn arn, String role, BatchAnswers answers) {
        this.arn = arn;
        this.role = role;
        this.answers = answers;
        envelopeSize = RecordList.envelopeSize(answers.state(), arn.text());
        fixedSize = 1 + EventJson.written(512, json -> write(json, 0, 0, Long.MIN_VALUE, "", NOTHING)).length;
    }

    @Override
    public byte[] event(
            List<ConsumerRecord<byte[], byte[]>> records, ReceiveCounts receiveCounts, @Nullable Window window) {
        int expected = envelopeSize + (window == null ? 0 : window.state().length());
        for (var record : records) {
            expected += size(record);
        }
        return RecordList.event(expected, records, this::write, arn.text(), window);
    }

    private void write(JsonGenerator json, ConsumerRecord<byte[], byte[]> record) throws IOException {
        write(
                json,
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.key() == null ? Long.toString(record.offset()) : Utf8.lenient(record.key()),
                value(record));
    }

    private void write(JsonGenerator json, int partition, long offset, long timestamp, String key, byte[] value)
            throws IOException {
        var number = new SequenceNumber(partition, offset).toString();
        json.writeStartObject();
        json.writeObjectFieldStart("kinesis");
        json.writeStringField("kinesisSchemaVersion", "1.0");
        json.writeStringField("partitionKey", key);
        json.writeStringField("sequenceNumber", number);
        EventJson.writeBase64(json, "data", value);
        json.writeFieldName("approximateArrivalTimestamp");
        json.writeNumber(BigDecimal.valueOf(timestamp, 3).toPlainString()); // Seconds, with milliseconds.
        json.writeEndObject();
        json.writeStringField("eventSource", "aws:kinesis");
        json.writeStringField("eventVersion", "1.0");
        json.writeStringField("eventID", SequenceNumber.shardId(partition) + ":" + number);
        json.writeStringField("eventName", "aws:kinesis:record");
        json.writeStringField("invokeIdentityArn", role);
        json.writeStringField("awsRegion", arn.region());
        json.writeStringField("eventSourceARN", arn.text());
        json.writeEndObject();
    }

    private static byte[] value(ConsumerRecord<byte[], byte[]> record) {
        return record.value() == null ? NOTHING : record.value();
    }

    @Override
    public int size(ConsumerRecord<byte[], byte[]> record) {
        return fixedSize
                + (record.key() == null ? OFFSET_DIGITS : EventJson.text(record.key()))
                + EventJson.base64(value(record).length);
    }

    @Override
    public int envelopeSize() {
        return envelopeSize;
    }

    @Override
    public String identifier(ConsumerRecord<byte[], byte[]> record) {
        return new SequenceNumber(record.partition(), record.offset()).toString();
    }

    @Override
    public BatchResponse read(byte[] response, List<ConsumerRecord<byte[], byte[]>> records) {
        return answers.read(response, records, this::identifier, BatchAnswers.TEXT);
    }
}
