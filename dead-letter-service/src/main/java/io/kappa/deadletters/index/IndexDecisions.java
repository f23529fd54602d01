package io.kappa.deadletters.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.deadletter.RedriveOutcome;
import io.kappa.contracts.deadletter.RedriveReference;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.Lineage;
import io.kappa.contracts.invocation.MalformedEventException;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.deadletters.payload.Payload;
import io.kappa.deadletters.payload.PayloadEdit.NotApplicableException;
import io.kappa.deadletters.payload.PayloadSource;
import io.kappa.kit.streams.Table.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what follows from each input and from time passing. Changes nothing itself: {@link IndexState#apply} does. Whatever may be
 * about many letters goes in steps, each small enough for one transaction.
 */
final class IndexDecisions {
    /** Letters that one step of matching or of deleting looks at. */
    static final int LOOKED_AT = 2_000;

    /** Letters that one step of a redrive handles, and bytes of payload after which it ends sooner. */
    static final int HANDLED = 1_000;

    static final long HANDLED_BYTES = 8L * 1024 * 1024;

    /** Entries that one round of housekeeping takes out. */
    static final int CLEARED = 10_000;

    /** How long a deletion that is over is remembered. */
    static final Duration DELETION_KEPT = Duration.ofDays(1);

    private final IndexView index;
    private final int partition;
    private final Duration retention;
    private final Duration redriveRetention;

    /** @param partition that this index is of: of dead letters, and of commands */
    IndexDecisions(IndexView index, int partition, Duration retention, Duration redriveRetention) {
        this.index = index;
        this.partition = partition;
        this.retention = retention;
        this.redriveRetention = redriveRetention;
    }

    /** A dead letter has come. One that is known already was written twice. */
    List<Change> receive(DeadLetter deadLetter, long offset, int payloadBytes, Instant now) {
        return index.letter(deadLetter.id()).isPresent()
                ? List.of()
                : List.of(new Change.Received(Letter.arrived(deadLetter, partition, offset, payloadBytes, now)));
    }

    List<Change> create(Command.CreateRedrive command, Instant now) {
        return index.redrive(command.action()).isPresent()
                ? List.of()
                : List.of(new Change.Progressed(
                        Redrive.started(command.action(), command.order(), index.lastRead(), now)));
    }

    List<Change> cancel(Command.CancelRedrive command, Instant now) {
        return index.redrive(command.redrive())
                .filter(Redrive::running)
                .<List<Change>>map(
                        redrive -> List.of(new Change.Progressed(redrive.finished(Redrive.State.CANCELLED, now))))
                .orElse(List.of());
    }

    List<Change> delete(Command.Delete command, Instant now) {
        return index.deletion(command.action()).isPresent()
                ? List.of()
                : deleteMore(Deletion.started(command, index.lastRead()), now);
    }

    /** The next step of a deletion. */
    List<Change> deleteMore(Deletion deletion, Instant now) {
        var changes = new ArrayList<Change>();
        var walk = index.walk(deletion.filter(), deletion.doneUpTo(), Order.FORWARDS, LOOKED_AT, letter -> {
            if (letter.offset() <= deletion.boundary()) {
                changes.add(new Change.Left(letter, LedgerLine.deleted(letter.id(), deletion, now)));
            }
            return true;
        });
        changes.add(new Change.Deleting(deletion.went(walk.reached(), changes.size(), walk.more() ? null : now)));
        return changes;
    }

    /** The next step of finding what a redrive is about. */
    List<Change> match(Redrive redrive) {
        if (!redrive.matching()) {
            return List.of();
        }
        var order = redrive.order();
        long room = order.maximum() == null
                ? Long.MAX_VALUE
                : order.maximum() - redrive.progress().matched();
        var filter = order.filter().withStatus(status(order));
        var changes = new ArrayList<Change>();
        var walk = index.walk(filter, redrive.matchedUpTo(), Order.FORWARDS, LOOKED_AT, letter -> {
            if (letter.offset() <= redrive.boundary()
                    && !letter.deadLetter().failed().isAfter(order.created())) {
                changes.add(new Change.Matched(redrive.id(), letter.position()));
            }
            return changes.size() < room;
        });
        boolean more = walk.more() && changes.size() < room;
        changes.add(new Change.Progressed(redrive.matched(changes.size(), walk.reached(), more)));
        return changes;
    }

    private static LetterStatus status(RedriveOrder order) {
        return Objects.requireNonNullElse(order.filter().status(), LetterStatus.OPEN);
    }

    /** The next step of a redrive: as many letters as its rate allows by now, and whatever is in between and not sent. */
    List<Change> handle(Redrive redrive, PayloadSource payloads, Instant now) {
        int allowed = redrive.order().dryRun() ? HANDLED : redrive.pace().allowed(now, HANDLED);
        if (allowed == 0 && !index.todo(redrive, 1).isEmpty()) {
            return List.of();
        }
        return new Step(redrive, payloads, now).go(allowed);
    }

    /** The id of what a redrive sends for a letter: always the same, so that the queue would notice a second one. */
    static RequestId requestId(String redrive, String deadLetter) {
        return new RequestId(UUID.nameUUIDFromBytes((redrive + "/" + deadLetter).getBytes(UTF_8)));
    }

    private final class Step {
        private final Redrive redrive;
        private final RedriveOrder order;
        private final PayloadSource payloads;
        private final Instant now;
        private final List<Change> changes = new ArrayList<>();
        private Progress progress;
        private long bytes;

        /** Why a letter cannot be sent. */
        private static final class NotSendableException extends Exception {
            private static final long serialVersionUID = 1L;

            NotSendableException(String why) {
                super(why);
            }

            String why() {
                return String.valueOf(getMessage());
            }
        }

        private record Outgoing(QueuedEvent event, Payload payload) {}

        Step(Redrive redrive, PayloadSource payloads, Instant now) {
            this.redrive = redrive;
            this.order = redrive.order();
            this.payloads = payloads;
            this.now = now;
            this.progress = redrive.progress();
        }

        List<Change> go(int allowed) {
            var upTo = redrive.handledUpTo();
            int sent = 0;
            int handled = 0;
            var todo = index.todo(redrive, HANDLED);
            for (var position : todo) {
                if (sent == allowed || bytes > HANDLED_BYTES) {
                    break;
                }
                try {
                    sent += handle(position) ? 1 : 0;
                } catch (PayloadSource.UnreachableException e) {
                    break; // This one and those behind it wait for the next step.
                }
                upTo = position;
                handled++;
            }
            var after = redrive.handled(
                    upTo, order.dryRun() ? redrive.due() : redrive.pace().after(sent, now), progress);
            boolean done = handled == todo.size() && handled < HANDLED && !redrive.matching();
            if (handled > 0 || done) {
                changes.add(new Change.Progressed(done ? after.finished(Redrive.State.COMPLETED, now) : after));
            }
            return changes;
        }

        /** Whether it was sent. */
        private boolean handle(String position) {
            var letter = index.letterAt(position).orElse(null);
            if (letter == null) {
                note(
                        position,
                        ResultRow.skipped(idAt(position), "it was deleted, or expired, after it was matched", now));
                return false;
            }
            if (letter.status() != status(order) || letter.status() == LetterStatus.REDRIVING) {
                note(position, ResultRow.skipped(letter.id(), "its status is " + letter.status() + " by now", now));
                return false;
            }
            if (order.target() == null && letter.deadLetter().cause().equals(DeadLetter.DELIVERY_FAILED)) {
                note(
                        position,
                        ResultRow.skipped(
                                letter.id(),
                                "it is a record for " + letter.deadLetter().destination()
                                        + ", which redrives do not write to; name a target function",
                                now));
                return false;
            }
            try {
                return send(position, letter, outgoing(letter));
            } catch (NotSendableException e) {
                note(position, ResultRow.failed(letter.id(), e.why(), now));
                return false;
            }
        }

        private boolean send(String position, Letter letter, Outgoing outgoing) {
            if (order.dryRun()) {
                note(position, ResultRow.wouldSend(letter.id(), now));
                return false;
            }
            var request = requestId(redrive.id(), letter.id());
            changes.add(new Change.Forwarded(request, outgoing.event(), outgoing.payload()));
            changes.add(new Change.Moved(
                    letter.sent(redrive.id(), request, now),
                    LedgerLine.ofRedrive(
                            letter.id(), LedgerLine.What.REDRIVEN, redrive.id(), request, now, order.by())));
            note(position, ResultRow.sent(letter.id(), request, now));
            return true;
        }

        private void note(String position, ResultRow row) {
            changes.add(new Change.Handled(redrive.id(), position, row));
            progress = progress.with(row.result());
        }

        /** A redrive is a decision to run it anew, and begins a chain of its own: one that was refused as a loop would be so again. */
        private static @Nullable String trace(DeadLetter dead) {
            return dead.traceId() == null ? null : Lineage.forgotten(dead.traceId());
        }

        private Outgoing outgoing(Letter letter) throws NotSendableException {
            var dead = letter.deadLetter();
            var event = new QueuedEvent(
                    target(dead),
                    trace(dead),
                    dead.clientContext(),
                    new RedriveReference(redrive.id(), dead.id(), partition));
            try {
                var _ = QueuedEvent.read(event.headers());
            } catch (MalformedEventException e) {
                throw new NotSendableException("the queue would not take it: " + e.getMessage());
            }
            var payload = payloads.read(letter.partition(), letter.offset())
                    .orElseThrow(() -> new NotSendableException("its payload has gone from the topic"));
            bytes += payload.length();
            var edited = edited(payload);
            if (edited.length() > QueuedEvent.LONGEST_PAYLOAD) {
                throw new NotSendableException("the payload has " + edited.length() + " bytes; "
                        + QueuedEvent.LONGEST_PAYLOAD + " is the most");
            }
            return new Outgoing(event, edited);
        }

        private InvocationTarget target(DeadLetter dead) throws NotSendableException {
            var named = order.target() != null
                    ? order.target()
                    : Objects.requireNonNullElse(dead.target(), dead.function());
            try {
                var target = InvocationTarget.parse(named);
                return order.qualifier() == null ? target : new InvocationTarget(target.function(), order.qualifier());
            } catch (IllegalArgumentException e) {
                throw new NotSendableException("it does not tell which function it was for; name a target function");
            }
        }

        private Payload edited(Payload payload) throws NotSendableException {
            if (order.edit() == null) {
                return payload;
            }
            try {
                return order.edit().apply(payload);
            } catch (NotApplicableException e) {
                throw new NotSendableException(String.valueOf(e.getMessage()));
            }
        }

        private static String idAt(String position) {
            return position.substring(position.indexOf(' ') + 1);
        }
    }

    /** How something ended that a redrive had sent. Said late, or twice, or of something else, it changes nothing. */
    List<Change> end(RedriveOutcome outcome, Instant now) {
        var redrive = index.redrive(outcome.redrive()).orElse(null);
        var row = index.row(outcome.redrive(), outcome.deadLetter())
                .filter(sent -> sent.awaits(outcome.requestId()))
                .orElse(null);
        if (redrive == null || row == null) {
            return List.of();
        }
        var result = result(outcome);
        var changes = new ArrayList<Change>();
        changes.add(new Change.Ended(redrive.id(), row.ended(result, outcome)));
        changes.add(new Change.Progressed(redrive.with(redrive.progress().with(result))));
        index.letter(outcome.deadLetter())
                .filter(letter -> letter.status() == LetterStatus.REDRIVING
                        && redrive.id().equals(letter.redrive())
                        && outcome.requestId().equals(letter.requestId()))
                .ifPresent(letter -> changes.add(new Change.Moved(
                        letter.moved(status(result), now),
                        LedgerLine.ofRedrive(
                                letter.id(), line(result), redrive.id(), outcome.requestId(), now, null))));
        return changes;
    }

    private static ResultRow.Result result(RedriveOutcome outcome) {
        return switch (outcome.ending()) {
            case SUCCEEDED -> ResultRow.Result.SUCCEEDED;
            case CANCELLED, DUPLICATE -> ResultRow.Result.RETURNED;
            case RETRIES_EXHAUSTED,
                    EVENT_AGE_EXCEEDED,
                    ZERO_RESERVED_CONCURRENCY,
                    FUNCTION_NOT_FOUND,
                    REFUSED,
                    MALFORMED,
                    PAYLOAD_LOST -> ResultRow.Result.FAILED_AGAIN;
        };
    }

    private static LetterStatus status(ResultRow.Result result) {
        return switch (result) {
            case SUCCEEDED -> LetterStatus.RESOLVED;
            case FAILED_AGAIN -> LetterStatus.FAILED_AGAIN;
            case RETURNED -> LetterStatus.OPEN;
            case SENT, SKIPPED, FAILED, WOULD_SEND -> throw new IllegalStateException(result + " is not an end");
        };
    }

    private static LedgerLine.What line(ResultRow.Result result) {
        return switch (result) {
            case SUCCEEDED -> LedgerLine.What.RESOLVED;
            case FAILED_AGAIN -> LedgerLine.What.FAILED_AGAIN;
            case RETURNED -> LedgerLine.What.REOPENED;
            case SENT, SKIPPED, FAILED, WOULD_SEND -> throw new IllegalStateException(result + " is not an end");
        };
    }

    /** Letters that have been there for as long as they may. */
    List<Change> expire(Instant now) {
        var filter = new Filter(null, null, null, null, null, null, null, now.minus(retention), null);
        var changes = new ArrayList<Change>();
        var _ = index.walk(
                filter,
                null,
                Order.FORWARDS,
                CLEARED,
                letter -> changes.add(new Change.Left(letter, LedgerLine.expired(letter.id(), now))));
        return changes;
    }

    /** What is left of redrives and deletions that are over. */
    List<Change> forget(Instant now) {
        var changes = new ArrayList<Change>();
        for (var redrive : index.redrives()) {
            if (redrive.finished() != null) {
                forget(redrive, redrive.finished().plus(redriveRetention).isBefore(now), changes);
            }
        }
        for (var deletion : index.deletions()) {
            if (deletion.finished() != null
                    && deletion.finished().plus(DELETION_KEPT).isBefore(now)) {
                changes.add(new Change.Erased(IndexView.deletionKey(deletion.action())));
            }
        }
        return changes;
    }

    /** A cancelled one leaves letters that it never looked at, which nobody needs; the rest goes once it is old. */
    private void forget(Redrive redrive, boolean old, List<Change> changes) {
        var leftovers = new ArrayList<String>();
        index.todo(redrive, room(changes)).forEach(at -> leftovers.add(IndexView.todoKey(redrive.id(), at)));
        if (old) {
            leftovers.addAll(index.rowKeys(redrive.id(), Math.max(0, room(changes) - leftovers.size())));
        }
        leftovers.forEach(key -> changes.add(new Change.Erased(key)));
        if (old && room(changes) > 0) {
            changes.add(new Change.Erased(IndexView.redriveKey(redrive.id())));
        }
    }

    private static int room(List<Change> changes) {
        return Math.max(0, CLEARED - changes.size());
    }
}
