package io.kappa.asyncqueue.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.asyncqueue.event.AttemptOutcome;
import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.LastOutcome;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.event.Position;
import io.kappa.asyncqueue.event.QueueAction;
import io.kappa.asyncqueue.event.Report;
import io.kappa.asyncqueue.event.Source;
import io.kappa.asyncqueue.policy.EventPolicy;
import io.kappa.asyncqueue.record.StoredRecord;
import io.kappa.asyncqueue.schedule.Schedule;
import io.kappa.asyncqueue.schedule.Schedule.Next;
import io.kappa.asyncqueue.schedule.Schedule.Signal;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.MalformedEventException;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.contracts.json.RecordCodec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition's events on their way: takes in what is accepted, has it attempted when it is due and there is room, and settles what comes
 * back. Lives on one thread of Kafka Streams. Every change is a {@link Step}: decided, recorded, applied to the state, and then the schedule,
 * which is only a quicker way to see what the state holds.
 *
 * <pre>
 *   queued, forwarded ──▶ Waits ──▶ schedule ──▶ attempt ──▶ outcomes ──▶ Decisions ──▶ Waits | Ends
 *                                                                                          │
 *              ledger, dead letters, forwarded events, deliveries, redrives' outcomes ◀────┘
 * </pre>
 */
final class Shard {
    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

    static final Duration TICK = Duration.ofMillis(25);

    private static final long FIGURES_EVERY_MILLIS = 500;
    private static final long SWEEP_EVERY_MILLIS = 2_000;

    /** How many events are ended in one go, so that one transaction stays small and others get their turn. */
    private static final int PART = 500;

    private static final int DELIVERY_PLACES = 64;
    private static final long CATCHING_UP_MILLIS = Duration.ofMinutes(1).toMillis();

    private static final RecordCodec<Report> REPORTS = RecordCodec.of(Report.class);
    private static final RecordCodec<QueueAction> ACTIONS = RecordCodec.of(QueueAction.class);

    private final int partition;
    private final ShardState state;
    private final ShardTools tools;
    private final Decisions decisions;
    private final EndingRecords endings;
    private final Output output;
    private final Schedule<InvocationTarget> events;
    private final Schedule<DeliveryQueue> deliveries;
    private final Map<Running, Started> running = new HashMap<>();
    private final Map<RunningDelivery, Next<DeliveryQueue>> delivering = new HashMap<>();
    private final OperatorActions actions;
    private final long startedAt;
    private long lastUnread;
    private long figuresAt;
    private long sweptAt;

    /** Where records go; the names are those of the topology's sinks. */
    enum Sink {
        ENDED,
        DEAD_LETTERS,
        DEAD_LETTER_COMMANDS,
        FORWARDED
    }

    /** Takes records that become part of the running transaction. */
    @FunctionalInterface
    interface Output {
        void write(Sink sink, Outgoing key, byte[] value, Map<String, byte[]> headers);
    }

    private record Running(InvocationTarget target, RequestId id) {}

    /** @param attempt number of the attempt that is being made; reports of others do not end it */
    private record Started(Next<InvocationTarget> next, int attempt) {}

    private record DeliveryQueue(String destination, Delivery.Kind to) {}

    private record RunningDelivery(RequestId id, Delivery.Kind to) {}

    Shard(int partition, ShardState state, ShardTools tools, String topicPrefix, Output output) {
        this.partition = partition;
        this.state = state;
        this.tools = tools;
        this.decisions = new Decisions(tools.rules());
        this.endings = new EndingRecords(tools.records(), tools.policies(), topicPrefix);
        this.output = output;
        this.events = new Schedule<>(tools.places(), tools.rules().mostPause());
        this.deliveries = new Schedule<>(DELIVERY_PLACES, tools.rules().mostPause());
        this.startedAt = tools.clock().millis();
        this.lastUnread = tools.unread().last(partition);
        this.actions = new OperatorActions(state, events, tools.policies(), new OperatorActions.Host() {
            @Override
            public void perform(Step step) {
                Shard.this.perform(step);
            }

            @Override
            public void schedule(PendingEvent event) {
                Shard.this.schedule(event);
            }
        });
        state.forEachEvent(this::schedule);
        state.forEachDelivery(this::schedule);
        publish(startedAt);
    }

    private void schedule(PendingEvent event) {
        events.add(event.target(), event.requestId(), event.due(), event.accepted());
    }

    private void schedule(Delivery delivery) {
        deliveries.add(
                new DeliveryQueue(delivery.destination(), delivery.to()),
                delivery.requestId(),
                delivery.due(),
                delivery.ended());
    }

    /**
     * Takes in one record.
     *
     * @param source null for an operator's action
     */
    void read(@Nullable Source source, long offset, byte @Nullable [] key, StoredRecord record) {
        switch (source) {
            case null -> act(record);
            case QUEUED, FORWARDED -> accept(new Position(source, partition, offset), key, record);
            case OUTCOMES -> settle(new Position(source, partition, offset), record);
        }
    }

