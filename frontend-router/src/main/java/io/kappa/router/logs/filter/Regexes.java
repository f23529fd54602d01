package io.kappa.router.logs.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * Compiles the regular expressions of one pattern: two at most, made of what CloudWatch Logs takes. No text makes them slow, because they
 * are matched without going back.
 */
final class Regexes {
    private static final int MOST = 2;
    private static final String SYMBOLS = " :_#=@/;,-";
    private static final String OPERATORS = "^$?[]{}|\\*+.";
    private static final String CLASSES = "dDsSwWx";

    private int count;

    Pattern compile(String regex) {
        if (++count > MOST) {
            throw new FilterPatternException("Invalid filter pattern: it has more than 2 regular expressions");
        }
        if (regex.isEmpty()) {
            throw new FilterPatternException("Invalid filter pattern: a regular expression is empty");
        }
        check(regex);
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new FilterPatternException("Invalid filter pattern: not a regular expression: " + regex);
        }
    }

    private static void check(String regex) {
        for (int i = 0; i < regex.length(); i++) {
            char c = regex.charAt(i);
            boolean escaped = c == '\\' && i + 1 < regex.length();
            if (escaped) {
                c = regex.charAt(++i);
            }
            boolean allowed = isAlphanumeric(c) ? !escaped || CLASSES.indexOf(c) >= 0 : isSign(c, escaped);
            if (!allowed) {
                throw new FilterPatternException("Invalid filter pattern: '" + (escaped ? "\\" : "") + c
                        + "' is not supported in a regular expression");
            }
        }
    }

    private static boolean isSign(char c, boolean escaped) {
        return SYMBOLS.indexOf(c) >= 0 || OPERATORS.indexOf(c) >= 0 || (escaped && c == '%');
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }
}
