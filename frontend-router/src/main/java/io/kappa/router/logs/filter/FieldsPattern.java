package io.kappa.router.logs.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fields of a message that are parted by spaces, such as {@code [ip, user, ..., status = 4*, bytes]}. What stands in square brackets or in
 * quotation marks is one field. A message must have as many fields as the pattern names; {@code ...} stands for any number of them.
 *
 * @param before the ellipsis, or all where there is none
 * @param after the ellipsis
 */
record FieldsPattern(List<Field> before, boolean ellipsis, List<Field> after) implements FilterPattern {
    private static final String STOPS = ",]()&|";

    /** Whether a field is as it should be. */
    @FunctionalInterface
    interface Field {
        boolean matches(String value);
    }

    static FieldsPattern parse(String pattern) {
        var reader = new PatternReader(pattern);
        var regexes = new Regexes();
        var before = new ArrayList<Field>();
        var after = new ArrayList<Field>();
        boolean ellipsis = false;
        reader.require("[");
        do {
            reader.skipSpace();
            if (reader.take("...")) {
                if (ellipsis) {
                    throw new FilterPatternException("Invalid filter pattern: it has more than one ellipsis");
                }
                ellipsis = true;
            } else {
                (ellipsis ? after : before).add(alternatives(reader, regexes));
            }
            reader.skipSpace();
        } while (reader.take(","));
        reader.require("]");
        if (!reader.atEnd()) {
            throw reader.unexpected();
        }
        return new FieldsPattern(List.copyOf(before), ellipsis, List.copyOf(after));
    }

    private static Field alternatives(PatternReader reader, Regexes regexes) {
        var field = together(reader, regexes);
        for (reader.skipSpace(); reader.take("||"); reader.skipSpace()) {
            var left = field;
            var right = together(reader, regexes);
            field = value -> left.matches(value) || right.matches(value);
        }
        return field;
    }

    private static Field together(PatternReader reader, Regexes regexes) {
        var field = condition(reader, regexes);
        for (reader.skipSpace(); reader.take("&&"); reader.skipSpace()) {
            var left = field;
            var right = condition(reader, regexes);
            field = value -> left.matches(value) && right.matches(value);
        }
        return field;
    }

    private static Field condition(PatternReader reader, Regexes regexes) {
        reader.skipSpace();
        if (reader.take("(")) {
            var inner = alternatives(reader, regexes);
            reader.require(")");
            return inner;
        }
        if (reader.peek() == '%') { // A field without a name.
            var regex = regexes.compile(reader.regex());
            return value -> regex.matcher(value).find();
        }
        var name = reader.takeWhile(c -> Character.isLetterOrDigit(c) || c == '_' || c == '-');
        reader.skipSpace();
        Optional<Comparison.Operator> operator = Comparison.operator(reader);
        if (operator.isEmpty()) {
            if (name.isEmpty()) {
                throw reader.unexpected();
            }
            return _ -> true;
        }
        return Comparison.operand(operator.get(), reader, regexes, STOPS)::holds;
    }

    @Override
    public boolean matches(String message) {
        var fields = fields(message);
        int named = before.size() + after.size();
        if (ellipsis ? fields.size() < named : fields.size() != named) {
            return false;
        }
        return match(before, fields.subList(0, before.size()))
                && match(after, fields.subList(fields.size() - after.size(), fields.size()));
    }

    private static boolean match(List<Field> wanted, List<String> values) {
        for (int i = 0; i < wanted.size(); i++) {
            if (!wanted.get(i).matches(values.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** A bracket or quotation mark that is not closed is part of a field like any other character. */
    private static List<String> fields(String message) {
        var fields = new ArrayList<String>();
        int i = 0;
        while (i < message.length()) {
            char c = message.charAt(i);
            if (Character.isWhitespace(c)) {
                i++;
                continue;
            }
            int close = c == '[' ? message.indexOf(']', i + 1) : c == '"' ? message.indexOf('"', i + 1) : -1;
            int end = close < 0 ? endOfWord(message, i) : close + 1;
            fields.add(close < 0 ? message.substring(i, end) : message.substring(i + 1, close));
            i = end;
        }
        return fields;
    }

    private static int endOfWord(String message, int start) {
        int end = start;
        while (end < message.length() && !Character.isWhitespace(message.charAt(end))) {
            end++;
        }
        return end;
    }
}
