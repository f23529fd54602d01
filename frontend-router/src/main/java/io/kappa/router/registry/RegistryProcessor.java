package io.kappa.router.registry;

import static java.util.Objects.requireNonNull;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.kit.streams.StoreTable;
import io.kappa.kit.streams.Table;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.CommandRecord.AnnounceUpload;
import io.kappa.router.registry.CommandRecord.Ask;
import io.kappa.router.registry.RegistryCommand.ChangeScaling;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The owner of the accounts of one partition: reads commands, decides, records and applies, and replies. Everything that one command
 * brings about is one transaction, committed at once because somebody is waiting.
 *
 * <p>No command stops the partition: one that cannot be read, or whose deciding fails, is logged and refused, and has changed nothing.
 */
final class RegistryProcessor implements Processor<String, byte[], Destination, byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryProcessor.class);

    /** How long versions stay in transition, about: long enough to be seen, as Lambda's are. */
    static final Duration SETTLING = Duration.ofMillis(100);

    static final Duration HOUSEKEEPING = Duration.ofMinutes(1);

    /** How long routers take at most to tell of a minute, once it is over. */
    private static final Duration TELLING = Duration.ofSeconds(20);

    private static final RecordCodec<CommandRecord> COMMANDS = RecordCodec.of(CommandRecord.class);
    private static final RecordCodec<CommandHead> HEADS = RecordCodec.of(CommandHead.class);
    private static final RecordCodec<ReplyRecord> REPLIES = RecordCodec.of(ReplyRecord.class);

    private final AccountQuotas quotas;
    private final Clock clock;

    // Set by init, before anything else is called.
    private @Nullable Owner owner;

    /** As much of a command as can be read of one that is otherwise not understood. */
    private record CommandHead(@Nullable String id) {}

    RegistryProcessor(AccountQuotas quotas, Clock clock) {
        this.quotas = quotas;
        this.clock = clock;
    }

    @Override
    public void init(ProcessorContext<Destination, byte[]> context) {
        owner = new Owner(context, StoreTable.of(context.getStateStore(RegistryTopology.STORE)));
    }

    @Override
    public void process(Record<String, byte[]> input) {
        requireNonNull(owner).process(input);
    }

    /** All that needs the context. */
    private final class Owner {
        private final ProcessorContext<Destination, byte[]> context;
        private final RegistryState state;
        private final RegistryDecisions decisions;
        private final Recorder recorder;
        private final RememberedReplies replies;
        private @Nullable Cancellable settling;
        private @Nullable Cancellable waking;
        private long trackedMinute = Long.MIN_VALUE;

        Owner(ProcessorContext<Destination, byte[]> context, Table table) {
            this.context = context;
            this.state = new RegistryState(table);
            this.decisions =
                    new RegistryDecisions(state, quotas, () -> UUID.randomUUID().toString());
            this.recorder = new Recorder(context, state, clock);
            this.replies = new RememberedReplies(table);
            context.schedule(HOUSEKEEPING, PunctuationType.WALL_CLOCK_TIME, _ -> keepHouse());
            settleSoon();
            catchUp();
        }

        void process(Record<String, byte[]> input) {
            switch (read(input)) {
                case Ask ask -> answer(input.key(), ask);
                case AnnounceUpload announced -> announce(announced.upload());
                case null -> refuseUnread(input);
            }
            context.commit();
        }

        /** Null where the record is no command, or is not where the account's commands belong. */
        private @Nullable CommandRecord read(Record<String, byte[]> input) {
            try {
                var command = COMMANDS.decode(requireNonNull(input.value(), "a command without a value"));
                var account = switch (command) {
                    case Ask ask -> ask.command().account();
                    case AnnounceUpload announced -> announced.upload().account();
                };
                if (!account.equals(input.key())) {
                    throw new IllegalArgumentException("a command of another account than its key");
                }
                return command;
            } catch (RuntimeException e) {
                at(LOG.atWarn()).setCause(e).log("command not understood");
                return null;
            }
        }

        private void refuseUnread(Record<String, byte[]> input) {
            try {
                var id = HEADS.decode(input.value()).id();
                if (id != null) {
                    reply(refused(id, input.key(), ErrorCode.SERVICE, "The registry does not understand the request."));
                }
            } catch (RuntimeException e) {
                at(LOG.atDebug()).setCause(e).log("not even its id can be read, so nobody is answered");
            }
        }

        private void announce(Upload upload) {
            recorder.perform(upload.account(), decisions.announce(upload, clock.instant()));
        }

        private void answer(String account, Ask ask) {
            var now = clock.instant();
            replies.expire(now);
            var earlier = replies.find(ask.id());
            if (earlier.isPresent()) {
                reply(earlier.get()); // Asked twice: the asker may not have heard the first time.
                return;
            }
            if (ask.asked().plus(RememberedReplies.KEPT).isBefore(now)) {
                // Whether it was done before can no longer be told, and nobody is waiting for it.
                reply(refused(ask.id(), account, ErrorCode.SERVICE_UNAVAILABLE, "The request waited too long."));
                return;
            }
            if (replies.full()) {
                reply(refused(ask.id(), account, ErrorCode.TOO_MANY_REQUESTS, "Rate Exceeded."));
                return;
            }
            var decision = decide(ask, now);
            recorder.perform(account, decision.changes());
            var reply = new ReplyRecord(ask.id(), account, state.sequence(account), decision.verdict());
            replies.remember(reply, now);
            reply(reply);
            settleSoon();
            if (ask.command() instanceof ChangeScaling) {
                scale();
            }
        }

        private Decision decide(Ask ask, Instant now) {
            try {
                return decisions.decide(ask.command(), now);
            } catch (RuntimeException e) {
                ask.command().about(at(LOG.atError())).setCause(e).log("deciding failed, nothing changed");
                return new Decision(
                        List.of(),
                        new Verdict.Answered(new RegistryAnswer.Refused(
                                ErrorCode.SERVICE, "The registry could not decide the request.")));
            }
        }

        private ReplyRecord refused(String id, String account, ErrorCode code, String message) {
            return new ReplyRecord(
                    id,
                    account,
                    state.sequence(account),
                    new Verdict.Answered(new RegistryAnswer.Refused(code, message)));
        }

        private void reply(ReplyRecord reply) {
            recorder.forward(
                    new Destination.HashedBy(reply.commandId(), reply.commandId()),
                    REPLIES.encode(reply),
                    new RecordHeaders(),
                    RegistryTopology.REPLIES);
        }

        /** Ticks only while there is something to settle: every tick costs a transaction. */
        private void settleSoon() {
            if (settling == null && !state.inTransition().isEmpty()) {
                settling = context.schedule(SETTLING, PunctuationType.WALL_CLOCK_TIME, _ -> settle());
            }
        }

        private void settle() {
            for (var version : state.inTransition()) {
                recorder.perform(version.function().account(), decisions.settle(version));
            }
            if (settling != null && state.inTransition().isEmpty()) {
                settling.cancel();
                settling = null;
            }
            context.commit();
        }

        /** What was missed while nobody owned the accounts is due at once. */
        private void catchUp() {
            var now = clock.instant();
            if (decisions.scaling().due(now).isEmpty()) {
                wakeWhenDue(now);
            } else {
                wakeAfter(Duration.ofMillis(1));
            }
        }

        /** Does what is due, and wakes again for what is next. */
        private void scale() {
            var now = clock.instant();
            for (var due : decisions.scaling().due(now)) {
                var function = due.action().function();
                try {
                    recorder.perform(function.account(), decisions.scaling().perform(due, now));
                    LOG.atInfo()
                            .addKeyValue("function", function)
                            .addKeyValue("qualifier", due.action().qualifier())
                            .addKeyValue("scheduledAction", due.action().name())
                            .addKeyValue("due", due.time())
                            .log("scheduled action done");
                } catch (RuntimeException e) {
                    LOG.atError()
                            .addKeyValue("function", function)
                            .addKeyValue("scheduledAction", due.action().name())
                            .setCause(e)
                            .log("scheduled action could not be done and will be tried again");
                }
            }
            wakeWhenDue(now);
            context.commit();
        }

        /** Wakes for what is due before the house is kept the next time, and never in between: every tick costs a transaction. */
        private void wakeWhenDue(Instant now) {
            sleep();
            decisions
                    .scaling()
                    .nextDue(now)
                    .map(next -> Duration.between(now, next))
                    .filter(wait -> wait.compareTo(HOUSEKEEPING) < 0)
                    .ifPresent(
                            wait -> wakeAfter(wait.plusMillis(1))); // Not before, for what is less than a millisecond.
        }

        private void wakeAfter(Duration wait) {
            waking = context.schedule(wait, PunctuationType.WALL_CLOCK_TIME, _ -> {
                sleep();
                scale();
            });
        }

        private void sleep() {
            if (waking != null) {
                waking.cancel();
                waking = null;
            }
        }

        /** Does what policies ask for, once for each minute of which all routers have had the time to tell. */
        private void track(Instant now) {
            long lastMinute = Math.floorDiv(now.minus(TELLING).getEpochSecond(), HOUSEKEEPING.toSeconds()) - 1;
            if (lastMinute == trackedMinute) {
                return;
            }
            trackedMinute = lastMinute;
            for (var target : decisions.scaling().tracked()) {
                var function = target.function();
                try {
                    recorder.perform(function.account(), decisions.scaling().track(target, lastMinute, now));
                } catch (RuntimeException e) {
                    LOG.atError()
                            .addKeyValue("function", function)
                            .addKeyValue("qualifier", target.qualifier())
                            .setCause(e)
                            .log("policy could not be followed and will be tried again");
                }
            }
            state.useHistory().expire(lastMinute);
        }

        private void keepHouse() {
            var now = clock.instant();
            scale();
            track(now);
            replies.expire(now);
            for (var change : decisions.release(now)) {
                if (change instanceof Change.UploadReleased(var upload)) {
                    recorder.perform(upload.account(), List.of(change));
                }
            }
        }

        private LoggingEventBuilder at(LoggingEventBuilder event) {
            return recorder.at(event);
        }
    }
}
