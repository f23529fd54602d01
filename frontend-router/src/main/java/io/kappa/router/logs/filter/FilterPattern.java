package io.kappa.router.logs.filter;

/**
 * Which messages a search is for, in the syntax of CloudWatch Logs: terms, one regular expression, fields of a message that are parted by
 * spaces, or members of a message that is JSON. Empty, it matches every message.
 */
@FunctionalInterface
public interface FilterPattern {
    /** Longest text of a pattern. */
    int LONGEST = 1024;

    /** @param message without its newline */
    boolean matches(String message);

    /** @throws FilterPatternException where the text is no pattern */
    static FilterPattern parse(String text) {
        var pattern = text.strip();
        if (pattern.isEmpty()) {
            return _ -> true;
        }
        return switch (pattern.charAt(0)) {
            case '{' -> JsonPattern.parse(pattern);
            case '[' -> FieldsPattern.parse(pattern);
            default -> TermsPattern.parse(pattern);
        };
    }
}
