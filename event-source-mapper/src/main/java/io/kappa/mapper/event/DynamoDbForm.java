package io.kappa.mapper.event;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.mapper.event.StreamRecord.UnreadableException;
import io.kappa.mapper.event.StreamRecord.Value;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Events of DynamoDB streams. The values of the topic are such records already, and what they have stays as it is; what they lack is filled
 * in. A value that is none has a {@link #problem}.
 */
final class DynamoDbForm implements EventForm {
    private static final int TYPICAL_SIZE = 1024;
    private static final String SEQUENCE_NUMBER = "SequenceNumber";

    /** Members that stand at their places, whatever else a record has. */
    private static final Set<String> PLACED =
            Set.of("eventID", "eventName", "eventVersion", "eventSource", "awsRegion", "eventSourceARN");

    private final SourceArn arn;
    private final BatchAnswers answers;
    private final int envelopeSize;

    DynamoDbForm(SourceArn arn, BatchAnswers answers) {
        this.arn = arn;
        this.answers = answers;
        envelopeSize = RecordList.envelopeSize(answers.state(), arn.text());
    }

    /** @throws IllegalArgumentException where a record has a problem */
    @Override
    public byte[] event(
            List<ConsumerRecord<byte[], byte[]>> records, ReceiveCounts receiveCounts, @Nullable Window window) {
        int expected = envelopeSize + (window == null ? 0 : window.state().length());
        for (var record : records) {
            expected += valueLength(record) + TYPICAL_SIZE;
        }
        return RecordList.event(expected, records, this::write, arn.text(), window);
    }

    private void write(JsonGenerator json, ConsumerRecord<byte[], byte[]> record) throws IOException {
        try {
            write(json, record, StreamRecord.parse(record.value()));
        } catch (UnreadableException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void write(JsonGenerator json, ConsumerRecord<byte[], byte[]> record, StreamRecord read)
            throws IOException {
        var outer = read.outer();
        json.writeStartObject();
        write(json, "eventID", outer, MessageIds.of(record).toString().replace("-", ""));
        json.writeFieldName("eventName");
        read.eventName().write(json);
        write(json, "eventVersion", outer, "1.1");
        write(json, "eventSource", outer, "aws:dynamodb");
        write(json, "awsRegion", outer, arn.region());
        json.writeObjectFieldStart("dynamodb");
        for (var member : change(record, read).entrySet()) {
            json.writeFieldName(member.getKey());
            member.getValue().write(json);
        }
        json.writeEndObject();
        write(json, "eventSourceARN", outer, arn.text());
        for (var member : outer.entrySet()) {
            if (!PLACED.contains(member.getKey())) {
                json.writeFieldName(member.getKey());
                member.getValue().write(json);
            }
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String name, Map<String, Value> members, String otherwise)
            throws IOException {
        var value = members.get(name);
        if (value == null) {
            json.writeStringField(name, otherwise);
        } else {
            json.writeFieldName(name);
            value.write(json);
        }
    }

    private static Map<String, Value> change(ConsumerRecord<byte[], byte[]> record, StreamRecord read) {
        var change = new LinkedHashMap<>(read.change());
        change.putIfAbsent("ApproximateCreationDateTime", new Value(Long.toString(record.timestamp() / 1000)));
        change.put(SEQUENCE_NUMBER, new Value('"' + sequenceNumber(record, read) + '"'));
        change.putIfAbsent("SizeBytes", new Value(Integer.toString(valueLength(record))));
        return change;
    }

    /** The record's own, or the one of its place. */
    private static String sequenceNumber(ConsumerRecord<byte[], byte[]> record, StreamRecord read) {
        var own = read.change().get(SEQUENCE_NUMBER);
        var text = own == null ? null : own.text();
        return text == null || text.isEmpty() ? placeOf(record) : text;
    }

    private static String placeOf(ConsumerRecord<byte[], byte[]> record) {
        return new SequenceNumber(record.partition(), record.offset()).toString();
    }

    private static int valueLength(ConsumerRecord<byte[], byte[]> record) {
        return record.value() == null ? 0 : record.value().length;
    }

    /** Exactly what the record adds, and of an unreadable one the length of its value. */
    @Override
    public int size(ConsumerRecord<byte[], byte[]> record) {
        try {
            var read = StreamRecord.parse(record.value());
            return 1 // A comma before it.
                    + EventJson.written(valueLength(record) + TYPICAL_SIZE, json -> write(json, record, read)).length;
        } catch (UnreadableException e) {
            return valueLength(record);
        }
    }

    @Override
    public int envelopeSize() {
        return envelopeSize;
    }

    @Override
    public String identifier(ConsumerRecord<byte[], byte[]> record) {
        try {
            return sequenceNumber(record, StreamRecord.parse(record.value()));
        } catch (UnreadableException e) {
            return placeOf(record);
        }
    }

    @Override
    public Optional<String> problem(ConsumerRecord<byte[], byte[]> record) {
        try {
            StreamRecord.parse(record.value());
            return Optional.empty();
        } catch (UnreadableException e) {
            return Optional.of("not a DynamoDB stream record: " + e.getMessage());
        }
    }

    @Override
    public BatchResponse read(byte[] response, List<ConsumerRecord<byte[], byte[]>> records) {
        return answers.read(response, records, this::identifier, BatchAnswers.TEXT);
    }
}
