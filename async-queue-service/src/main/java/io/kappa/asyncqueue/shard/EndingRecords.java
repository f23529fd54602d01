package io.kappa.asyncqueue.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.asyncqueue.destination.ChainedTrace;
import io.kappa.asyncqueue.destination.DestinationRecord;
import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.LastOutcome;
import io.kappa.asyncqueue.event.Position;
import io.kappa.asyncqueue.policy.EventPolicies;
import io.kappa.asyncqueue.record.Records;
import io.kappa.asyncqueue.record.StoredRecord;
import io.kappa.asyncqueue.shard.Shard.Output;
import io.kappa.asyncqueue.shard.Shard.Sink;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.deadletter.RedriveOutcome;
import io.kappa.contracts.destination.Destination;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationEnded;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.contracts.json.RecordCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is written when an event ends: the ledger's line, the dead letter, the answer to a redrive, and the event for a destination that is a
 * function. All of it is part of the transaction in which the event leaves the state. Users' topics are not: they may be missing, forbidden
 * or full, which must not hold up the shard, so what they get is noted as a {@link Delivery} in the same transaction and made afterwards.
 */
final class EndingRecords {
    private static final RecordCodec<InvocationEnded> LEDGER = RecordCodec.of(InvocationEnded.class);
    private static final RecordCodec<DeadLetter> DEAD_LETTERS = RecordCodec.of(DeadLetter.class);
    private static final RecordCodec<RedriveOutcome> REDRIVES = RecordCodec.of(RedriveOutcome.class);
    private static final StoredRecord GONE = new StoredRecord(Map.of(), new byte[0], 0);

    private final Records records;
    private final EventPolicies policies;
    private final String topicPrefix;

    EndingRecords(Records records, EventPolicies policies, String topicPrefix) {
        this.records = records;
        this.policies = policies;
        this.topicPrefix = topicPrefix;
    }

    /**
     * Writes what follows from an event's end.
     *
     * @return the deliveries that are still to be made
     */
    List<Delivery> write(Step.Ends ends, Output output) {
        ledger(ends, output);
        redrive(ends, output);
        if (ends.ending().isFailure()) {
            deadLetter(ends, output);
        }
        var deliveries = new ArrayList<Delivery>();
        var policy = ends.policy();
        if (ends.ending() == Ending.SUCCEEDED) {
            send(Delivery.Kind.ON_SUCCESS, policy.onSuccess(), ends, deliveries, output);
        } else if (ends.ending().isFailure()) {
            send(Delivery.Kind.ON_FAILURE, policy.onFailure(), ends, deliveries, output);
            send(Delivery.Kind.DEAD_LETTER_QUEUE, policy.deadLetterQueue(), ends, deliveries, output);
        }
        return deliveries;
    }

    private void ledger(Step.Ends ends, Output output) {
        var event = ends.event();
        var last = event.last();
        var redrive = event.redrive();
        write(
                new InvocationEnded(
                        1,
                        event.requestId(),
                        event.target().toString(),
                        ends.ending(),
                        event.runs(),
                        Instant.ofEpochMilli(event.accepted()),
                        Instant.ofEpochMilli(ends.now()),
                        event.source().topic().suffix(),
                        event.partition(),
                        event.offset(),
                        last == null ? null : last.executedVersion(),
                        last == null ? null : last.errorType(),
                        ends.action(),
                        redrive == null ? null : redrive.toString()),
                output);
    }

    private static void write(InvocationEnded line, Output output) {
        output.write(
                Sink.ENDED, new Outgoing(line.requestId().toString(), line.partition()), LEDGER.encode(line), Map.of());
    }

    private static void redrive(Step.Ends ends, Output output) {
        var event = ends.event();
        var redrive = event.redrive();
        if (redrive == null) {
            return;
        }
        var outcome = new RedriveOutcome(
                1,
                redrive.redrive(),
                redrive.deadLetter(),
                event.requestId(),
                ends.ending(),
                event.runs(),
                Instant.ofEpochMilli(ends.now()),
                event.last() == null ? null : event.last().errorType());
        output.write(
                Sink.DEAD_LETTER_COMMANDS,
                new Outgoing(redrive.redrive(), redrive.partition()),
                REDRIVES.encode(outcome),
                Map.of(RedriveOutcome.KIND_HEADER, RedriveOutcome.KIND.getBytes(UTF_8)));
    }

