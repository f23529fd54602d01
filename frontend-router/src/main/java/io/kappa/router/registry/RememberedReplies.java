package io.kappa.router.registry;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.kit.streams.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;

/**
 * The replies to recent commands, so that one asked twice is done once. Bounded in time, beyond which the owner refuses a command as too
 * old, and in number, beyond which it refuses any: so a reply is never forgotten that might still be needed.
 */
final class RememberedReplies {
    /** Oldest command that is still decided, which is several times longer than anybody waits. */
    static final Duration KEPT = Duration.ofMinutes(2);

    static final int MOST = 20_000;

    private static final String PREFIX = "reply/";
    private static final RecordCodec<Remembered> CODEC = RecordCodec.of(Remembered.class);

    private final Table table;
    private final Deque<Due> oldestFirst;

    record Remembered(Instant until, ReplyRecord reply) {}

    private record Due(String id, Instant until) {}

    /** Finds those that the table already holds. */
    RememberedReplies(Table table) {
        this.table = table;
        var found = new ArrayList<Due>();
        table.forEach(
                PREFIX,
                (key, value) -> found.add(new Due(
                        key.substring(PREFIX.length()), CODEC.decode(value).until())));
        found.sort(Comparator.comparing(Due::until));
        this.oldestFirst = new ArrayDeque<>(found);
    }

    Optional<ReplyRecord> find(String commandId) {
        return Optional.ofNullable(table.get(PREFIX + commandId))
                .map(value -> CODEC.decode(value).reply());
    }

    boolean full() {
        return oldestFirst.size() >= MOST;
    }

    void remember(ReplyRecord reply, Instant now) {
        var due = new Due(reply.commandId(), now.plus(KEPT));
        table.put(PREFIX + reply.commandId(), CODEC.encode(new Remembered(due.until(), reply)));
        oldestFirst.addLast(due);
    }

    /** Forgets those whose commands would now be refused for their age. */
    void expire(Instant now) {
        while (!oldestFirst.isEmpty() && oldestFirst.getFirst().until().isBefore(now)) {
            table.delete(PREFIX + oldestFirst.removeFirst().id());
        }
    }
}
