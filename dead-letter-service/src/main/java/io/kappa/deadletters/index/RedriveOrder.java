package io.kappa.deadletters.index;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.deadletters.payload.PayloadEdit;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a redrive is to do.
 *
 * @param filter which dead letters, of those that exist when it starts; open ones unless it names another status
 * @param dryRun find out what would be sent, and send nothing
 * @param target ARN of the function to send to, with or without a qualifier; null for each letter's own
 * @param qualifier instead of the one that the target has, or null
 * @param maximum most letters to match, in each partition; null for no limit
 * @param edit of each payload, or null
 * @param created when it was asked for; letters that failed later are not meant
 * @param by who asked, in their own words, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RedriveOrder(
        Filter filter,
        double ratePerSecond,
        boolean dryRun,
        @Nullable String target,
        @Nullable String qualifier,
        @Nullable Integer maximum,
        @Nullable PayloadEdit edit,
        Instant created,
        @Nullable String by) {
    public static final double DEFAULT_RATE = 10;
    public static final double SLOWEST = 0.1;
    public static final double FASTEST = 10_000;

    public RedriveOrder {
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(created, "created");
        if (!(ratePerSecond >= SLOWEST && ratePerSecond <= FASTEST)) {
            throw new IllegalArgumentException("a rate is from " + SLOWEST + " to " + FASTEST + " per second");
        }
        if (maximum != null && maximum < 1) {
            throw new IllegalArgumentException("a maximum is at least 1");
        }
    }

    /** The same about other dead letters. */
    public RedriveOrder about(Filter other) {
        return new RedriveOrder(other, ratePerSecond, dryRun, target, qualifier, maximum, edit, created, by);
    }
}
