package io.kappa.mapper.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.mapper.event.BatchResponse;
import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.invoke.InvokeOutcome.Answered;
import io.kappa.mapper.invoke.InvokeOutcome.FunctionFailed;
import io.kappa.mapper.invoke.InvokeOutcome.NotRun;
import io.kappa.mapper.invoke.InvokeOutcome.Why;
import io.kappa.mapper.queue.QueueRules.Fate;
import io.kappa.mapper.queue.QueueRules.Next;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueueRulesTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration VISIBILITY = Duration.ofSeconds(30);
    private static final Instant VISIBLE = NOON.plus(VISIBILITY);
    private static final InvokeOutcome ANSWERED = new Answered("1", new byte[0]);
    private static final InvokeOutcome CRASHED = new FunctionFailed("1", "Runtime.ExitError", "exit status 1");

    private final QueueRules rules = new QueueRules(VISIBILITY, 5, true);
    private final QueueRules withoutReports = new QueueRules(VISIBILITY, 5, false);

    @Test
    void deletesEverythingAfterASuccess() {
        assertThat(after(rules, ANSWERED, new BatchResponse.Succeeded(null)))
                .isEqualTo(new Next.Settle(Set.of(), true, null));
    }

    @Test
    void anAnswerMeansNothingWhereTheFunctionReportsNoItems() {
        assertThat(after(withoutReports, ANSWERED, new BatchResponse.Failed("not JSON")))
                .isEqualTo(new Next.Settle(Set.of(), true, null));
    }

    @Test
    void keepsOnlyWhatTheFunctionListedAsFailed() {
        assertThat(after(rules, ANSWERED, new BatchResponse.Partly(Set.of(1), null)))
                .isEqualTo(new Next.Settle(
                        Set.of(1), true, new LastFailure("BatchItemFailure", "the function listed it as failed")));
    }

    @Test
    void keepsEverythingAfterAnAnswerThatNamesARecordOutsideTheBatch() {
        assertThat(after(rules, ANSWERED, new BatchResponse.Failed("unknown id")))
                .isEqualTo(new Next.Settle(Set.of(0, 1, 2), false, new LastFailure("BatchItemFailures", "unknown id")));
    }

    @Test
    void keepsEverythingAfterAFunctionError() {
        assertThat(after(rules, CRASHED, new BatchResponse.Succeeded(null)))
                .isEqualTo(
                        new Next.Settle(Set.of(0, 1, 2), false, new LastFailure("Runtime.ExitError", "exit status 1")));
    }

    @ParameterizedTest
    @EnumSource(
            value = Why.class,
            names = {"REFUSED", "LOOP"},
            mode = EnumSource.Mode.EXCLUDE)
    void whatWasNotRunIsTriedAgainAtGrowingDistances(Why why) {
        var outcome = new NotRun(why, "later");
        assertThat(rules.after(outcome, 3, 1, VISIBLE, NOON, _ -> new BatchResponse.Succeeded(null)))
                .isEqualTo(new Next.TryAgain(NOON.plusMillis(200)));
        assertThat(rules.after(outcome, 3, 2, VISIBLE, NOON, _ -> new BatchResponse.Succeeded(null)))
                .isEqualTo(new Next.TryAgain(NOON.plusMillis(400)));
        assertThat(rules.after(outcome, 3, 1000, VISIBLE, NOON, _ -> new BatchResponse.Succeeded(null)))
                .isEqualTo(new Next.TryAgain(NOON.plusSeconds(5)));
    }

    @Test
    void whatWasNotRunBecomesVisibleAgainWhenItsTimeoutEnds() {
        var outcome = new NotRun(Why.THROTTLED, "Rate Exceeded.");
        var late = VISIBLE.minusMillis(200);
        assertThat(rules.after(outcome, 2, 1, VISIBLE, late, _ -> new BatchResponse.Succeeded(null)))
                .isEqualTo(new Next.Settle(Set.of(0, 1), false, new LastFailure("THROTTLED", "Rate Exceeded.")));
    }

    @Test
    void whatIsRefusedForGoodIsNotTriedAgain() {
        assertThat(after(rules, new NotRun(Why.REFUSED, "too long"), new BatchResponse.Succeeded(null)))
                .isEqualTo(new Next.Settle(Set.of(0, 1, 2), false, new LastFailure("REFUSED", "too long")));
    }

    @Test
    void functionErrorsLowerTheConcurrencyOnlyWithoutReportsOfItems() {
        assertThat(withoutReports.backsOff(CRASHED)).isTrue();
        assertThat(rules.backsOff(CRASHED)).isFalse();
        assertThat(rules.backsOff(new NotRun(Why.THROTTLED, ""))).isTrue();
        assertThat(rules.backsOff(new NotRun(Why.PLATFORM_ERROR, ""))).isTrue();
        assertThat(withoutReports.backsOff(ANSWERED)).isFalse();
    }

    @Test
    void aRecordReachesTheFunctionAsOftenAsTheQueueSaysAndIsGivenUpThen() {
        assertThat(rules.received(5, true, true, false)).isEqualTo(Fate.BATCH);
        assertThat(rules.received(6, true, true, false)).isEqualTo(Fate.GIVE_UP);
        assertThat(rules.received(6, false, true, false)).isEqualTo(Fate.GIVE_UP);
    }

    @Test
    void aRecordThatNoPatternLetsThroughIsDeletedHoweverLongItIs() {
        assertThat(rules.received(1, false, true, false)).isEqualTo(Fate.DELETE);
        assertThat(rules.received(1, false, false, false)).isEqualTo(Fate.DELETE);
    }

    @Test
    void aRecordThatNoEventHasRoomForIsGivenUpAtOnce() {
        assertThat(rules.received(1, true, false, false)).isEqualTo(Fate.GIVE_UP);
    }

    @Test
    void aRecordThatMayBeRefusedAsPartOfALoopIsABatchOfItsOwn() {
        assertThat(rules.received(1, true, true, true)).isEqualTo(Fate.ALONE);
        assertThat(rules.received(1, true, false, true)).isEqualTo(Fate.GIVE_UP);
    }

    @Test
    void aLoopReturnsToTheQueueAtOnceAndSlowsNobodyElseDown() {
        var loop = new NotRun(Why.LOOP, "stopped");

        assertThat(after(rules, loop, new BatchResponse.Succeeded(null)))
                .isEqualTo(new Next.Settle(Set.of(0, 1, 2), false, new LastFailure("LOOP", "stopped")));
        assertThat(rules.backsOff(loop)).isFalse();
    }

    @Test
    void twoDeliveriesAreKeptBackSoThatTheBrokerThrowsNothingAway() {
        assertThat(QueueRules.mostReceives(5, 25)).isEqualTo(5);
        assertThat(QueueRules.mostReceives(23, 25)).isEqualTo(23);
        assertThat(QueueRules.mostReceives(1000, 25)).isEqualTo(23);
        assertThat(QueueRules.mostReceives(5, 5)).isEqualTo(3);
        assertThat(QueueRules.mostReceives(5, 2)).isEqualTo(1);
    }

    /** The broker, in a few lines: deliveries count, and a record that is released after the last one is gone. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void noRecordIsThrownAwayByTheBrokerWhereOneProcessDiesOnceWithIt(long seed) {
        var random = new Random(seed);
        for (int record = 0; record < 500; record++) {
            int deliveryLimit = 3 + random.nextInt(23);
            int maxReceiveCount = 1 + random.nextInt(30);
            var any = new QueueRules(
                    VISIBILITY, QueueRules.mostReceives(maxReceiveCount, deliveryLimit), random.nextBoolean());
            boolean kept = false;
            boolean died = false;
            for (int delivery = 1; delivery <= deliveryLimit && !kept; delivery++) {
                boolean dies = !died && random.nextInt(4) == 0;
                died |= dies;
                if (!dies) {
                    var fate = any.received(delivery, true, true, false);
                    kept = fate == Fate.GIVE_UP;
                    assertThat(delivery > maxReceiveCount && fate == Fate.BATCH).isFalse();
                }
            }
            assertThat(kept).isTrue();
        }
    }

    private static Next after(QueueRules rules, InvokeOutcome outcome, BatchResponse response) {
        return rules.after(outcome, 3, 1, VISIBLE, NOON, _ -> response);
    }
}
