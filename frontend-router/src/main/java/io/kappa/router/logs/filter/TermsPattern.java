package io.kappa.router.logs.filter;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;

/**
 * Terms that a message must contain, anywhere in it and in the same case: all of them, but none that a minus stands before. Terms with a
 * question mark before them are alternatives, of which one is enough; beside any other term they count for nothing.
 *
 * @param all terms that must be there
 * @param none terms that must not
 * @param any alternatives
 */
record TermsPattern(List<Term> all, List<Term> none, List<Term> any) implements FilterPattern {

    /** Part of a message. */
    @FunctionalInterface
    interface Term {
        boolean isIn(String message);
    }

    static TermsPattern parse(String pattern) {
        var reader = new PatternReader(pattern);
        var regexes = new Regexes();
        var all = new ArrayList<Term>();
        var none = new ArrayList<Term>();
        var any = new ArrayList<Term>();
        while (!reader.atEnd()) {
            if (reader.take("-")) {
                none.add(term(reader, regexes));
            } else if (reader.take("?")) {
                any.add(term(reader, regexes));
            } else {
                all.add(term(reader, regexes));
            }
            reader.skipSpace();
        }
        boolean alternatives = all.isEmpty() && none.isEmpty();
        return new TermsPattern(List.copyOf(all), List.copyOf(none), alternatives ? List.copyOf(any) : List.of());
    }

    private static Term term(PatternReader reader, Regexes regexes) {
        if (reader.peek() == '"') {
            var phrase = reader.quoted();
            return message -> message.contains(phrase);
        }
        if (reader.peek() == '%') {
            Pattern regex = regexes.compile(reader.regex());
            return message -> regex.matcher(message).find();
        }
        var word = reader.takeWhile(c -> Character.isLetterOrDigit(c) || c == '_');
        if (word.isEmpty()) {
            throw reader.unexpected();
        }
        if (!reader.atEnd() && !Character.isWhitespace(reader.peek())) {
            throw new FilterPatternException(
                    "Invalid filter pattern: a term with '" + reader.peek() + "' in it must stand in quotation marks");
        }
        return message -> message.contains(word);
    }

    @Override
    public boolean matches(String message) {
        return all.stream().allMatch(term -> term.isIn(message))
                && none.stream().noneMatch(term -> term.isIn(message))
                && (any.isEmpty() || any.stream().anyMatch(term -> term.isIn(message)));
    }
}
