package io.kappa.router.logs.filter;

import com.google.re2j.Pattern;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a value is compared with, and how. Numbers are compared as numbers where both are such; equality also knows texts, with {@code *} for
 * anything, and regular expressions, which match anywhere in the value.
 *
 * @param number null where the operand is none
 * @param regex null where the operand is none
 */
record Comparison(
        Operator operator,
        String operand,
        @Nullable BigDecimal number,
        @Nullable Pattern regex) {
    private static final int LONGEST_NUMBER = 64;
    private static final int MOST_DIGITS = 400;

    enum Operator {
        NOT_EQUAL("!="),
        AT_LEAST(">="),
        AT_MOST("<="),
        EQUAL("="),
        GREATER(">"),
        LESS("<");

        /** Longer signs before those that they begin with. */
        private static final List<Operator> ALL = List.of(values());

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        boolean isEquality() {
            return this == EQUAL || this == NOT_EQUAL;
        }
    }

    /** Reads an operator, if there is one. */
    static Optional<Operator> operator(PatternReader reader) {
        return Operator.ALL.stream().filter(one -> reader.take(one.sign)).findFirst();
    }

    /** Reads what follows the operator. */
    static Comparison operand(Operator operator, PatternReader reader, Regexes regexes, String stops) {
        reader.skipSpace();
        if (reader.peek() == '%' && operator.isEquality()) {
            return new Comparison(operator, "", null, regexes.compile(reader.regex()));
        }
        if (reader.peek() == '"' && operator.isEquality()) {
            return new Comparison(operator, reader.quoted(), null, null);
        }
        var operand = reader.takeWhile(c -> !Character.isWhitespace(c) && stops.indexOf(c) < 0);
        var number = number(operand);
        if (operand.isEmpty()) {
            throw reader.unexpected();
        }
        if (number == null && !operator.isEquality()) {
            throw new FilterPatternException(
                    "Invalid filter pattern: " + operator.sign + " needs a number, not '" + operand + "'");
        }
        return new Comparison(operator, operand, number, null);
    }

    /** @param value a text or the text of a number */
    boolean holds(String value) {
        if (regex != null) {
            return regex.matcher(value).find() == (operator == Operator.EQUAL);
        }
        var actual = number == null ? null : number(value);
        if (number == null || actual == null) {
            return switch (operator) {
                case EQUAL -> globMatches(operand, value);
                case NOT_EQUAL -> !globMatches(operand, value);
                case AT_LEAST, AT_MOST, GREATER, LESS -> false;
            };
        }
        int order = actual.compareTo(number);
        return switch (operator) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case AT_LEAST -> order >= 0;
            case AT_MOST -> order <= 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
        };
    }

    private static @Nullable BigDecimal number(String text) {
        if (text.isEmpty() || text.length() > LONGEST_NUMBER) {
            return null;
        }
        try {
            var number = new BigDecimal(text);
            // Comparing numbers whose exponents are far apart would write out all digits between.
            return Math.abs((long) number.scale()) > MOST_DIGITS ? null : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Whether the text is the glob, with any text for each {@code *}. Goes back to the last {@code *} alone, so it is never slow. */
    static boolean globMatches(String glob, String text) {
        int g = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                resume = t;
            } else if (g < glob.length() && glob.charAt(g) == text.charAt(t)) {
                g++;
                t++;
            } else if (star >= 0) {
                g = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.charAt(g) == '*') {
            g++;
        }
        return g == glob.length();
    }
}
