package io.kappa.router.api.shape;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.kappa.router.api.shape.Shape.Anything;
import io.kappa.router.api.shape.Shape.Bytes;
import io.kappa.router.api.shape.Shape.Flag;
import io.kappa.router.api.shape.Shape.Listing;
import io.kappa.router.api.shape.Shape.Mapping;
import io.kappa.router.api.shape.Shape.Moment;
import io.kappa.router.api.shape.Shape.Real;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.api.shape.Shape.Text;
import io.kappa.router.api.shape.Shape.Whole;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.io.IOException;
import java.io.InputStream;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of a request along its shape, in one pass and without a tree of it, so that a package of 50 MB in base64 is decoded where
 * it stands. Members that the shape does not know are skipped; a value of the wrong type is a {@code SerializationException}.
 */
public final class InputReader {
    /** The longest body that is ever read is shorter than this. */
    private static final int LONGEST_TEXT = 100_000_000;

    private static final int MOST_DECIMAL_PLACES = 30;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST_TEXT)
                    .maxNestingDepth(100)
                    .build())
            .build();

    /**
     * Reads and checks a request.
     *
     * @param parameters members that stand in the path and in the query, by name
     * @param body empty where there is none
     */
    public static Input read(Structure shape, Map<String, String> parameters, InputStream body) {
        var input = new Input();
        try (var json = JSON.createParser(body)) {
            var start = json.nextToken();
            if (start == JsonToken.START_OBJECT) {
                readMembers(json, shape, input);
                requireEnd(json);
            } else if (start != null) {
                throw mismatch(json, "Object");
            }
        } catch (JsonProcessingException e) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_REQUEST_CONTENT, "Could not parse request body into json: " + e.getMessage());
        } catch (IOException e) {
            throw new LambdaApiException(ErrorCode.SERIALIZATION, "The request body could not be read.");
        }
        for (var member : shape.members()) {
            var value = parameters.get(member.name());
            if (value != null) {
                input.put(member.name(), parameter(member.shape(), value));
            }
        }
        Validation.check(shape, input);
        return input;
    }

    private static void requireEnd(JsonParser json) throws IOException {
        if (json.nextToken() != null) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_REQUEST_CONTENT,
                    "Could not parse request body into json: there is more than one value");
        }
    }

    /** Reads and checks a request that has no body. */
    public static Input read(Structure shape, Map<String, String> parameters) {
        return read(shape, parameters, InputStream.nullInputStream());
    }

    /**
     * Reads and checks a request that has no body, and lists in its query.
     *
     * @param lists values by name
     */
    public static Input readWithLists(
            Structure shape, Map<String, String> parameters, Map<String, List<String>> lists) {
        var input = new Input();
        for (var member : shape.members()) {
            var value = member.shape() instanceof Listing ? lists.get(member.name()) : parameters.get(member.name());
            if (value != null) {
                input.put(member.name(), value);
            }
        }
        Validation.check(shape, input);
        return input;
    }

    private static Object parameter(Shape shape, String value) {
        if (!(shape instanceof Whole)) {
            return value;
        }
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException e) {
            throw new LambdaApiException(ErrorCode.SERIALIZATION, "STRING_VALUE can not be converted to an Integer");
        }
    }

    private static void readMembers(JsonParser json, Structure shape, Input into) throws IOException {
        var members = new HashMap<String, Shape>();
        shape.members().forEach(member -> members.put(member.name(), member.shape()));
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var name = json.currentName();
            var token = json.nextToken();
            var member = members.get(name);
            if (member == null || token == JsonToken.VALUE_NULL) {
                json.skipChildren();
            } else {
                into.put(name, readValue(json, member));
            }
        }
    }

    private static Object readValue(JsonParser json, Shape shape) throws IOException {
        return switch (shape) {
            case Text _ -> expect(json, JsonToken.VALUE_STRING, "String").getText();
            case Whole _ -> wholeNumber(json);
            case Real _ -> realNumber(json);
            case Flag _ -> flag(json);
            case Moment _ -> moment(json);
            case Bytes _ -> bytes(json);
            case Listing listing -> list(json, listing);
            case Mapping mapping -> map(json, mapping);
            case Structure structure -> {
                expect(json, JsonToken.START_OBJECT, "Object");
                var input = new Input();
                readMembers(json, structure, input);
                yield input;
            }
            case Anything _ -> isEmpty(json) ? List.of() : List.of(true);
        };
    }

    private static Long wholeNumber(JsonParser json) throws IOException {
        expect(json, JsonToken.VALUE_NUMBER_INT, "Integer");
        try {
            return json.getLongValue();
        } catch (JsonProcessingException e) { // Does not fit: Lambda clips, and so the range is what fails.
            return json.getText().startsWith("-") ? Long.valueOf(Integer.MIN_VALUE) : Long.valueOf(Integer.MAX_VALUE);
        }
    }

    private static Double realNumber(JsonParser json) throws IOException {
        if (!json.currentToken().isNumeric()) {
            throw mismatch(json, "Double");
        }
        return json.getDoubleValue();
    }

    private static Instant moment(JsonParser json) throws IOException {
        if (!json.currentToken().isNumeric()) {
            throw mismatch(json, "Timestamp");
        }
        var seconds = json.getDecimalValue();
        if (Math.abs((long) seconds.scale()) > MOST_DECIMAL_PLACES) { // Writing it out could take all memory.
            throw mismatch(json, "Timestamp");
        }
        try {
            return Instant.ofEpochMilli(
                    seconds.movePointRight(3).setScale(0, RoundingMode.DOWN).longValueExact());
        } catch (ArithmeticException e) {
            throw mismatch(json, "Timestamp");
        }
    }

    private static Boolean flag(JsonParser json) {
        if (!json.currentToken().isBoolean()) {
            throw mismatch(json, "Boolean");
        }
        return json.currentToken() == JsonToken.VALUE_TRUE;
    }

    private static byte[] bytes(JsonParser json) throws IOException {
        expect(json, JsonToken.VALUE_STRING, "Blob");
        try {
            return json.getBinaryValue();
        } catch (JsonProcessingException e) {
            throw new LambdaApiException(ErrorCode.SERIALIZATION, "Blob is not valid base64");
        }
    }

    /** Members that are null stay null: their constraint is what refuses them. */
    private static List<@Nullable Object> list(JsonParser json, Listing shape) throws IOException {
        expect(json, JsonToken.START_ARRAY, "List");
        var list = new ArrayList<@Nullable Object>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            list.add(json.currentToken() == JsonToken.VALUE_NULL ? null : readValue(json, shape.member()));
        }
        return list;
    }

    private static Map<String, @Nullable Object> map(JsonParser json, Mapping shape) throws IOException {
        expect(json, JsonToken.START_OBJECT, "Map");
        var map = new LinkedHashMap<String, @Nullable Object>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var key = json.currentName();
            json.nextToken();
            map.put(key, json.currentToken() == JsonToken.VALUE_NULL ? null : readValue(json, shape.value()));
        }
        return map;
    }

    private static boolean isEmpty(JsonParser json) throws IOException {
        if (!json.currentToken().isStructStart()) {
            throw mismatch(json, "Object");
        }
        boolean empty = true;
        while (!json.nextToken().isStructEnd()) {
            empty = false;
            json.skipChildren();
        }
        return empty;
    }

    private static JsonParser expect(JsonParser json, JsonToken token, String type) {
        if (json.currentToken() != token) {
            throw mismatch(json, type);
        }
        return json;
    }

    private static LambdaApiException mismatch(JsonParser json, String type) {
        var found = switch (json.currentToken()) {
            case VALUE_STRING -> "STRING_VALUE";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "NUMBER_VALUE";
            case VALUE_TRUE -> "TRUE_VALUE";
            case VALUE_FALSE -> "FALSE_VALUE";
            case START_ARRAY -> "START_OF_ARRAY_VALUE";
            case START_OBJECT -> "START_OF_OBJECT_VALUE";
            case null, default -> "NULL_VALUE";
        };
        var article = "AEIO".indexOf(type.charAt(0)) < 0 ? "a " : "an ";
        return new LambdaApiException(ErrorCode.SERIALIZATION, found + " can not be converted to " + article + type);
    }

    private InputReader() {}
}
