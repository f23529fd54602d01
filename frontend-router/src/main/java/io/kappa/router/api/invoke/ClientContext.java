package io.kappa.router.api.invoke;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Base64;

/** What a caller says of itself to the function: a JSON object, base64 in a header on the way in, ASCII in a header on the way on. */
public final class ClientContext {
    private static final int LONGEST = 3583;

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /**
     * The object as one line of ASCII.
     *
     * @throws LambdaApiException where the header holds no such object, or is too long
     */
    public static String decode(String header) {
        if (header.length() > LONGEST) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_REQUEST_CONTENT,
                    "Client context must be at most " + LONGEST + " bytes of Base64, and it has " + header.length()
                            + ".");
        }
        var text = new StringWriter();
        try (var in = JSON.createParser(Base64.getDecoder().decode(header));
                var out = JSON.createGenerator(text)) {
            if (in.nextToken() != JsonToken.START_OBJECT) {
                throw refused();
            }
            out.copyCurrentStructure(in);
            if (in.nextToken() != null) {
                throw refused();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw refused();
        }
        return text.toString().replace("\u007f", "\\u007F"); // ASCII that no header may hold; stands in texts alone.
    }

    private static LambdaApiException refused() {
        return new LambdaApiException(
                ErrorCode.INVALID_REQUEST_CONTENT, "Client context must be a valid Base64-encoded JSON object.");
    }

    private ClientContext() {}
}
