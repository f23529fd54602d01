package io.kappa.mapper.event;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.mapper.event.EventForm.Window;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Events that are a list of records, under {@code Records}, and with a stream's window if there is one. */
final class RecordList {
    /** Each of its members as long as it can be. */
    private static final Window LONGEST =
            new Window(Integer.MAX_VALUE, Long.MAX_VALUE - 1, Long.MAX_VALUE, "{}", false, false);

    /** Writes one record. */
    @FunctionalInterface
    interface Writer {
        void write(JsonGenerator json, ConsumerRecord<byte[], byte[]> record) throws IOException;
    }

    private RecordList() {}

    static byte[] event(int expected, List<ConsumerRecord<byte[], byte[]>> records, Writer writer) {
        return EventJson.written(expected, json -> {
            json.writeStartObject();
            write(json, records, writer);
            json.writeEndObject();
        });
    }

    /** As {@link #event}, for a stream. */
    static byte[] event(
            int expected,
            List<ConsumerRecord<byte[], byte[]>> records,
            Writer writer,
            String arn,
            @Nullable Window window) {
        return EventJson.written(expected, json -> {
            json.writeStartObject();
            write(json, records, writer);
            if (window != null) {
                write(json, window, arn);
            }
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, List<ConsumerRecord<byte[], byte[]>> records, Writer writer)
            throws IOException {
        json.writeArrayFieldStart("Records");
        for (var record : records) {
            writer.write(json, record);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Window window, String arn) throws IOException {
        json.writeObjectFieldStart("window");
        json.writeStringField("start", Instant.ofEpochMilli(window.start()).toString());
        json.writeStringField("end", Instant.ofEpochMilli(window.end()).toString());
        json.writeEndObject();
        json.writeFieldName("state");
        json.writeRawValue(window.state());
        json.writeStringField("shardId", SequenceNumber.shardId(window.partition()));
        json.writeStringField("eventSourceARN", arn);
        json.writeBooleanField("isFinalInvokeForWindow", window.last());
        json.writeBooleanField("isWindowTerminatedEarly", window.early());
    }

    /** Length of a stream's event without records. */
    static int envelopeSize(boolean windows, String arn) {
        return event(512, List.of(), (_, _) -> {}, arn, windows ? LONGEST : null).length;
    }
}
