package io.kappa.contracts.function;

import java.util.Optional;

/** Which code of a function: the unpublished one, or one published number. Prints as Lambda writes it: {@code $LATEST} or the number. */
public sealed interface Version extends Comparable<Version> {
    /** Digits that every number of so many fits a {@code long} with. */
    int LONGEST_NUMBER = 18;

    /** The code that updates change. */
    record Latest() implements Version {
        @Override
        public String toString() {
            return "$LATEST";
        }
    }

    /** A copy that never changes. Numbers count from 1 and are never used twice for one name. */
    record Published(long number) implements Version {
        public Published {
            if (number < 1) {
                throw new IllegalArgumentException("version numbers count from 1, not " + number);
            }
        }

        @Override
        public String toString() {
            return Long.toString(number);
        }
    }

    /** @throws IllegalArgumentException where the text is neither {@code $LATEST} nor a positive number */
    static Version parse(String text) {
        return text.equals("$LATEST") ? new Latest() : new Published(Long.parseLong(text));
    }

    /** Whether a qualifier names a version, whether there is one or not; if it does not, it names an alias. */
    static boolean isVersion(String qualifier) {
        return qualifier.equals("$LATEST")
                || (!qualifier.isEmpty() && qualifier.chars().allMatch(letter -> letter >= '0' && letter <= '9'));
    }

    /** The version that a qualifier names as Lambda writes it; empty for an alias, and for a number that no version can have. */
    static Optional<Version> named(String qualifier) {
        boolean possible = qualifier.equals("$LATEST")
                || (isVersion(qualifier) && qualifier.charAt(0) != '0' && qualifier.length() <= LONGEST_NUMBER);
        return possible ? Optional.of(parse(qualifier)) : Optional.empty();
    }

    /** {@code $LATEST} first, then by number: the order in which Lambda lists versions. */
    @Override
    default int compareTo(Version other) {
        return Long.compare(rank(this), rank(other));
    }

    private static long rank(Version version) {
        return switch (version) {
            case Latest _ -> 0;
            case Published(long number) -> number;
        };
    }
}
