package io.kappa.router.api.url;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Base64;

/**
 * The response that a function's result becomes: what the result says, where it has a {@code statusCode} or a prelude, else 200 and the
 * result itself as JSON without blanks, or a text without its quotes.
 */
public record UrlResponse(ResponseHead head, Buffer body) {
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final String DEFAULT_TYPE = "application/json";

    /** @throws MalformedResultException where the result says what no response can be, or is not JSON */
    public static UrlResponse of(Buffer result) {
        if (result.length() == 0) {
            return new UrlResponse(ResponseHead.of(DEFAULT_TYPE), result);
        }
        if (beginsWithPrelude(result)) {
            return withPrelude(result);
        }
        var tree = read(result.getBytes());
        if (tree.has("statusCode")) {
            return new UrlResponse(ResponseHead.of(tree, DEFAULT_TYPE), body(tree));
        }
        return new UrlResponse(
                ResponseHead.of(DEFAULT_TYPE),
                tree.isTextual() ? Buffer.buffer(tree.textValue()) : withoutBlanks(result));
    }

    /** As a function gives it that streams, and was gathered. JSON has no bytes of zero. */
    private static boolean beginsWithPrelude(Buffer result) {
        int end = Math.min(result.length(), Prelude.LONGEST);
        for (int i = 0; i < end; i++) {
            if (result.getByte(i) == 0) {
                return true;
            }
        }
        return false;
    }

    private static UrlResponse withPrelude(Buffer result) {
        var prelude = new Prelude();
        var body = prelude.take(result);
        var head = prelude.head();
        if (body.isEmpty() || head == null) {
            throw new MalformedResultException("the result is not JSON");
        }
        return new UrlResponse(head, body.get());
    }

    static JsonNode read(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new MalformedResultException("the result is not JSON");
        }
    }

    private static Buffer body(JsonNode result) {
        var body = result.get("body");
        if (body == null || body.isNull()) {
            return Buffer.buffer();
        }
        var text = body.isValueNode() ? body.asText() : body.toString();
        if (!result.path("isBase64Encoded").asBoolean()) {
            return Buffer.buffer(text);
        }
        try {
            return Buffer.buffer(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new MalformedResultException("the body is not base64");
        }
    }

    /** The same JSON. Nothing else of it changes: neither how numbers are written nor how letters are escaped. */
    private static Buffer withoutBlanks(Buffer json) {
        var bytes = json.getBytes();
        int length = 0;
        boolean quoted = false;
        boolean escaped = false;
        for (byte each : bytes) {
            if (quoted || (each != ' ' && each != '\n' && each != '\r' && each != '\t')) {
                bytes[length++] = each;
            }
            if (each == '"' && !escaped) {
                quoted = !quoted;
            }
            escaped = each == '\\' && !escaped;
        }
        return Buffer.buffer(bytes).slice(0, length);
    }
}
