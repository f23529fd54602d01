package io.kappa.asyncqueue.attempt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What an error payload or a refusal says of itself, as far as it can be read.
 *
 * @param type empty where it does not say
 * @param message empty where it does not say
 * @param reason of a throttle; null where there is none
 */
record FunctionErrors(String type, String message, @Nullable String reason) {
    private static final JsonFactory JSON = new JsonFactory();

    static FunctionErrors read(byte[] payload) {
        var type = "";
        var message = "";
        String reason = null;
        try (var json = JSON.createParser(payload)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return new FunctionErrors(type, message, null);
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                var name = json.currentName();
                var value = json.nextToken();
                if (value == JsonToken.VALUE_STRING) {
                    switch (name) {
                        case "errorType" -> type = json.getText();
                        case "errorMessage", "message", "Message" -> message = json.getText();
                        case "Reason" -> reason = json.getText();
                        default -> {}
                    }
                } else {
                    json.skipChildren();
                }
            }
        } catch (IOException e) {
            // A function may answer anything; what could be read until here will do.
        }
        return new FunctionErrors(type, message, reason);
    }
}
