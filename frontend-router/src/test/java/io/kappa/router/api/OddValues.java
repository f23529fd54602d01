package io.kappa.router.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Values for members of requests that hardly anybody sends. */
final class OddValues {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final int SHORT = 24;

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "\0",
            "\u007f\r\n",
            "../../../../etc/passwd",
            "..",
            "%00%2e%2e%2f",
            "${jndi:ldap://x}",
            "'; DROP TABLE functions; --",
            "\ud83d\ude00\u202e\ufeff",
            "$LATEST",
            "$latest",
            "arn:aws:lambda:us-east-1:000000000000:function:f",
            "arn:aws:lambda:eu-west-1:000000000000:function:f:1",
            "arn:aws:lambda:us-east-1:111111111111:layer:tools:1",
            "arn:aws:sqs:us-east-1:000000000000:q.fifo",
            "arn:aws:kinesis:us-east-1:000000000000:stream/",
            "arn:::::",
            ":",
            "99999999999999999999",
            "-1",
            "0",
            "1e9",
            "{\"a\":[",
            "a".repeat(65),
            "a".repeat(300),
            "b".repeat(200_000));

    private static final List<JsonNode> NUMBERS = Stream.of(
                    "-1",
                    "0",
                    "-0.0",
                    "1.5",
                    "2147483648",
                    "-9223372036854775809",
                    "1e400",
                    "1E-400",
                    "1e999999999",
                    "9".repeat(900))
            .map(SampleRequests::json)
            .toList();

    private static final Map<String, JsonNode> OF_EVERY_TYPE = Map.of(
            "STRING_VALUE", JSON.textNode("x"),
            "NUMBER_VALUE", JSON.numberNode(1),
            "TRUE_VALUE", JSON.booleanNode(true),
            "START_OF_ARRAY_VALUE", JSON.arrayNode(),
            "START_OF_OBJECT_VALUE", JSON.objectNode());

    /** Values that are of another type than the member, by what the service calls them. */
    static Map<String, JsonNode> ofWrongTypes(ModelMember member) {
        var wrong = new HashMap<>(OF_EVERY_TYPE);
        wrong.values().removeIf(value -> isOfType(member, value));
        return wrong;
    }

    private static boolean isOfType(ModelMember member, JsonNode value) {
        return switch (member.type()) {
            case TEXT, BYTES -> value.isTextual();
            case WHOLE, REAL, MOMENT -> value.isNumber();
            case FLAG -> value.isBoolean();
            case LIST -> value.isArray();
            case MAP, STRUCTURE -> value.isObject();
        };
    }

    /** Of the member's type. */
    static JsonNode of(Random random, ModelMember member) {
        return switch (member.type()) {
            case TEXT, BYTES -> JSON.textNode(any(random, TEXTS));
            case WHOLE, REAL, MOMENT -> any(random, NUMBERS);
            case FLAG -> JSON.booleanNode(random.nextBoolean());
            case STRUCTURE -> JSON.objectNode();
            case LIST -> {
                var list = JSON.arrayNode();
                for (int i = random.nextInt(120); i >= 0; i--) {
                    list.add(oddOrNull(random));
                }
                yield list;
            }
            case MAP -> {
                var map = JSON.objectNode();
                for (int i = random.nextInt(60); i >= 0; i--) {
                    map.set(any(random, TEXTS) + i, oddOrNull(random));
                }
                yield map;
            }
        };
    }

    private static JsonNode oddOrNull(Random random) {
        return random.nextBoolean() ? JSON.nullNode() : JSON.textNode(any(random, TEXTS.subList(0, SHORT)));
    }

    static <T> T any(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private OddValues() {}
}
