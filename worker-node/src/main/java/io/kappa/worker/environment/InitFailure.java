package io.kappa.worker.environment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/**
 * Why an init phase has failed.
 *
 * @param type of the error, as the platform's log names it
 * @param message in the runtime's words, or the platform's; empty where there is none
 */
record InitFailure(String type, String message) {
    private static final JsonMapper JSON = new JsonMapper();

    static InitFailure of(RuntimeFailure failure) {
        return new InitFailure(failure.errorType(), message(failure.payload("")));
    }

    static InitFailure timedOut(long limitSeconds) {
        return new InitFailure("Sandbox.Timedout", "Init took longer than " + limitSeconds + " seconds");
    }

    static InitFailure restoreTimedOut(long limitSeconds) {
        return new InitFailure("Sandbox.Timedout", "Restore took longer than " + limitSeconds + " seconds");
    }

    /** What a payload says, which a runtime of the user's own may have written in any way. */
    private static String message(Buffer payload) {
        try {
            JsonNode error = JSON.readTree(payload.getBytes());
            return error.path("errorMessage").asText("").replace("RequestId:  Error: ", "");
        } catch (IOException e) {
            return "";
        }
    }
}
