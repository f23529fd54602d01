package io.kappa.access.router;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a function's error or a router's refusal says of itself, as far as it can be read.
 *
 * @param type empty where it does not say
 * @param message empty where it does not say
 * @param reason of a throttle; null where there is none
 */
public record ErrorPayload(
        String type, String message, @Nullable String reason) {
    private static final JsonFactory JSON = new JsonFactory();

    static ErrorPayload read(byte[] payload) {
        var type = "";
        var ofFunction = "";
        var ofRouter = "";
        String reason = null;
        try (var json = JSON.createParser(payload)) {
            boolean object = json.nextToken() == JsonToken.START_OBJECT;
            while (object && json.nextToken() == JsonToken.FIELD_NAME) {
                var name = json.currentName();
                if (json.nextToken() != JsonToken.VALUE_STRING) {
                    json.skipChildren();
                    continue;
                }
                switch (name) {
                    case "errorType" -> type = json.getText();
                    case "errorMessage" -> ofFunction = json.getText();
                    case "message", "Message" -> ofRouter = json.getText();
                    case "Reason" -> reason = json.getText();
                    default -> {}
                }
            }
        } catch (IOException e) {
            // A function may answer anything; what could be read until here will do.
        }
        return new ErrorPayload(type, ofFunction.isEmpty() ? ofRouter : ofFunction, reason);
    }
}