    private void deadLetter(Step.Ends ends, Output output) {
        var event = ends.event();
        var stored = records.read(event.position()).orElse(GONE);
        var last = Optional.ofNullable(event.last());
        var redrive = event.redrive();
        write(
                new DeadLetter(
                        1,
                        id(event.position()),
                        DeadLetter.Origin.ASYNC_QUEUE,
                        ends.ending().name(),
                        event.target().function().toString(),
                        event.target().toString(),
                        event.requestId().toString(),
                        last.map(LastOutcome::errorType).orElse(null),
                        last.map(LastOutcome::errorMessage).orElse(null),
                        event.runs(),
                        Instant.ofEpochMilli(event.accepted()),
                        Instant.ofEpochMilli(ends.now()),
                        event.source().topic().name(topicPrefix),
                        event.partition(),
                        event.offset(),
                        text(stored, QueuedEvent.TRACE_ID),
                        text(stored, QueuedEvent.CLIENT_CONTEXT),
                        null,
                        redrive == null ? null : redrive.deadLetter()),
                stored.value(),
                output);
    }

    private static void write(DeadLetter deadLetter, byte[] payload, Output output) {
        output.write(
                Sink.DEAD_LETTERS,
                new Outgoing(deadLetter.function(), null),
                payload,
                Map.of(DeadLetter.HEADER, DEAD_LETTERS.encode(deadLetter)));
    }

    private static String id(Position position) {
        return position.source().topic().suffix() + "-" + position.partition() + "-" + position.offset();
    }

    private static @Nullable String text(StoredRecord stored, String header) {
        var value = stored.headers().get(header);
        return value == null ? null : new String(value, UTF_8);
    }

    private void send(
            Delivery.Kind to, @Nullable String configured, Step.Ends ends, List<Delivery> deliveries, Output output) {
        if (configured == null || configured.isEmpty()) {
            return;
        }
        var delivery = Delivery.of(to, configured, ends.event(), ends.ending(), ends.now());
        var destination = Destination.parse(configured).orElse(null);
        if (destination instanceof Destination.Function function) {
            var event = records.read(delivery.position()).orElse(GONE);
            var record = DestinationRecord.of(delivery, event, records).json();
            if (!delivery.responseTooLong()
                    && record.length <= QueuedEvent.LONGEST_PAYLOAD
                    && policies.reaches(function)) {
                output.write(
                        Sink.FORWARDED,
                        new Outgoing(requestId(delivery).toString(), null),
                        record,
                        new QueuedEvent(function.target(), ChainedTrace.of(delivery, event), null, null).headers());
                return;
            }
        }
        // Even one that cannot be right is tried: whoever makes deliveries says what is wrong with it.
        deliveries.add(delivery);
    }

    /** The same whenever it is asked for, so that an event that is sent on twice is noticed as one while the first of them waits. */
    private static RequestId requestId(Delivery delivery) {
        return new RequestId(UUID.nameUUIDFromBytes((delivery.requestId() + "/" + delivery.to()).getBytes(UTF_8)));
    }

    /** A delivery is given up: what should have gone there is kept as a dead letter. */
    void undelivered(Delivery delivery, String problem, long now, Output output) {
        var record =
                DestinationRecord.of(delivery, records.read(delivery.position()).orElse(GONE), records);
        write(
                new DeadLetter(
                        1,
                        id(delivery.position()) + "-"
                                + delivery.to().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        DeadLetter.Origin.ASYNC_QUEUE,
                        DeadLetter.DELIVERY_FAILED,
                        delivery.target().function().toString(),
                        delivery.target().toString(),
                        delivery.requestId().toString(),
                        "DeliveryFailed",
                        Decisions.shortened(problem),
                        delivery.runs(),
                        Instant.ofEpochMilli(delivery.accepted()),
                        Instant.ofEpochMilli(now),
                        delivery.source().topic().name(topicPrefix),
                        delivery.partition(),
                        delivery.offset(),
                        null,
                        null,
                        delivery.destination(),
                        null),
                delivery.to() == Delivery.Kind.DEAD_LETTER_QUEUE ? record.payload() : record.json(),
                output);
    }

    /** A record that is no event. */
    void malformed(
            Position position, RequestId id, long accepted, StoredRecord stored, String why, long now, Output output) {
        var suffix = position.source().topic().suffix();
        write(
                new InvocationEnded(
                        1,
                        id,
                        null,
                        Ending.MALFORMED,
                        0,
                        Instant.ofEpochMilli(accepted),
                        Instant.ofEpochMilli(now),
                        suffix,
                        position.partition(),
                        position.offset(),
                        null,
                        "MalformedEvent",
                        null,
                        null),
                output);
        write(
                new DeadLetter(
                        1,
                        id(position),
                        DeadLetter.Origin.ASYNC_QUEUE,
                        Ending.MALFORMED.name(),
                        DeadLetter.UNKNOWN_FUNCTION,
                        null,
                        id.toString(),
                        "MalformedEvent",
                        Decisions.shortened(why),
                        0,
                        Instant.ofEpochMilli(accepted),
                        Instant.ofEpochMilli(now),
                        position.source().topic().name(topicPrefix),
                        position.partition(),
                        position.offset(),
                        null,
                        null,
                        null,
                        null),
                stored.value(),
                output);
    }
}
