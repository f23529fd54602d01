package io.kappa.asyncqueue.shard;

import static io.kappa.asyncqueue.shard.Samples.NOON;
import static io.kappa.asyncqueue.shard.Samples.accepted;
import static io.kappa.asyncqueue.shard.Samples.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.asyncqueue.event.AttemptOutcome;
import io.kappa.asyncqueue.event.AttemptOutcome.FunctionFailed;
import io.kappa.asyncqueue.event.AttemptOutcome.PlatformFailed;
import io.kappa.asyncqueue.event.AttemptOutcome.Refused;
import io.kappa.asyncqueue.event.AttemptOutcome.Succeeded;
import io.kappa.asyncqueue.event.AttemptOutcome.TargetMissing;
import io.kappa.asyncqueue.event.AttemptOutcome.Throttled;
import io.kappa.asyncqueue.event.Delivery;
import io.kappa.asyncqueue.event.LastOutcome;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.policy.EventPolicy;
import io.kappa.contracts.invocation.Ending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionsTest {
    private static final EventPolicy USUAL = EventPolicy.DEFAULT;
    private static final AttemptOutcome FAILED = new FunctionFailed("$LATEST", "ValueError", "boom");
    private static final AttemptOutcome THROTTLED = new Throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
    private static final AttemptOutcome LOST = new PlatformFailed(500, "ServiceException", "lost");

    private final Decisions decisions = new Decisions(Samples.RULES);

    private Step decide(PendingEvent event, AttemptOutcome outcome, EventPolicy policy, long now) {
        var steps = decisions.attempted(event, event.tries() + 1, outcome, 7, policy, now);
        assertThat(steps).hasSize(1);
        return steps.getFirst();
    }

    private PendingEvent waits(PendingEvent event, AttemptOutcome outcome, EventPolicy policy, long now) {
        return ((Step.Waits) decide(event, outcome, policy, now)).event();
    }

    private static Ending ending(Step step) {
        return ((Step.Ends) step).ending();
    }

    @Test
    void aSuccessEndsTheEventAndRemembersTheAnswer() {
        var ends = (Step.Ends) decide(accepted(1), new Succeeded("3"), USUAL, NOON + 5);

        assertThat(ends.ending()).isEqualTo(Ending.SUCCEEDED);
        assertThat(ends.event().runs()).isEqualTo(1);
        assertThat(ends.event().last()).isEqualTo(new LastOutcome(200, "3", false, null, null, 7));
    }

    @Test
    void aFailedFunctionRunsAgainAfterOneMinuteAndThenAfterTwo() {
        var first = waits(accepted(1), FAILED, USUAL, NOON + 10);
        assertThat(first.due()).isEqualTo(NOON + 10 + 60_000);

        var second = waits(first, FAILED, USUAL, first.due());
        assertThat(second.due()).isEqualTo(first.due() + 120_000);
        assertThat(second.runs()).isEqualTo(2);

        var third = (Step.Ends) decide(second, FAILED, USUAL, second.due());
        assertThat(third.ending()).isEqualTo(Ending.RETRIES_EXHAUSTED);
        assertThat(third.event().runs()).isEqualTo(3);
        assertThat(Objects.requireNonNull(third.event().last()).errorType()).isEqualTo("ValueError");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "2, 3"})
    void theFunctionRunsOnceMoreThanRetriesAreAllowed(int retries, int runs) {
        assertThat(runsUntilTheEnd(policy(retries, Duration.ofHours(6)))).isEqualTo(runs);
    }

    /** The reference, §2: observed on AWS. */
    @ParameterizedTest
    @CsvSource({"60, 1", "90, 2", "200, 3"})
    void anEventWhoseNextRunWouldComeTooLateEndsBeforeWaiting(int ageSeconds, int runs) {
        assertThat(runsUntilTheEnd(policy(2, Duration.ofSeconds(ageSeconds)))).isEqualTo(runs);
    }

    private int runsUntilTheEnd(EventPolicy policy) {
        var event = accepted(1);
        for (long now = NOON + 10; ; now = event.due()) {
            if (decide(event, FAILED, policy, now) instanceof Step.Waits(var next)) {
                event = next;
            } else {
                return event.runs() + 1;
            }
        }
    }

    @Test
    void theAgeIsWhatEndsAnEventThatMayRunOnceMore() {
        var first = decide(accepted(1), FAILED, policy(2, Duration.ofSeconds(60)), NOON + 10);

        assertThat(ending(first)).isEqualTo(Ending.EVENT_AGE_EXCEEDED);
        assertThat(((Step.Ends) first).event().runs()).isEqualTo(1);
    }

    @Test
    void throttlesAndPlatformErrorsBackOffFromOneSecondToFiveMinutesAndUseUpNoRun() {
        var waited = new ArrayList<Long>();
        var event = accepted(1);
        long now = NOON;
        for (int i = 0; i < 12; i++) {
            event = waits(event, i % 2 == 0 ? THROTTLED : LOST, USUAL, now);
            waited.add((event.due() - now) / 1000);
            now = event.due();
        }

        assertThat(waited).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L, 300L);
        assertThat(event.runs()).isZero();
    }

    @Test
    void aRunInBetweenBeginsTheBackOffAnew() {
        var throttled = waits(waits(accepted(1), THROTTLED, USUAL, NOON), THROTTLED, USUAL, NOON);
        var ran = waits(throttled, FAILED, USUAL, NOON);
        var again = waits(ran, THROTTLED, USUAL, NOON);

        assertThat(again.due()).isEqualTo(NOON + 1000);
        assertThat(again.runs()).isEqualTo(1);
        assertThat(Objects.requireNonNull(again.last()).errorType())
                .as("what the function said stays")
                .isEqualTo("ValueError");
    }

    @Test
    void aThrottledEventWaitsNoLongerThanItMayGrowOld() {
        var policy = policy(2, Duration.ofSeconds(60));
        var event = accepted(1);
        long now = NOON;
        while (decide(event, THROTTLED, policy, now) instanceof Step.Waits(var next)) {
            event = next;
            now = event.due();
        }

        assertThat(now).isEqualTo(NOON + 60_000);
        assertThat(decisions.ending(event, policy, now)).contains(Ending.EVENT_AGE_EXCEEDED);
        assertThat(event.runs()).isZero();
    }

    @Test
    void reservedConcurrencyOfZeroEndsAnEventAtOnce() {
        var policy = new EventPolicy(2, 21_600_000, true, null, null, null);

        assertThat(decisions.ending(accepted(1), policy, NOON)).contains(Ending.ZERO_RESERVED_CONCURRENCY);
        assertThat(ending(decide(accepted(1), THROTTLED, policy, NOON))).isEqualTo(Ending.ZERO_RESERVED_CONCURRENCY);
    }

    @Test
    void aFunctionThatIsNotFoundSeveralTimesInARowCountsAsDeleted() {
        var missing = new TargetMissing("Function not found");
        var event = accepted(1);
        for (int i = 0; i < 3; i++) {
            event = waits(event, missing, USUAL, NOON);
        }

        assertThat(ending(decide(event, missing, USUAL, NOON))).isEqualTo(Ending.FUNCTION_NOT_FOUND);
        var found = waits(event, THROTTLED, USUAL, NOON);
        assertThat(waits(found, missing, USUAL, NOON).misses())
                .as("counted anew")
                .isEqualTo(1);
    }

    @Test
    void whatTheRouterRefusesIsNotTriedAgain() {
        var refused = new Refused(400, "InvalidRequestContentException", "Could not parse");

        assertThat(ending(decide(accepted(1), refused, USUAL, NOON))).isEqualTo(Ending.REFUSED);
        assertThat(ending(decide(accepted(1), new AttemptOutcome.PayloadGone(), USUAL, NOON)))
                .isEqualTo(Ending.PAYLOAD_LOST);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4})
    void aReportOfAnotherAttemptThanTheAwaitedOneChangesNothing(int attempt) {
        var event = waits(accepted(1), THROTTLED, USUAL, NOON);

        assertThat(decisions.attempted(event, attempt, FAILED, 7, USUAL, NOON)).isEmpty();
    }

    @Test
    void aReportOfAnEventThatHasEndedChangesNothing() {
        assertThat(decisions.attempted(null, 1, FAILED, 7, USUAL, NOON)).isEmpty();
    }

    @Test
    void longMessagesAreCutTo1024Characters() {
        var event = waits(accepted(1), new FunctionFailed("1", "E", "x".repeat(5000)), USUAL, NOON);

        assertThat(Objects.requireNonNull(event.last()).errorMessage()).hasSize(1024);
    }

    @Test
    void aDeliveryIsTriedSoOftenAndThenFails() {
        var delivery =
                Delivery.of(Delivery.Kind.ON_FAILURE, "kafka://gone", accepted(1), Ending.RETRIES_EXHAUSTED, NOON);

        var first = ((Step.DeliveryWaits) deliver(delivery, "no such topic", false)).delivery();
        assertThat(first.due()).isEqualTo(NOON + 1000);
        var second = ((Step.DeliveryWaits) deliver(first, "no such topic", false)).delivery();
        assertThat(second.due()).isEqualTo(NOON + 2000);
        assertThat(deliver(second, "no such topic", false)).isEqualTo(new Step.DeliveryFails(second, "no such topic"));
    }

    @Test
    void aDeliveryThatCanNeverSucceedFailsAtOnce() {
        var delivery =
                Delivery.of(Delivery.Kind.ON_FAILURE, "kafka://small", accepted(1), Ending.RETRIES_EXHAUSTED, NOON);

        assertThat(deliver(delivery, "too large", true)).isInstanceOf(Step.DeliveryFails.class);
        assertThat(deliver(delivery, null, false)).isEqualTo(new Step.Delivered(delivery));
        assertThat(decisions.delivered(null, 1, null, false, NOON)).isEmpty();
        assertThat(decisions.delivered(delivery, 2, null, false, NOON)).isEmpty();
    }

    private Step deliver(Delivery delivery, @Nullable String problem, boolean lasting) {
        List<Step> steps = decisions.delivered(delivery, delivery.tries() + 1, problem, lasting, NOON);
        assertThat(steps).hasSize(1);
        return steps.getFirst();
    }
}
