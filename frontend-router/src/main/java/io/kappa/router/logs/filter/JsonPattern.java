package io.kappa.router.logs.filter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.function.Predicate;

/**
 * Conditions on the members of a message that is one JSON object, such as {@code { ($.level = "ERROR" || $.status >= 500) && $.id NOT EXISTS
 * }}. A message that is anything else matches none.
 */
record JsonPattern(Predicate<JsonNode> condition) implements FilterPattern {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build()
            .readerFor(JsonNode.class);

    private static final String STOPS = ")}&|";
    private static final int MOST_WILDCARDS = 3;

    static JsonPattern parse(String pattern) {
        return new JsonPattern(new Parser(new PatternReader(pattern)).whole());
    }

    @Override
    public boolean matches(String message) {
        if (!message.stripLeading().startsWith("{")) {
            return false;
        }
        try {
            JsonNode root = JSON.readTree(message);
            return root.isObject() && condition.test(root);
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static final class Parser {
        private final PatternReader reader;
        private final Regexes regexes = new Regexes();
        private int wildcards;

        Parser(PatternReader reader) {
            this.reader = reader;
        }

        Predicate<JsonNode> whole() {
            reader.require("{");
            var condition = alternatives();
            reader.require("}");
            if (!reader.atEnd()) {
                throw reader.unexpected();
            }
            return condition;
        }

        private Predicate<JsonNode> alternatives() {
            var condition = together();
            for (reader.skipSpace(); reader.take("||"); reader.skipSpace()) {
                condition = condition.or(together());
            }
            return condition;
        }

        /** Binds closer than alternatives. */
        private Predicate<JsonNode> together() {
            var condition = condition();
            for (reader.skipSpace(); reader.take("&&"); reader.skipSpace()) {
                condition = condition.and(condition());
            }
            return condition;
        }

        private Predicate<JsonNode> condition() {
            reader.skipSpace();
            if (reader.take("(")) {
                var inner = alternatives();
                reader.require(")");
                return inner;
            }
            var selector = Selector.parse(reader);
            if (selector.hasWildcard() && ++wildcards > MOST_WILDCARDS) {
                throw new FilterPatternException(
                        "Invalid filter pattern: it has more than 3 selectors with a wildcard");
            }
            reader.skipSpace();
            return test(selector);
        }

        private Predicate<JsonNode> test(Selector selector) {
            if (reader.takeWord("NOT")) {
                reader.skipSpace();
                if (!reader.takeWord("EXISTS")) {
                    throw reader.unexpected();
                }
                return root -> selector.in(root).findAny().isEmpty();
            }
            if (reader.takeWord("EXISTS")) {
                return root -> selector.in(root).findAny().isPresent();
            }
            if (reader.takeWord("IS")) {
                reader.skipSpace();
                var is = is();
                return root -> selector.in(root).anyMatch(is);
            }
            var operator = Comparison.operator(reader).orElseThrow(reader::unexpected);
            var comparison = Comparison.operand(operator, reader, regexes, STOPS);
            return root -> selector.in(root).anyMatch(value -> isComparable(value) && comparison.holds(value.asText()));
        }

        private Predicate<JsonNode> is() {
            if (reader.takeWord("NULL")) {
                return JsonNode::isNull;
            }
            if (reader.takeWord("TRUE")) {
                return value -> value.isBoolean() && value.booleanValue();
            }
            if (reader.takeWord("FALSE")) {
                return value -> value.isBoolean() && !value.booleanValue();
            }
            throw reader.unexpected();
        }

        /** Objects, lists, null and what is true or false are neither equal nor unequal to any text or number. */
        private static boolean isComparable(JsonNode value) {
            return value.isTextual() || value.isNumber();
        }
    }
}
