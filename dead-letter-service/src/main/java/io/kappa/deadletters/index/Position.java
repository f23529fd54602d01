package io.kappa.deadletters.index;

import java.time.Instant;

/** Where a dead letter stands among all others, as a text that sorts so: time of failure in milliseconds, then the id. */
final class Position {
    private static final int DIGITS = 13; // Good until the year 2286.
    private static final long LATEST = 9_999_999_999_999L;

    static String of(Instant failed, String id) {
        return before(failed) + id;
    }

    /** Sorts before every letter of that millisecond and after every one of the millisecond before. */
    static String before(Instant time) {
        return text(millis(time));
    }

    /** Sorts after every letter of that millisecond and before every one of the next. */
    static String after(Instant time) {
        return text(Math.min(LATEST, millis(time) + 1));
    }

    private static long millis(Instant time) {
        try {
            return Math.clamp(time.toEpochMilli(), 0, LATEST);
        } catch (ArithmeticException e) {
            return time.getEpochSecond() < 0 ? 0 : LATEST;
        }
    }

    private static String text(long millis) {
        var digits = Long.toString(millis);
        return "0".repeat(DIGITS - digits.length()) + digits + " ";
    }

    static boolean looksLikeOne(String text) {
        return text.length() > DIGITS
                && text.charAt(DIGITS) == ' '
                && text.chars().limit(DIGITS).allMatch(digit -> digit >= '0' && digit <= '9');
    }

    private Position() {}
}
