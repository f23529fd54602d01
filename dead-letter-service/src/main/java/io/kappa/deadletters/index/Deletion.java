package io.kappa.deadletters.index;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An asked deletion in one partition, and how far it has come. It is remembered for a day after, so that one asked twice is done once.
 *
 * @param action names it
 * @param boundary offset of the last dead letter that existed when it started
 * @param doneUpTo position up to which letters have been looked at; null before the first
 * @param finished null while there may be more to delete
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Deletion(
        @JsonProperty("v") int formatVersion,
        String action,
        Filter filter,
        long boundary,
        @Nullable String doneUpTo,
        long deleted,
        Instant asked,
        @Nullable Instant finished,
        @Nullable String by) {

    static Deletion started(Command.Delete command, long boundary) {
        return new Deletion(1, command.action(), command.filter(), boundary, null, 0, command.at(), null, command.by());
    }

    public boolean running() {
        return finished == null;
    }

    Deletion went(@Nullable String upTo, int letters, @Nullable Instant end) {
        return new Deletion(formatVersion, action, filter, boundary, upTo, deleted + letters, asked, end, by);
    }
}