    private void accept(Position position, byte @Nullable [] key, StoredRecord record) {
        state.countAccepted();
        long now = tools.clock().millis();
        // A producer's clock may be ahead; an event's age is never negative.
        long accepted = Math.min(record.timestamp(), now);
        var id = requestId(position, key);
        QueuedEvent event;
        try {
            event = QueuedEvent.read(record.headers());
            if (id == null) {
                throw new Rejection("the key is not a request id: a UUID in text");
            }
            if (record.value().length > QueuedEvent.LONGEST_PAYLOAD) {
                throw new Rejection("the payload has " + record.value().length + " bytes, and at most "
                        + QueuedEvent.LONGEST_PAYLOAD + " are allowed");
            }
        } catch (MalformedEventException | Rejection e) {
            reject(position, id, accepted, record, String.valueOf(e.getMessage()), now);
            return;
        }
        tools.records().remember(position, record);
        var waits = PendingEvent.accepted(id, event.target(), position, accepted, event.redrive());
        if (state.event(event.target(), id) != null) {
            endDuplicate(waits, now);
            return;
        }
        perform(new Step.Waits(waits));
        startWhatIsDue(now);
    }

    /** The reason why a record is no event. Never leaves this class. */
    private static final class Rejection extends Exception {
        private static final long serialVersionUID = 1L;

        Rejection(String why) {
            super(why, null, false, false);
        }
    }

