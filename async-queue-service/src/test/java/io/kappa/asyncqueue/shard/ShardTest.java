package io.kappa.asyncqueue.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.asyncqueue.event.AttemptOutcome;
import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.event.QueueAction;
import io.kappa.asyncqueue.event.Source;
import io.kappa.contracts.deadletter.RedriveReference;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationEnded;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.RegistryRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShardTest {
    private static final AttemptOutcome SUCCESS = new AttemptOutcome.Succeeded("$LATEST");

    private final World world = new World();

    @Test
    void anAttemptWhoseReportIsThereAlreadyIsNotMadeAgainAfterACrash() {
        // given
        world.accept(Samples.GREET, 1, "1");
        world.accept(Samples.GREET, 2, "2");
        world.readAll();
        world.commit();
        world.report(world.attempts.getFirst(), SUCCESS, "{}");
        // when
        world.crash();
        world.tick();
        assertThat(world.attempts).as("reports first").isEmpty();
        world.readAll();
        world.tick();
        // then
        assertThat(world.attempts).extracting(PendingEvent::requestId).containsExactly(Samples.id(2));
        world.commit();
        assertThat(world.ledger).extracting(InvocationEnded::requestId).containsExactly(Samples.id(1));
    }

    @Test
    void reportsThatDoNotComeAreNotWaitedForForEver() {
        world.accept(Samples.GREET, 1, "1");
        world.readAll();
        world.commit();
        world.report(world.attempts.getFirst(), SUCCESS, "{}");
        world.crash();

        world.clock.turn(Duration.ofMinutes(2));
        world.tick();

        assertThat(world.attempts).hasSize(1);
    }

    @Test
    void attemptsOfOneFunctionLeaveRoomForAnother() {
        for (int i = 1; i <= 50; i++) {
            world.accept(Samples.target("noisy"), i, "1");
        }
        world.readAll();
        assertThat(world.attempts).hasSizeLessThan(8);

        world.accept(Samples.target("quiet"), 100, "1");
        world.readAll();

        assertThat(world.attempts).extracting(PendingEvent::requestId).contains(Samples.id(100));
    }

    @Test
    void anOldEventEndsThoughItsQueueIsHeld() {
        world.command(new QueueAction(
                1,
                "h",
                QueueAction.Kind.HOLD,
                new QueueAction.Selection(Samples.GREET, null, null, null, null),
                world.clock.instant(),
                null,
                null));
        world.readAll();
        world.accept(Samples.GREET, 1, "{\"old\":true}");
        world.readAll();

        world.clock.turn(Duration.ofHours(6));
        world.tick();
        world.commit();

        assertThat(world.attempts).isEmpty();
        assertThat(world.ledger).extracting(InvocationEnded::ending).containsExactly(Ending.EVENT_AGE_EXCEEDED);
        assertThat(world.deadLetterPayloads.getFirst()).asString(UTF_8).isEqualTo("{\"old\":true}");
    }

    @Test
    void zeroReservedConcurrencyEndsWhatWaitsWithoutRunningIt() {
        var arn = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet");
        configure(new FunctionRecord(arn, 0, null, 0, Map.of(), 0, false), 1);
        configure(Versions.record(arn), 2);

        world.accept(Samples.GREET, 1, "1");
        world.readAll();
        world.commit();

        assertThat(world.attempts).isEmpty();
        assertThat(world.ledger).extracting(InvocationEnded::ending).containsExactly(Ending.ZERO_RESERVED_CONCURRENCY);
    }

    @Test
    void theSecondOfTwoEventsWithOneIdEndsAsADuplicateAndTheFirstGoesOn() {
        world.accept(Samples.GREET, 1, "1");
        world.accept(Samples.GREET, 1, "1");
        world.readAll();
        world.report(world.attempts.getFirst(), SUCCESS, "{}");
        world.readAll();
        world.commit();

        assertThat(world.ledger)
                .extracting(InvocationEnded::ending)
                .containsExactlyInAnyOrder(Ending.DUPLICATE, Ending.SUCCEEDED);
        assertThat(world.deadLetters).isEmpty();
    }

    @Test
    void aRedriveIsToldHowItsEventEnded() {
        var redrive = new RedriveReference("r", "invocations.queued-0-7", 0);
        world.put(
                Source.FORWARDED,
                Samples.id(1).toString(),
                new QueuedEvent(Samples.GREET, null, null, redrive).headers(),
                "1");
        world.readAll();
        world.report(world.attempts.getFirst(), SUCCESS, "{}");
        world.readAll();
        world.commit();

        assertThat(world.others).singleElement().satisfies(written -> {
            assertThat(written.sink()).isEqualTo(Shard.Sink.DEAD_LETTER_COMMANDS);
            assertThat(written.key()).isEqualTo(new Outgoing("r", 0));
            assertThat(written.headers()).containsKey("kappa-kind");
        });
    }

    @Test
    void cancellingALargeQueueIsDoneInPartsAndSurvivesACrashInTheMiddle() {
        for (int i = 1; i <= 1300; i++) {
            world.accept(Samples.GREET, i, "1");
        }
        world.readAll();
        world.commit();
        world.command(new QueueAction(
                1,
                "c",
                QueueAction.Kind.CANCEL,
                new QueueAction.Selection(Samples.GREET, null, null, null, null),
                world.clock.instant(),
                null,
                null));
        world.readCommand();
        world.commit();
        world.crash();

        for (int i = 0; i < 5; i++) {
            world.tick();
        }
        world.commit();

        assertThat(world.ledger).hasSize(1300).allMatch(line -> line.ending() == Ending.CANCELLED);
        assertThat(world.state().action("c").orElseThrow().affected()).isEqualTo(1300);
        assertThat(List.copyOf(world.shards.figures()).getFirst().account().pending())
                .isZero();
    }

    @Test
    void anAnswerThatWasTooLongIsNotTakenForNone() {
        var arn = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet");
        configure(new FunctionRecord(arn, Map.of()), 1);
        configure(Versions.record(arn), 2);
        configure(new EventInvokeConfigRecord(arn, "$LATEST", Instant.EPOCH, null, null, "kafka://results", null), 3);
        world.accept(Samples.GREET, 1, "1");
        world.readAll();

        world.reportTooLong(world.attempts.getFirst(), SUCCESS);
        world.readAll();
        world.tick();

        assertThat(world.deliveries).singleElement().matches(Delivery::responseTooLong);
    }

    private void configure(RegistryRecord record, int sequence) {
        world.registry.apply(record.key(), RecordCodec.of(RegistryRecord.class).encode(record), sequence);
    }
}
