package io.kappa.router.api.invoke;

import com.fasterxml.jackson.core.JsonFactory;
import io.kappa.router.api.operation.BodyStream;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/** Whether a payload is one JSON value. Looks at every byte and keeps none. */
public final class PayloadCheck {
    /** Payloads longer than this take so long to look at that no event loop should do it. */
    public static final int LONGEST_ON_EVENT_LOOP = 64 * 1024;

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /** @throws LambdaApiException where it is not */
    public static void check(Buffer payload) {
        try (var json = JSON.createParser(BodyStream.of(payload))) {
            if (json.nextToken() == null) {
                throw refused("No content to map due to end-of-input");
            }
            json.skipChildren();
            if (json.nextToken() != null) {
                throw refused("Trailing token after the value");
            }
        } catch (IOException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private static LambdaApiException refused(String why) {
        return new LambdaApiException(
                ErrorCode.INVALID_REQUEST_CONTENT,
                "Could not parse request body into json: Could not parse payload into json: " + why);
    }

    private PayloadCheck() {}
}