    /** Without a key, the position names the event: the same whenever it is read. */
    private static @Nullable RequestId requestId(Position position, byte @Nullable [] key) {
        if (key == null || key.length == 0) {
            return derivedId(position);
        }
        try {
            return RequestId.parse(new String(key, UTF_8));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static RequestId derivedId(Position position) {
        return new RequestId(UUID.nameUUIDFromBytes(
                (position.source() + "/" + position.partition() + "/" + position.offset()).getBytes(UTF_8)));
    }

    private void reject(
            Position position, @Nullable RequestId id, long accepted, StoredRecord record, String why, long now) {
        LOG.atWarn()
                .addKeyValue("topic", position.source().topic().suffix())
                .addKeyValue("partition", partition)
                .addKeyValue("offset", position.offset())
                .log("a record is no event and becomes a dead letter: {}", why);
        state.countEnded();
        endings.malformed(position, id == null ? derivedId(position) : id, accepted, record, why, now, output);
        tools.metrics().ended("unknown", Ending.MALFORMED);
    }

    /** The one that was first goes on. */
    private void endDuplicate(PendingEvent duplicate, long now) {
        state.countEnded();
        var ends = new Step.Ends(duplicate, Ending.DUPLICATE, EventPolicy.DEFAULT, now, null);
        endings.write(ends, output);
        tools.metrics().ended(function(duplicate), Ending.DUPLICATE);
    }

    private void settle(Position position, StoredRecord record) {
        var header = record.headers().get(Report.HEADER);
        if (header == null) {
            throw new IllegalStateException("a report without " + Report.HEADER + " at " + position);
        }
        long now = tools.clock().millis();
        switch (REPORTS.decode(header)) {
            case Report.Attempted report -> settle(report, position, record, now);
            case Report.Delivered report -> settle(report, now);
        }
        if (position.offset() >= lastUnread) {
            lastUnread = UnreadReports.NONE;
        }
        startWhatIsDue(now);
    }

    private void settle(Report.Attempted report, Position position, StoredRecord record, long now) {
        var event = state.event(report.target(), report.requestId());
        long response = report.responseOmitted()
                ? LastOutcome.RESPONSE_TOO_LONG
                : record.value().length == 0 ? LastOutcome.NO_RESPONSE : position.offset();
        if (response >= 0) {
            tools.records().remember(position, record);
        }
        var steps = decisions.attempted(
                event,
                report.attempt(),
                report.outcome(),
                response,
                tools.policies().of(report.target()),
                now);
        steps.forEach(this::perform);
        var key = new Running(report.target(), report.requestId());
        var started = running.get(key);
        if (started != null && started.attempt() == report.attempt()) {
            running.remove(key);
            events.ended(started.next(), signal(report.outcome()), now);
        }
    }

    /** Errors of the platform count like throttles: what has no room, or is down, is best asked less. */
    private static Signal signal(AttemptOutcome outcome) {
        return switch (outcome) {
            case AttemptOutcome.Succeeded _, AttemptOutcome.FunctionFailed _ -> Signal.SUCCEEDED;
            case AttemptOutcome.Throttled _, AttemptOutcome.PlatformFailed _ -> Signal.THROTTLED;
            case AttemptOutcome.TargetMissing _, AttemptOutcome.Refused _, AttemptOutcome.PayloadGone _ -> Signal.OTHER;
        };
    }

    private void settle(Report.Delivered report, long now) {
        var delivery = state.delivery(report.requestId(), report.to());
        decisions
                .delivered(delivery, report.attempt(), report.problem(), report.lasting(), now)
                .forEach(this::perform);
        var started = delivering.remove(new RunningDelivery(report.requestId(), report.to()));
        if (started != null) {
            // A topic that cannot be written is asked less and less often, as a function is that is throttled.
            deliveries.ended(started, report.problem() == null ? Signal.SUCCEEDED : Signal.THROTTLED, now);
        }
    }

    private void act(StoredRecord record) {
        QueueAction action;
        try {
            action = ACTIONS.decode(record.value());
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("partition", partition)
                    .setCause(e)
                    .log("an action is not understood and left alone");
            return;
        }
        long now = tools.clock().millis();
        actions.begin(action, now);
        publish(now); // Whoever asked looks next.
    }

    /** Comes by every {@link #TICK}. */
    void tick() {
        long now = tools.clock().millis();
        boolean finished = actions.goOn(now);
        if (now - sweptAt >= SWEEP_EVERY_MILLIS || now < sweptAt) {
            sweptAt = now;
            endWhatIsTooOld(now);
            actions.forgetOld(now);
        }
        startWhatIsDue(now);
        startDeliveries(now);
        if (finished || now - figuresAt >= FIGURES_EVERY_MILLIS || now < figuresAt) {
            publish(now);
        }
    }

    /**
     * Whether reports are still to be read that were there when this shard began: what they tell of need not be attempted again. They are
     * not waited for longer than that takes on any day.
     */
    private boolean isCatchingUp(long now) {
        return lastUnread != UnreadReports.NONE && Math.abs(now - startedAt) < CATCHING_UP_MILLIS;
    }

    private void startWhatIsDue(long now) {
        if (isCatchingUp(now)) {
            return;
        }
        for (int ended = 0; ended < PART; ) {
            var next = events.next(now);
            if (next == null) {
                return;
            }
            var key = new Running(next.queue(), next.id());
            var event = state.event(next.queue(), next.id());
            if (event == null || event.due() > now || running.containsKey(key)) {
                events.ended(next, Signal.OTHER, now); // Cancelled, put off, or started already.
                continue;
            }
            var policy = tools.policies().of(event.target());
            var ending = decisions.ending(event, policy, now);
            if (ending.isPresent()) {
                perform(new Step.Ends(event, ending.get(), policy, now, null));
                events.ended(next, Signal.OTHER, now);
                ended++;
            } else {
                running.put(key, new Started(next, event.tries() + 1));
                tools.work().attempt(event);
            }
        }
    }

    private void startDeliveries(long now) {
        if (isCatchingUp(now)) {
            return;
        }
        for (var next = deliveries.next(now); next != null; next = deliveries.next(now)) {
            var key = new RunningDelivery(next.id(), next.queue().to());
            var delivery = state.delivery(next.id(), next.queue().to());
            if (delivery == null || delivery.due() > now || delivering.containsKey(key)) {
                deliveries.ended(next, Signal.OTHER, now);
            } else {
                delivering.put(key, next);
                tools.work().deliver(delivery);
            }
        }
    }

    /** What waits behind a limit, a pause or a hold grows too old all the same. */
    private void endWhatIsTooOld(long now) {
        int left = PART;
        for (var target : events.queues()) {
            var policy = tools.policies().of(target);
            var old = events.takeAcceptedWhen(
                    target, accepted -> policy.zeroConcurrency() || accepted + policy.maximumAgeMillis() <= now, left);
            for (var id : old) {
                var event = state.event(target, id);
                if (event == null || running.containsKey(new Running(target, id))) {
                    continue; // Its report will settle it.
                }
                var ending = decisions.ending(event, policy, now);
                if (ending.isPresent()) {
                    perform(new Step.Ends(event, ending.get(), policy, now, null));
                    left--;
                } else {
                    schedule(event);
                }
            }
        }
    }

    /** Records, then applies. */
    private void perform(Step step) {
        switch (step) {
            case Step.Waits(var event) -> {
                state.apply(step);
                schedule(event);
            }
            case Step.Ends ends -> {
                for (var delivery : endings.write(ends, output)) {
                    state.apply(new Step.DeliveryWaits(delivery));
                    schedule(delivery);
                }
                state.apply(step);
                tools.metrics().ended(function(ends.event()), ends.ending());
            }
            case Step.DeliveryWaits(var delivery) -> {
                state.apply(step);
                schedule(delivery);
            }
            case Step.DeliveryFails(var delivery, var problem) -> {
                LOG.atWarn()
                        .addKeyValue("requestId", delivery.requestId())
                        .addKeyValue("function", delivery.target())
                        .addKeyValue("destination", delivery.destination())
                        .log("a delivery is given up and becomes a dead letter: {}", problem);
                endings.undelivered(delivery, problem, tools.clock().millis(), output);
                state.apply(step);
                tools.metrics()
                        .deliveryFailed(delivery.target().function().name().value(), delivery.to());
            }
            case Step.Delivered _, Step.ActionStands _ -> state.apply(step);
        }
    }

    private static String function(PendingEvent event) {
        return event.target().function().name().value();
    }

    private void publish(long now) {
        figuresAt = now;
        tools.shards()
                .said(new ShardFigures(
                        partition,
                        state.account(),
                        events.running(),
                        deliveries.waiting(),
                        List.copyOf(events.figures(now)),
                        now));
    }

    void close() {
        tools.shards().gone(partition);
    }
}
