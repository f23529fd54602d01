package io.kappa.deadletters.index;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.contracts.deadletter.DeadLetter.Origin;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant: those to which everything applies that is set.
 *
 * @param function its ARN, or its name alone
 * @param errorType of the last failure, exactly
 * @param text that stands in the error's message or type, in upper or lower case
 * @param after time of failure, or later
 * @param before that time, the letter failed
 * @param ids of the letters; none where the list is empty
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Filter(
        @Nullable String function,
        @Nullable String cause,
        @Nullable Origin origin,
        @Nullable LetterStatus status,
        @Nullable String errorType,
        @Nullable String text,
        @Nullable Instant after,
        @Nullable Instant before,
        @Nullable List<String> ids) {
    public static final int MOST_IDS = 1000;

    public static final Filter ALL = new Filter(null, null, null, null, null, null, null, null, null);

    public Filter {
        if (ids != null && ids.size() > MOST_IDS) {
            throw new IllegalArgumentException("at most " + MOST_IDS + " ids");
        }
        ids = ids == null ? null : List.copyOf(ids);
    }

    public Filter withFunction(@Nullable String other) {
        return new Filter(other, cause, origin, status, errorType, text, after, before, ids);
    }

    public Filter withStatus(@Nullable LetterStatus other) {
        return new Filter(function, cause, origin, other, errorType, text, after, before, ids);
    }

    boolean matches(Letter letter) {
        var dead = letter.deadLetter();
        return (function == null || names(function, dead.function()))
                && (cause == null || cause.equals(dead.cause()))
                && (origin == null || origin == dead.origin())
                && (status == null || status == letter.status())
                && (errorType == null || errorType.equals(dead.errorType()))
                && (text == null || contains(dead.errorMessage(), text) || contains(dead.errorType(), text))
                && (after == null || !dead.failed().isBefore(after))
                && (before == null || dead.failed().isBefore(before))
                && (ids == null || ids.contains(dead.id()));
    }

    /** Whether a function is meant by its ARN or its name. */
    static boolean names(String nameOrArn, String function) {
        return function.equals(nameOrArn) || (nameOrArn.indexOf(':') < 0 && function.endsWith(":" + nameOrArn));
    }

    private static boolean contains(@Nullable String whole, String part) {
        if (whole == null) {
            return false;
        }
        for (int i = 0; i <= whole.length() - part.length(); i++) {
            if (whole.regionMatches(true, i, part, 0, part.length())) {
                return true;
            }
        }
        return false;
    }
}
