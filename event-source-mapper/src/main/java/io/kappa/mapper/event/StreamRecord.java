package io.kappa.mapper.event;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of a DynamoDB stream, as it stands in a topic: either whole, or only what is under its {@code dynamodb}. Values are not looked
 * into; they are kept as they were written.
 *
 * @param outer members beside {@code dynamodb}
 * @param change members of {@code dynamodb}
 */
record StreamRecord(Map<String, Value> outer, Map<String, Value> change) {
    private static final String CHANGE = "dynamodb";

    /** JSON of a member. */
    record Value(String json) {

        /** The text, where it is one without escapes; null otherwise. */
        @Nullable
        String text() {
            return json.startsWith("\"") && json.indexOf('\\') < 0 ? json.substring(1, json.length() - 1) : null;
        }

        void write(JsonGenerator to) throws IOException {
            to.writeRawValue(json);
        }
    }

    /** The bytes are no such record. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableException(String message) {
            super(message);
        }
    }

    static StreamRecord parse(byte @Nullable [] value) throws UnreadableException {
        if (value == null) {
            throw new UnreadableException("the record has no value");
        }
        var text = Utf8.strict(value).orElseThrow(() -> new UnreadableException("the value is not UTF-8"));
        try {
            return parse(text);
        } catch (IOException e) {
            throw new UnreadableException("the value is not JSON");
        }
    }

    private static StreamRecord parse(String text) throws IOException, UnreadableException {
        try (var json = EventJson.FACTORY.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new UnreadableException("the value is not a JSON object");
            }
            var outer = new LinkedHashMap<String, Value>();
            Map<String, Value> change = null;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                var name = name(json);
                var token = json.nextToken();
                if (!name.equals(CHANGE)) {
                    outer.put(name, value(json, text));
                } else if (token == JsonToken.START_OBJECT) {
                    change = members(json, text);
                } else {
                    throw new UnreadableException("the value's 'dynamodb' is not an object");
                }
            }
            if (json.nextToken() != null) {
                throw new UnreadableException("the value is more than one JSON object");
            }
            if (change != null) {
                return new StreamRecord(outer, change);
            }
            if (!outer.containsKey("Keys")) {
                throw new UnreadableException("the value has neither 'dynamodb' nor 'Keys'");
            }
            return new StreamRecord(Map.of(), outer);
        }
    }

    private static Map<String, Value> members(JsonParser json, String text) throws IOException, UnreadableException {
        var members = new LinkedHashMap<String, Value>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var name = name(json);
            json.nextToken();
            members.put(name, value(json, text));
        }
        return members;
    }

    /** An escape may be half of a pair, which is no name that can be written again. */
    private static String name(JsonParser json) throws IOException, UnreadableException {
        var name = json.currentName();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new UnreadableException("the value has a member whose name is no text");
        }
        return name;
    }

    private static Value value(JsonParser json, String text) throws IOException {
        int from = (int) json.currentTokenLocation().getCharOffset();
        json.skipChildren();
        json.finishToken();
        return new Value(text.substring(from, (int) json.currentLocation().getCharOffset()));
    }

    /**
     * What the record says has happened. Where it has no name for it, its images tell; where it has none of them either, an item has been
     * modified.
     */
    Value eventName() {
        var name = outer.get("eventName");
        if (name != null) {
            return name;
        }
        boolean before = change.containsKey("OldImage");
        boolean after = change.containsKey("NewImage");
        return new Value(before == after ? "\"MODIFY\"" : after ? "\"INSERT\"" : "\"REMOVE\"");
    }
}
