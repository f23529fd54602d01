package io.kappa.asyncqueue.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.kappa.asyncqueue.event.AttemptOutcome;
import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.event.Position;
import io.kappa.asyncqueue.event.QueueAction;
import io.kappa.asyncqueue.event.Report;
import io.kappa.asyncqueue.event.Source;
import io.kappa.asyncqueue.policy.EventPolicies;
import io.kappa.asyncqueue.record.Records;
import io.kappa.asyncqueue.record.StoredRecord;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.invocation.InvocationEnded;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.testkit.MapTable;
import io.kappa.testkit.TurnedClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A shard and what is around it, in memory: topics as lists, a state that commits together with what was read and written, and work that is
 * done when the test says so. A crash sets everything back to the last commit, as exactly-once processing does; what the work has reported
 * meanwhile stays.
 */
final class World implements Records, Work, Shard.Output {
    static final int PARTITION = 0;
    private static final RecordCodec<Report> REPORTS = RecordCodec.of(Report.class);
    private static final RecordCodec<QueueAction> ACTIONS = RecordCodec.of(QueueAction.class);

    final TurnedClock clock = new TurnedClock(Instant.ofEpochMilli(Samples.NOON));
    final RegistryView registry = new RegistryView();
    final Shards shards = new Shards();
    final List<PendingEvent> attempts = new ArrayList<>();
    final List<Delivery> deliveries = new ArrayList<>();
    final List<InvocationEnded> ledger = new ArrayList<>();
    final List<DeadLetter> deadLetters = new ArrayList<>();
    final List<byte[]> deadLetterPayloads = new ArrayList<>();
    final List<Written> others = new ArrayList<>();
    private final Map<Source, List<Kept>> topics = new EnumMap<>(Source.class);
    private final Map<Source, Integer> read = new EnumMap<>(Source.class);
    private final Map<Source, Integer> committed = new EnumMap<>(Source.class);
    private final List<StoredRecord> commands = new ArrayList<>();
    private final List<Written> uncommitted = new ArrayList<>();
    private final MapTable table = new MapTable();
    private int commandsRead;
    private int commandsCommitted;
    private Shard shard;

    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    record Kept(byte @Nullable [] key, StoredRecord record) {}

    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    record Written(Shard.Sink sink, Outgoing key, byte[] value, Map<String, byte[]> headers) {}

    World() {
        for (var source : Source.values()) {
            topics.put(source, new ArrayList<>());
            read.put(source, 0);
            committed.put(source, 0);
        }
        shard = shard();
    }

    private Shard shard() {
        var tools = new ShardTools(
                Samples.RULES,
                8,
                new EventPolicies(registry),
                this,
                this,
                shards,
                _ -> unread(),
                new EndingMetrics(new SimpleMeterRegistry()),
                clock);
        return new Shard(PARTITION, new ShardState(table), tools, "test", this);
    }

    private long unread() {
        int end = topic(Source.OUTCOMES).size();
        return at(read, Source.OUTCOMES) == end ? UnreadReports.NONE : end - 1;
    }

    /** Accepts an event now. */
    RequestId accept(InvocationTarget target, long number, String payload) {
        put(Source.QUEUED, Samples.id(number).toString(), new QueuedEvent(target).headers(), payload);
        return Samples.id(number);
    }

    void put(Source source, @Nullable String key, Map<String, byte[]> headers, String value) {
        topic(source)
                .add(new Kept(
                        key == null ? null : key.getBytes(UTF_8),
                        new StoredRecord(headers, value.getBytes(UTF_8), clock.millis())));
    }

    void report(PendingEvent event, AttemptOutcome outcome, String response) {
        report(event, outcome, response, false);
    }

    void reportTooLong(PendingEvent event, AttemptOutcome outcome) {
        report(event, outcome, "", true);
    }

    private void report(PendingEvent event, AttemptOutcome outcome, String response, boolean omitted) {
        var report = new Report.Attempted(
                1,
                event.requestId(),
                event.target(),
                event.tries() + 1,
                clock.millis(),
                clock.millis(),
                omitted,
                outcome);
        put(Source.OUTCOMES, event.requestId().toString(), Map.of(Report.HEADER, REPORTS.encode(report)), response);
    }

    void report(Delivery delivery, @Nullable String problem) {
        var report = new Report.Delivered(
                1, delivery.requestId(), delivery.target(), delivery.to(), delivery.tries() + 1, problem, false);
        put(Source.OUTCOMES, delivery.requestId().toString(), Map.of(Report.HEADER, REPORTS.encode(report)), "");
    }

    void command(QueueAction action) {
        commands.add(new StoredRecord(Map.of(), ACTIONS.encode(action), clock.millis()));
    }

    /** Has the shard read one record of a topic; false where it has read all. */
    boolean readOne(Source source) {
        int next = at(read, source);
        if (next == topic(source).size()) {
            return false;
        }
        read.put(source, next + 1);
        var kept = topic(source).get(next);
        shard.read(source, next, kept.key(), kept.record());
        return true;
    }

    boolean readCommand() {
        if (commandsRead == commands.size()) {
            return false;
        }
        shard.read(null, commandsRead, null, commands.get(commandsRead++));
        return true;
    }

    /** Has the shard read everything that there is. */
    void readAll() {
        boolean more = true;
        while (more) {
            more = readCommand();
            for (var source : Source.values()) {
                more |= readOne(source);
            }
        }
    }

    boolean hasReadAll() {
        return commandsRead == commands.size()
                && topics.entrySet().stream()
                        .allMatch(topic ->
                                at(read, topic.getKey()) == topic.getValue().size());
    }

    void tick() {
        shard.tick();
    }

    void commit() {
        table.commit();
        committed.putAll(read);
        commandsCommitted = commandsRead;
        uncommitted.forEach(this::publish);
        uncommitted.clear();
    }

    private void publish(Written written) {
        switch (written.sink()) {
            case ENDED -> ledger.add(RecordCodec.of(InvocationEnded.class).decode(written.value()));
            case DEAD_LETTERS -> {
                deadLetters.add(RecordCodec.of(DeadLetter.class)
                        .decode(requireNonNull(written.headers().get(DeadLetter.HEADER))));
                deadLetterPayloads.add(written.value());
            }
            case DEAD_LETTER_COMMANDS, FORWARDED -> others.add(written);
        }
    }

    /** The process dies: attempts are lost, and what was not committed is as if it had never been. */
    void crash() {
        attempts.clear();
        deliveries.clear();
        restartShard();
    }

    /** The transaction is given up within the process: attempts go on. */
    void restartShard() {
        table.rollBack();
        read.putAll(committed);
        commandsRead = commandsCommitted;
        uncommitted.clear();
        shard = shard();
    }

    ShardState state() {
        return new ShardState(table);
    }

    private List<Kept> topic(Source source) {
        return requireNonNull(topics.get(source));
    }

    private static int at(Map<Source, Integer> positions, Source source) {
        return requireNonNull(positions.get(source));
    }

    int accepted() {
        return topic(Source.QUEUED).size() + topic(Source.FORWARDED).size();
    }

    @Override
    public Optional<StoredRecord> read(Position position) {
        return Optional.of(topic(position.source()).get((int) position.offset()).record());
    }

    @Override
    public void remember(Position position, StoredRecord record) {}

    @Override
    public void attempt(PendingEvent event) {
        attempts.add(event);
    }

    @Override
    public void deliver(Delivery delivery) {
        deliveries.add(delivery);
    }

    @Override
    public void write(Shard.Sink sink, Outgoing key, byte[] value, Map<String, byte[]> headers) {
        uncommitted.add(new Written(sink, key, value, headers));
    }
}
