package io.kappa.mapper.checkpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.mapper.shard.OpenWindow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a shard stood.
 *
 * @param topicId id of the source's topic, because one of the same name may be another
 * @param position everything below it was settled
 * @param window that was open; null where there was none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Checkpoint(
        @JsonProperty("v") int formatVersion,
        String topicId,
        long position,
        @Nullable OpenWindow window,
        Instant at) {

    public Checkpoint(String topicId, long position, @Nullable OpenWindow window, Instant at) {
        this(1, topicId, position, window, at);
    }
}
