package io.kappa.deadletters.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.deadletter.RedriveOutcome;
import io.kappa.contracts.invocation.Ending;
import io.kappa.deadletters.payload.Payload;
import io.kappa.deadletters.payload.PayloadSource;
import io.kappa.kit.streams.Table;
import io.kappa.testkit.MapTable;
import io.kappa.testkit.TurnedClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An owner without Kafka, but with what exactly-once processing promises: a step is committed as a whole or taken back as a whole. */
final class Ownership implements PayloadSource {
    static final Duration RETENTION = Duration.ofDays(13);
    static final Duration REDRIVE_RETENTION = Duration.ofDays(14);

    final TurnedClock clock = new TurnedClock(Samples.NOON);
    final MapTable table = new MapTable();
    final IndexState state = new IndexState(table);
    final IndexDecisions decisions = new IndexDecisions(state, 0, RETENTION, REDRIVE_RETENTION);
    final List<Change> done = new ArrayList<>();
    final Map<Long, Payload> payloads = new HashMap<>();
    boolean reachable = true;
    private long nextOffset;
    private int committedChanges;

    @Override
    public Optional<Payload> read(int partition, long offset) {
        if (!reachable) {
            throw new UnreachableException("gone fishing");
        }
        return Optional.ofNullable(payloads.get(offset));
    }

    void perform(List<Change> changes) {
        changes.forEach(state::apply);
        done.addAll(changes);
    }

    void commit() {
        table.commit();
        committedChanges = done.size();
    }

    /** Takes back what was not committed. */
    void crash() {
        table.rollBack();
        done.subList(committedChanges, done.size()).clear();
    }

    long receive(DeadLetter deadLetter, String payload) {
        long offset = nextOffset++;
        payloads.put(offset, Samples.payload(payload));
        receive(deadLetter, offset);
        return offset;
    }

    void receive(DeadLetter deadLetter, long offset) {
        perform(decisions.receive(deadLetter, offset, 10, clock.instant()));
    }

    void create(String id, RedriveOrder order) {
        perform(decisions.create(new Command.CreateRedrive(1, id, order), clock.instant()));
    }

    void cancel(String id) {
        perform(decisions.cancel(
                new Command.CancelRedrive(1, "cancel-" + id, id, clock.instant(), "bob"), clock.instant()));
    }

    void delete(String action, Filter filter) {
        perform(decisions.delete(new Command.Delete(1, action, filter, clock.instant(), "bob"), clock.instant()));
    }

    void end(RedriveOutcome outcome) {
        perform(decisions.end(outcome, clock.instant()));
    }

    void end(String redrive, String deadLetter, Ending ending) {
        end(Samples.outcome(redrive, deadLetter, ending, clock.instant()));
    }

    void tick() {
        for (var deletion : state.runningDeletions()) {
            perform(decisions.deleteMore(deletion, clock.instant()));
        }
        for (var redrive : state.runningRedrives()) {
            perform(decisions.match(redrive));
            perform(decisions.handle(state.redrive(redrive.id()).orElseThrow(), this, clock.instant()));
        }
    }

    void keepHouse() {
        perform(decisions.expire(clock.instant()));
        perform(decisions.forget(clock.instant()));
    }

    void turn(Duration by) {
        clock.turn(by);
    }

    List<Change.Forwarded> forwarded() {
        return done.stream()
                .filter(Change.Forwarded.class::isInstance)
                .map(Change.Forwarded.class::cast)
                .toList();
    }

    List<String> forwardedLetters() {
        return forwarded().stream()
                .map(sent -> sent.event().redrive())
                .map(reference -> reference == null ? "none" : reference.deadLetter())
                .toList();
    }

    List<String> forwardedBy(String redrive) {
        return forwarded().stream()
                .map(sent -> sent.event().redrive())
                .filter(reference -> reference != null && reference.redrive().equals(redrive))
                .map(reference -> reference.deadLetter())
                .toList();
    }

    List<LedgerLine> ledger() {
        return done.stream()
                .flatMap(change -> switch (change) {
                    case Change.Moved moved -> java.util.stream.Stream.of(moved.line());
                    case Change.Left left -> java.util.stream.Stream.of(left.line());
                    default -> java.util.stream.Stream.<LedgerLine>empty();
                })
                .toList();
    }

    Redrive redrive(String id) {
        return state.redrive(id).orElseThrow();
    }

    LetterStatus status(String id) {
        return state.letter(id).orElseThrow().status();
    }

    ResultRow row(String redrive, String id) {
        return state.row(redrive, id).orElseThrow();
    }

    String payloadSent(int index) {
        var bytes = forwarded().get(index).payload().bytes();
        return bytes == null ? "" : new String(bytes, UTF_8);
    }

    List<Letter> list(Filter filter) {
        var letters = new ArrayList<Letter>();
        var _ = state.walk(filter, null, Table.Order.BACKWARDS, Integer.MAX_VALUE, letters::add);
        return letters;
    }
}
