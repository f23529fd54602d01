package io.kappa.asyncqueue.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * How far one shard has come with an operator's action. Large ones are done in parts, so that the queue goes on meanwhile.
 *
 * @param cursor key of the state up to which events have been looked at; null where none has
 * @param affected how many events it was done to
 * @param finished epoch milliseconds, or null while it goes on
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActionProgress(
        @JsonProperty("v") int formatVersion,
        QueueAction action,
        @Nullable String cursor,
        long affected,
        @Nullable Long finished) {

    public static ActionProgress begun(QueueAction action) {
        return new ActionProgress(1, action, null, 0, null);
    }

    public ActionProgress further(String reached, long more) {
        return new ActionProgress(formatVersion, action, reached, affected + more, null);
    }

    public ActionProgress done(long more, long now) {
        return new ActionProgress(formatVersion, action, null, affected + more, now);
    }
}
