package io.kappa.deadletters.index;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.deadletter.RedriveOutcome;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.deadletters.payload.PayloadReader;
import io.kappa.kit.kafka.RecordHeaders;
import io.kappa.kit.streams.StoreTable;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner of one partition: reads dead letters and commands, and does what is due, in transactions of Kafka. An event that a redrive
 * sends, the redrive's progress, the letter's status and the line of the ledger are in one transaction, and so is the offset of the command.
 *
 * <p>A record that cannot be read is logged, counted and passed over. It changes nothing, and stops nothing.
 */
final class IndexProcessor implements Processor<String, byte[], String, byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(IndexProcessor.class);

    /** How often running redrives and deletions go on. */
    static final Duration TICK = Duration.ofMillis(100);

    static final Duration HOUSEKEEPING = Duration.ofMinutes(1);

    /** After which a tick leaves the rest to the next. With a payload that is waited for it stays well below the 10 s of a transaction. */
    private static final Duration LONGEST_TICK = Duration.ofSeconds(2);

    private static final RecordCodec<DeadLetter> DEAD_LETTERS = RecordCodec.of(DeadLetter.class);
    private static final RecordCodec<RedriveOutcome> OUTCOMES = RecordCodec.of(RedriveOutcome.class);
    private static final RecordCodec<LedgerLine> LINES = RecordCodec.of(LedgerLine.class);

    private final String records;
    private final Supplier<PayloadReader> newPayloads;
    private final Duration retention;
    private final Duration redriveRetention;
    private final IndexCounters counters;
    private final Clock clock;

    // Set by init, before anything else is called.
    private @Nullable Owner owner;

    /** What a record of the commands says. */
    private sealed interface Said {
        record Asked(Command command) implements Said {}

        record Ended(RedriveOutcome outcome) implements Said {}
    }

    IndexProcessor(
            String topicPrefix,
            Supplier<PayloadReader> newPayloads,
            Duration retention,
            Duration redriveRetention,
            IndexCounters counters,
            Clock clock) {
        this.records = Topic.DEAD_LETTERS_RECORDS.name(topicPrefix);
        this.newPayloads = newPayloads;
        this.retention = retention;
        this.redriveRetention = redriveRetention;
        this.counters = counters;
        this.clock = clock;
    }

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        owner = new Owner(context, new IndexState(StoreTable.of(context.getStateStore(IndexTopology.STORE))));
    }

    @Override
    public void process(Record<String, byte[]> input) {
        requireNonNull(owner).process(input);
    }

    @Override
    public void close() {
        if (owner != null) {
            owner.payloads.close();
        }
    }

    /** All that needs the context. */
    private final class Owner {
        private final ProcessorContext<String, byte[]> context;
        private final IndexState state;
        private final IndexDecisions decisions;
        private final PayloadReader payloads = newPayloads.get();
        private @Nullable Cancellable ticking;
        private int ticks;

        Owner(ProcessorContext<String, byte[]> context, IndexState state) {
            this.context = context;
            this.state = state;
            this.decisions = new IndexDecisions(state, context.taskId().partition(), retention, redriveRetention);
            context.schedule(HOUSEKEEPING, PunctuationType.WALL_CLOCK_TIME, _ -> keepHouse());
            tickWhileThereIsWork();
        }

        void process(Record<String, byte[]> input) {
            var at = context.recordMetadata().orElseThrow();
            if (at.topic().equals(records)) {
                receive(input, at);
            } else {
                obey(input, at);
            }
        }

        private void receive(Record<String, byte[]> input, RecordMetadata at) {
            var deadLetter = deadLetter(input, at);
            if (deadLetter != null) {
                int bytes = input.value() == null ? 0 : input.value().length;
                perform(decisions.receive(deadLetter, at.offset(), bytes, clock.instant()));
            }
        }

        /** Null where it cannot be read. */
        private @Nullable DeadLetter deadLetter(Record<String, byte[]> input, RecordMetadata at) {
            try {
                var header = required(input.headers(), DeadLetter.HEADER);
                var deadLetter = DEAD_LETTERS.decode(header);
                requireNonNull(deadLetter.origin(), "origin");
                requireNonNull(deadLetter.cause(), "cause");
                requireNonNull(deadLetter.failed(), "failed");
                if (!IndexView.fits(requireNonNull(deadLetter.id(), "id"))
                        || !IndexView.fits(requireNonNull(deadLetter.function(), "function"))) {
                    throw new IllegalArgumentException(
                            "the id and the function must be printable ASCII without spaces");
                }
                return deadLetter;
            } catch (RuntimeException e) {
                unreadable(at, e);
                return null;
            }
        }

        private void obey(Record<String, byte[]> input, RecordMetadata at) {
            Said said;
            try {
                said = said(input);
            } catch (RuntimeException e) {
                unreadable(at, e);
                return;
            }
            var now = clock.instant();
            perform(
                    switch (said) {
                        case Said.Asked(Command.CreateRedrive create) -> decisions.create(create, now);
                        case Said.Asked(Command.CancelRedrive cancel) -> decisions.cancel(cancel, now);
                        case Said.Asked(Command.Delete delete) -> decisions.delete(delete, now);
                        case Said.Ended(var outcome) -> decisions.end(outcome, now);
                    });
            if (said instanceof Said.Asked) {
                tickWhileThereIsWork();
                context.commit(); // Somebody is waiting.
            }
        }

        private static Said said(Record<String, byte[]> input) {
            var kind = new String(required(input.headers(), RedriveOutcome.KIND_HEADER), UTF_8);
            var value = requireNonNull(input.value(), "a command without a value");
            return switch (kind) {
                case RedriveOutcome.KIND -> {
                    var outcome = OUTCOMES.decode(value);
                    requireNonNull(outcome.redrive(), "redrive");
                    requireNonNull(outcome.deadLetter(), "deadLetter");
                    requireNonNull(outcome.requestId(), "requestId");
                    requireNonNull(outcome.ending(), "ending");
                    yield new Said.Ended(outcome);
                }
                case Command.CreateRedrive.KIND -> new Said.Asked(Command.CreateRedrive.CODEC.decode(value));
                case Command.CancelRedrive.KIND -> new Said.Asked(Command.CancelRedrive.CODEC.decode(value));
                case Command.Delete.KIND -> new Said.Asked(Command.Delete.CODEC.decode(value));
                default -> throw new IllegalArgumentException("a kind of command that is not known: " + kind);
            };
        }

        private static byte[] required(Headers headers, String name) {
            var header = headers.lastHeader(name);
            if (header == null || header.value() == null) {
                throw new IllegalArgumentException("header " + name + " is missing");
            }
            return header.value();
        }

        private void unreadable(RecordMetadata at, RuntimeException e) {
            counters.unreadable(at.topic());
            LOG.atWarn()
                    .addKeyValue("topic", at.topic())
                    .addKeyValue("partition", at.partition())
                    .addKeyValue("offset", at.offset())
                    .setCause(e)
                    .log("record not understood and passed over");
        }

        private void perform(List<Change> changes) {
            for (var change : changes) {
                state.apply(change);
                switch (change) {
                    case Change.Forwarded(var request, var event, var payload) ->
                        forward(
                                IndexTopology.EVENTS,
                                request.toString(),
                                payload.bytes(),
                                RecordHeaders.of(event.headers()));
                    case Change.Moved moved -> record(moved.line());
                    case Change.Left left -> record(left.line());
                    case Change.Received _,
                            Change.Matched _,
                            Change.Handled _,
                            Change.Ended _,
                            Change.Progressed _,
                            Change.Deleting _,
                            Change.Erased _ -> {}
                }
                counters.count(change);
            }
        }

        private void record(LedgerLine line) {
            forward(
                    IndexTopology.LEDGER,
                    line.deadLetter(),
                    LINES.encode(line),
                    new org.apache.kafka.common.header.internals.RecordHeaders());
        }

        @SuppressWarnings(
                "NullAway") // An event without a payload has no value, which the API's annotations do not know.
        private void forward(String sink, String key, byte @Nullable [] value, Headers headers) {
            context.forward(new Record<>(key, value, clock.millis(), headers), sink);
        }

        /** Ticks only while a redrive or deletion runs: every tick costs a transaction. */
        private void tickWhileThereIsWork() {
            boolean work = !state.runningRedrives().isEmpty()
                    || !state.runningDeletions().isEmpty();
            if (work && ticking == null) {
                ticking = context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, _ -> tick());
            } else if (!work && ticking != null) {
                ticking.cancel();
                ticking = null;
            }
        }

        private void tick() {
            for (var deletion : state.runningDeletions()) {
                perform(decisions.deleteMore(deletion, clock.instant()));
            }
            long end = System.nanoTime() + LONGEST_TICK.toNanos();
            var redrives = state.runningRedrives();
            for (int i = 0; i < redrives.size() && System.nanoTime() - end < 0; i++) {
                // Another one first each time, so that none is always the last.
                goOn(redrives.get((i + ticks) % redrives.size()));
            }
            ticks = (ticks + 1) & Integer.MAX_VALUE;
            tickWhileThereIsWork();
        }

        private void goOn(Redrive redrive) {
            perform(decisions.match(redrive));
            state.redrive(redrive.id())
                    .ifPresent(matched -> perform(decisions.handle(matched, payloads, clock.instant())));
        }

        private void keepHouse() {
            var now = clock.instant();
            perform(decisions.expire(now));
            perform(decisions.forget(now));
        }
    }
}
