package io.kappa.router.logs.filter;

import java.util.function.IntPredicate;

/** Reads the text of a pattern from left to right. */
final class PatternReader {
    private final String text;
    private int position;

    PatternReader(String text) {
        this.text = text;
    }

    boolean atEnd() {
        return position == text.length();
    }

    void skipSpace() {
        takeWhile(Character::isWhitespace);
    }

    /** The next character, or a NUL where there is none. */
    char peek() {
        return atEnd() ? '\0' : text.charAt(position);
    }

    /** Passes the word if it comes next. */
    boolean take(String word) {
        if (text.startsWith(word, position)) {
            position += word.length();
            return true;
        }
        return false;
    }

    /** Passes the word, in any case, if it comes next and ends there. */
    boolean takeWord(String word) {
        int end = position + word.length();
        boolean there = text.regionMatches(true, position, word, 0, word.length())
                && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)));
        if (there) {
            position = end;
        }
        return there;
    }

    void require(String word) {
        if (!take(word)) {
            throw new FilterPatternException(
                    "Invalid filter pattern: '" + word + "' is missing at character " + (position + 1));
        }
    }

    String takeWhile(IntPredicate wanted) {
        int start = position;
        while (!atEnd() && wanted.test(text.charAt(position))) {
            position++;
        }
        return text.substring(start, position);
    }

    /** What stands in quotation marks, of which the first comes next; {@code \"} and {@code \\} are one character each. */
    String quoted() {
        var quoted = new StringBuilder();
        for (position++; !atEnd(); position++) {
            char c = text.charAt(position);
            if (c == '"') {
                position++;
                return quoted.toString();
            }
            boolean escapes = c == '\\'
                    && position + 1 < text.length()
                    && (text.charAt(position + 1) == '"' || text.charAt(position + 1) == '\\');
            if (escapes) {
                position++;
            }
            quoted.append(text.charAt(position));
        }
        throw new FilterPatternException("Invalid filter pattern: a quotation mark is not closed");
    }

    /** What stands between percent signs, of which the first comes next; {@code \%} is a percent sign. */
    String regex() {
        int start = ++position;
        while (!atEnd() && peek() != '%') {
            position += peek() == '\\' && position + 1 < text.length() ? 2 : 1;
        }
        if (atEnd()) {
            throw new FilterPatternException("Invalid filter pattern: a regular expression is not closed");
        }
        return text.substring(start, position++);
    }

    FilterPatternException unexpected() {
        return new FilterPatternException(
                atEnd()
                        ? "Invalid filter pattern: it ends too early"
                        : "Invalid filter pattern: '" + peek() + "' is not expected at character " + (position + 1));
    }
}
