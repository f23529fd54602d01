package io.kappa.runtimes;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A version of an interpreter, as exactly as something says it: {@code python3.12} says {@code 3.12}, and the
 * interpreter {@code 3.12.1}.
 */
record InterpreterVersion(int major, int minor, int patch) implements Comparable<InterpreterVersion> {

    /** Stands for a part that is not said. */
    private static final int ANY = -1;

    private static final Pattern SYNTAX = Pattern.compile("(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?");
    private static final Comparator<InterpreterVersion> ORDER = Comparator.comparingInt(InterpreterVersion::major)
            .thenComparingInt(InterpreterVersion::minor)
            .thenComparingInt(InterpreterVersion::patch);

    /** Reads the first number in a text, such as {@code nodejs20.x} or {@code 3.13.0rc2}. */
    static Optional<InterpreterVersion> in(String text) {
        var matcher = SYNTAX.matcher(text);
        if (!matcher.find()) {
            return Optional.empty();
        }
        return Optional.of(
                new InterpreterVersion(part(matcher.group(1)), part(matcher.group(2)), part(matcher.group(3))));
    }

    private static int part(@Nullable String digits) {
        return digits == null ? ANY : Integer.parseInt(digits);
    }

    /** Whether this is a version of what the other says. */
    boolean is(InterpreterVersion wanted) {
        return major == wanted.major
                && (wanted.minor == ANY || minor == wanted.minor)
                && (wanted.patch == ANY || patch == wanted.patch);
    }

    @Override
    public int compareTo(InterpreterVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + (minor == ANY ? "" : "." + minor) + (patch == ANY ? "" : "." + patch);
    }
}
