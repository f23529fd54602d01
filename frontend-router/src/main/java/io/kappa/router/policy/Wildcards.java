package io.kappa.router.policy;

import java.util.Locale;

/** Patterns in which {@code *} stands for any letters and {@code ?} for one. */
final class Wildcards {
    private static final int PARTS_OF_AN_ARN = 6;

    /** In time that grows with the product of both lengths, whatever the pattern. */
    static boolean match(String pattern, String text) {
        int at = 0;
        int star = -1;
        int resume = 0;
        int next = 0;
        while (at < text.length()) {
            if (next < pattern.length() && pattern.charAt(next) == '*') {
                star = next++;
                resume = at;
            } else if (next < pattern.length()
                    && (pattern.charAt(next) == '?' || pattern.charAt(next) == text.charAt(at))) {
                next++;
                at++;
            } else if (star >= 0) {
                next = star + 1;
                at = ++resume;
            } else {
                return false;
            }
        }
        while (next < pattern.length() && pattern.charAt(next) == '*') {
            next++;
        }
        return next == pattern.length();
    }

    static boolean matchIgnoringCase(String pattern, String text) {
        return match(pattern.toLowerCase(Locale.ROOT), text.toLowerCase(Locale.ROOT));
    }

    /** Part by part, so that no star reaches beyond a colon; the last part is whatever follows the fifth one. */
    static boolean matchArn(String pattern, String arn) {
        var patterns = pattern.split(":", PARTS_OF_AN_ARN);
        var parts = arn.split(":", PARTS_OF_AN_ARN);
        if (patterns.length != parts.length) {
            return false;
        }
        for (int i = 0; i < parts.length; i++) {
            if (!match(patterns[i], parts[i])) {
                return false;
            }
        }
        return true;
    }

    private Wildcards() {}
}
