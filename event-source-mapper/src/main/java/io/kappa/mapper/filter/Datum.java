package io.kappa.mapper.filter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import io.kappa.mapper.event.Utf8;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Data of a record as patterns see it.
 *
 * @param json null where there is nothing to be seen
 */
record Datum(Kind kind, @Nullable JsonNode json) {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    static final Datum ABSENT = new Datum(Kind.ABSENT, null);
    static final Datum NO_TEXT = new Datum(Kind.NO_TEXT, null);

    /** What data can be, and what a pattern can ask for. */
    enum Kind {
        ABSENT,
        PLAIN,
        JSON,
        /** Bytes that are not UTF-8. */
        NO_TEXT
    }

    /** Only objects and lists count as JSON: a number or a word alone is as good as any other text. */
    static Datum ofText(String text) {
        var start = text.stripLeading();
        return start.startsWith("{") || start.startsWith("[")
                ? parsed(text).map(Datum::ofJson).orElseGet(() -> plain(text))
                : plain(text);
    }

    static Datum ofBytes(byte @Nullable [] bytes) {
        return bytes == null ? ABSENT : Utf8.strict(bytes).map(Datum::ofText).orElse(NO_TEXT);
    }

    static Datum ofJson(JsonNode json) {
        return new Datum(Kind.JSON, json);
    }

    private static Datum plain(String text) {
        return new Datum(Kind.PLAIN, TextNode.valueOf(text));
    }

    private static Optional<JsonNode> parsed(String text) {
        try {
            return Optional.of(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
