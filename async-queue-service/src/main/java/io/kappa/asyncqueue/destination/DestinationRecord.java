package io.kappa.asyncqueue.destination;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.LastOutcome;
import io.kappa.asyncqueue.record.Records;
import io.kappa.asyncqueue.record.StoredRecord;
import io.kappa.contracts.destination.Destination;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * What a destination is told of an event that has ended, in Lambda's own form. Payload and response stand in it as they are, without being
 * parsed; what is no JSON stands there as a text.
 *
 * @param ended epoch milliseconds
 * @param payload of the event
 * @param response what the function answered last, or null where it did not run or its answer was not kept
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, and a copy of a megabyte would serve nobody.
public record DestinationRecord(
        RequestId requestId,
        InvocationTarget target,
        Ending ending,
        int runs,
        long ended,
        @Nullable LastOutcome last,
        byte[] payload,
        byte @Nullable [] response) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /**
     * Of an event that has ended.
     *
     * @param event the record with which it was accepted
     * @param records where the function's answer may be
     */
    public static DestinationRecord of(Delivery delivery, StoredRecord event, Records records) {
        return new DestinationRecord(
                delivery.requestId(),
                delivery.target(),
                delivery.ending(),
                delivery.runs(),
                delivery.ended(),
                delivery.last(),
                event.value(),
                delivery.response()
                        .flatMap(records::read)
                        .map(StoredRecord::value)
                        .orElse(null));
    }

    /** The record as a queue, a notification topic, a Kafka topic or a function gets it. */
    public byte[] json() {
        return written(this::write);
    }

    /** As {@link #json}, in the form that the destination asks for. */
    public byte[] json(Destination destination) {
        return destination instanceof Destination.EventBus bus ? written(json -> writeEnvelope(json, bus)) : json();
    }

    /** Writes JSON. */
    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private byte[] written(Body body) {
        var bytes = new ByteArrayOutputStream(payload.length + 1024);
        try (var json = JSON.createGenerator(bytes)) {
            body.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory does not fail to be written.
        }
        return bytes.toByteArray();
    }

    private void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("version", "1.0");
        json.writeStringField("timestamp", TIME.format(Instant.ofEpochMilli(ended)));
        json.writeObjectFieldStart("requestContext");
        json.writeStringField("requestId", requestId.toString());
        json.writeStringField("functionArn", target.qualifiedArn());
        json.writeStringField("condition", condition());
        json.writeNumberField("approximateInvokeCount", runs);
        json.writeEndObject();
        json.writeFieldName("requestPayload");
        JsonText.write(json, payload);
        if (last != null && last.executedVersion() != null && ending != Ending.ZERO_RESERVED_CONCURRENCY) {
            writeResponse(json, last, last.executedVersion());
        }
        json.writeEndObject();
    }

    private void writeResponse(JsonGenerator json, LastOutcome answered, String version) throws IOException {
        json.writeObjectFieldStart("responseContext");
        json.writeNumberField("statusCode", answered.status());
        json.writeStringField("executedVersion", version);
        if (answered.functionError()) {
            json.writeStringField("functionError", "Unhandled");
        }
        json.writeEndObject();
        json.writeFieldName("responsePayload");
        if (response == null) {
            json.writeNull();
        } else {
            JsonText.write(json, response);
        }
    }

    /** EventBridge's envelope. */
    private void writeEnvelope(JsonGenerator json, Destination.EventBus bus) throws IOException {
        json.writeStartObject();
        json.writeStringField("version", "0");
        json.writeStringField("id", requestId.toString());
        json.writeStringField(
                "detail-type",
                "Lambda Function Invocation Result - " + (ending == Ending.SUCCEEDED ? "Success" : "Failure"));
        json.writeStringField("source", "lambda");
        json.writeStringField("account", target.function().account());
        json.writeStringField("time", TIME.format(Instant.ofEpochMilli(ended)));
        json.writeStringField("region", target.function().region());
        json.writeArrayFieldStart("resources");
        json.writeString(bus.arn());
        json.writeString(target.qualifiedArn());
        json.writeEndArray();
        json.writeFieldName("detail");
        write(json);
        json.writeEndObject();
    }

    private String condition() {
        return switch (ending) {
            case SUCCEEDED -> "Success";
            case EVENT_AGE_EXCEEDED -> "EventAgeExceeded";
            case ZERO_RESERVED_CONCURRENCY -> "ZeroReservedConcurrency";
            // Lambda has no word for the others, of which it would have tried to run each.
            case RETRIES_EXHAUSTED, REFUSED, FUNCTION_NOT_FOUND, MALFORMED, PAYLOAD_LOST, DUPLICATE, CANCELLED ->
                "RetriesExhausted";
        };
    }

    /** Bytes that should be JSON. */
    private static final class JsonText {

        static void write(JsonGenerator json, byte[] bytes) throws IOException {
            var text = new String(bytes, StandardCharsets.UTF_8);
            if (isJson(bytes)) {
                json.writeRawValue(text);
            } else {
                json.writeString(text);
            }
        }

        private static boolean isJson(byte[] bytes) {
            try (var json = JSON.createParser(bytes)) {
                if (json.nextToken() == null) {
                    return false;
                }
                json.skipChildren();
                return json.nextToken() == null;
            } catch (IOException e) {
                return false;
            }
        }
    }
}
