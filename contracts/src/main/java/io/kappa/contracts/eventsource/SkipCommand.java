package io.kappa.contracts.eventsource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an operator has decided about records of a source that hold up a shard, in {@code mappings.commands}, keyed by the mapping's UUID: they
 * are to be passed over. Carried out by whoever reads the partition when it comes to these records, and kept as the account of who did it.
 *
 * @param id names the command
 * @param topic that the mapping reads
 * @param from offset of the first record
 * @param to offset after the last record
 * @param reason as the operator gave it, perhaps empty
 * @param by who asked; null where that is not known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SkipCommand(
        @JsonProperty("v") int formatVersion,
        String id,
        String mapping,
        String topic,
        int partition,
        long from,
        long to,
        Action action,
        String reason,
        Instant at,
        @Nullable String by) {

    public SkipCommand(
            String id,
            String mapping,
            String topic,
            int partition,
            long from,
            long to,
            Action action,
            String reason,
            Instant at) {
        this(1, id, mapping, topic, partition, from, to, action, reason, at, null);
    }

    public SkipCommand {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("no records: from " + from + " to " + to);
        }
    }

    /** What becomes of the records. */
    public enum Action {
        /** They become dead letters. */
        PARK,
        /** They are dropped. Also what acknowledges that records are gone which the source no longer has. */
        DROP
    }

    /** The same, with who asked. */
    public SkipCommand askedBy(@Nullable String who) {
        return new SkipCommand(formatVersion, id, mapping, topic, partition, from, to, action, reason, at, who);
    }

    /** Whether the record at an offset is meant. */
    public boolean covers(String otherTopic, int otherPartition, long offset) {
        return topic.equals(otherTopic) && partition == otherPartition && offset >= from && offset < to;
    }
}
