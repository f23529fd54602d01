package io.kappa.router.logs.filter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Where in a JSON object a value stands, such as {@code $.user.roles[0]}, {@code $.*} or {@code $.['a.b']}. */
record Selector(List<Step> steps) {

    /** From a value to those of its parts that are meant. */
    sealed interface Step {
        record Member(String name) implements Step {}

        record Element(int index) implements Step {}

        /** Every member, or every element. */
        record Each() implements Step {}
    }

    static Selector parse(PatternReader reader) {
        var steps = new ArrayList<Step>();
        reader.require("$");
        while (true) {
            if (reader.take("[")) {
                steps.add(inBrackets(reader));
                reader.require("]");
            } else if (reader.take(".")) {
                if (reader.take("*")) {
                    steps.add(new Step.Each());
                } else if (reader.peek() != '[') {
                    steps.add(member(reader));
                }
            } else {
                break;
            }
        }
        if (steps.isEmpty()) {
            throw reader.unexpected();
        }
        if (steps.stream().filter(Step.Each.class::isInstance).count() > 1) {
            throw new FilterPatternException("Invalid filter pattern: a property selector has more than one wildcard");
        }
        return new Selector(List.copyOf(steps));
    }

    private static Step member(PatternReader reader) {
        var name = reader.takeWhile(c -> Character.isLetterOrDigit(c) || "_-@:/".indexOf(c) >= 0);
        if (name.isEmpty()) {
            throw reader.unexpected();
        }
        return new Step.Member(name);
    }

    private static Step inBrackets(PatternReader reader) {
        if (reader.take("*")) {
            return new Step.Each();
        }
        if (reader.take("'")) {
            var name = reader.takeWhile(c -> c != '\'');
            reader.require("'");
            return new Step.Member(name);
        }
        if (reader.peek() == '"') {
            return new Step.Member(reader.quoted());
        }
        var digits = reader.takeWhile(c -> c >= '0' && c <= '9');
        if (digits.isEmpty() || digits.length() > 9) {
            throw reader.unexpected();
        }
        return new Step.Element(Integer.parseInt(digits));
    }

    boolean hasWildcard() {
        return steps.stream().anyMatch(Step.Each.class::isInstance);
    }

    Stream<JsonNode> in(JsonNode root) {
        var found = Stream.of(root);
        for (var step : steps) {
            found = found.flatMap(node -> from(node, step));
        }
        return found;
    }

    private static Stream<JsonNode> from(JsonNode node, Step step) {
        return switch (step) {
            case Step.Member(var name) -> Stream.ofNullable(node.isObject() ? node.get(name) : null);
            case Step.Element(var index) -> Stream.ofNullable(node.isArray() ? node.get(index) : null);
            case Step.Each _ -> StreamSupport.stream(node.spliterator(), false);
        };
    }
}
