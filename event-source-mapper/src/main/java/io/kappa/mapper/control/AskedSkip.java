package io.kappa.mapper.control;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.SkipCommand;
import io.kappa.contracts.eventsource.SkipCommand.Action;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.kit.management.ManagementRefusal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks to have passed over, as JSON has it.
 *
 * @param topic may be left out where the mapping reads one alone
 * @param from offset of the first record
 * @param to offset after the last record; just the first one where it is left out
 * @param action PARK or DROP; PARK where it is left out
 * @param confirm must be true where more than {@link #MOST_UNCONFIRMED} records are meant
 * @param by who asks
 */
record AskedSkip(
        @Nullable String topic,
        @Nullable Integer partition,
        @Nullable Long from,
        @Nullable Long to,
        @Nullable String action,
        @Nullable String reason,
        @Nullable Boolean confirm,
        @Nullable String by) {

    /** So many may be a slip of the hand. There is no limit: what a source has lost can be any number. */
    static final long MOST_UNCONFIRMED = 1_000_000;

    private static final int LONGEST_TEXT = 1_000;

    /** @throws ManagementRefusal where the mapping has no such records */
    SkipCommand command(EventSourceMappingRecord mapping, String id, Instant now) {
        if (mapping.source() instanceof EventSource.Queue(var _, var _, var fifo) && !fifo) {
            throw ManagementRefusal.invalid("a standard queue has no order in which one message holds up another:"
                    + " what fails is given up by its receive count");
        }
        long first = firstRecord();
        long end = to == null ? first + 1 : to;
        if (end <= first) {
            throw ManagementRefusal.invalid("to is the offset after the last record, so it must be above from");
        }
        if (end - first > MOST_UNCONFIRMED && !Boolean.TRUE.equals(confirm)) {
            throw ManagementRefusal.invalid(
                    "more than " + MOST_UNCONFIRMED + " records, namely " + (end - first) + "; say confirm: true");
        }
        return new SkipCommand(
                        id,
                        mapping.id().uuid(),
                        topicOf(mapping.source()),
                        partitionOfIt(),
                        first,
                        end,
                        parsedAction(),
                        bounded("reason", reason == null ? "" : reason),
                        now)
                .askedBy(by == null ? null : bounded("by", by));
    }

    private long firstRecord() {
        if (from == null || from < 0 || from == Long.MAX_VALUE) {
            throw ManagementRefusal.invalid("from must be the offset of a record, 0 or above");
        }
        return from;
    }

    private int partitionOfIt() {
        if (partition == null || partition < 0) {
            throw ManagementRefusal.invalid("partition must be the number of a partition, 0 or above");
        }
        return partition;
    }

    private String topicOf(EventSource source) {
        var topics = source.topics();
        if (topic == null && topics.size() == 1) {
            return topics.getFirst();
        }
        if (topic == null || !topics.contains(topic)) {
            throw ManagementRefusal.invalid("topic must be one that the mapping reads: " + String.join(", ", topics));
        }
        return topic;
    }

    private Action parsedAction() {
        return switch (action) {
            case null -> Action.PARK;
            case "PARK" -> Action.PARK;
            case "DROP" -> Action.DROP;
            default -> throw ManagementRefusal.invalid("action must be PARK or DROP");
        };
    }

    private static String bounded(String name, String text) {
        if (text.length() > LONGEST_TEXT) {
            throw ManagementRefusal.invalid(name + " is longer than " + LONGEST_TEXT + " characters");
        }
        return text;
    }
}
