package io.kappa.router.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.router.api.operation.ApiAnswer;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;

/** The messages that an answer of {@code application/vnd.amazon.eventstream} is made of. */
final class EventMessages {

    /** Some bytes of the result. */
    static Buffer payloadChunk(Buffer bytes) {
        return message("PayloadChunk", "application/octet-stream", bytes.getBytes());
    }

    /**
     * The result was told in full.
     *
     * @param logTail base64, null where none was asked for
     */
    static Buffer complete(@Nullable String logTail) {
        return end(json -> writeTail(json, logTail));
    }

    /**
     * The result ends here because something failed.
     *
     * @param details the error as Lambda writes it
     * @param logTail base64, null where none was asked for
     */
    static Buffer failed(String code, String details, @Nullable String logTail) {
        return end(json -> {
            json.writeStringField("ErrorCode", code);
            json.writeStringField("ErrorDetails", details);
            writeTail(json, logTail);
        });
    }

    private static void writeTail(JsonGenerator json, @Nullable String logTail) throws IOException {
        if (logTail != null) {
            json.writeStringField("LogResult", logTail);
        }
    }

    private static Buffer end(ApiAnswer.JsonBody members) {
        var body = ApiAnswer.json(200, json -> {
            json.writeStartObject();
            members.write(json);
            json.writeEndObject();
        });
        return message("InvokeComplete", "application/json", body.body().getBytes());
    }

    private static Buffer message(String event, String contentType, byte[] payload) {
        var headers = Map.of(
                ":message-type", HeaderValue.fromString("event"),
                ":event-type", HeaderValue.fromString(event),
                ":content-type", HeaderValue.fromString(contentType));
        return Buffer.buffer(new Message(headers, payload).toByteBuffer().array());
    }

    private EventMessages() {}
}
