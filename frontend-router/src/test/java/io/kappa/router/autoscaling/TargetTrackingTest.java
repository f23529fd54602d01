package io.kappa.router.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.ScalableTargetRecord;
import io.kappa.contracts.registry.ScalableTargetRecord.Suspended;
import io.kappa.contracts.registry.ScalingPolicyRecord;
import io.kappa.router.autoscaling.TargetTracking.Datapoint;
import io.kappa.router.autoscaling.TargetTracking.Step;
import io.kappa.router.autoscaling.TargetTracking.Step.In;
import io.kappa.router.autoscaling.TargetTracking.Step.Out;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTrackingTest {
    private static final FunctionArn FUNCTION = FunctionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:f");
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final long LAST = 1000;

    private static final ScalableTargetRecord TARGET = target(1, 100, Suspended.NOTHING);
    private static final ScalingPolicyRecord POLICY = policy(0.7, null, null, null, null, null);

    private static ScalableTargetRecord target(int minimum, int maximum, Suspended suspended) {
        return new ScalableTargetRecord(FUNCTION, "live", "id", minimum, maximum, suspended, NOON, Map.of());
    }

    private static ScalingPolicyRecord policy(
            double targetValue,
            @Nullable Integer outCooldown,
            @Nullable Integer inCooldown,
            @Nullable Boolean disableScaleIn,
            @Nullable Instant lastOut,
            @Nullable Instant lastIn) {
        return new ScalingPolicyRecord(
                FUNCTION,
                "live",
                "p",
                "id",
                targetValue,
                outCooldown,
                inCooldown,
                disableScaleIn,
                NOON.minusSeconds(86_400),
                lastOut,
                lastIn);
    }

    /** Minutes up to the last, of ten environments each; a negative number leaves a minute out. */
    private static NavigableMap<Long, Datapoint> ofTen(double... running) {
        return of(10, running);
    }

    private static NavigableMap<Long, Datapoint> of(int ready, double... running) {
        var points = new TreeMap<Long, Datapoint>();
        for (int i = 0; i < running.length; i++) {
            if (running[i] >= 0) {
                points.put(LAST - running.length + 1 + i, new Datapoint(running[i], ready));
            }
        }
        return points;
    }

    private static double[] same(int minutes, double running) {
        return DoubleStream.generate(() -> running).limit(minutes).toArray();
    }

    private static Optional<Step> step(int current, NavigableMap<Long, Datapoint> points) {
        return TargetTracking.step(POLICY, TARGET, current, points, LAST, NOON);
    }

    @Test
    void threeMinutesAboveTheTargetScaleOutInProportion() {
        assertThat(step(10, ofTen(8, 8, 8))).contains(new Out(12)); // ceil(10 × 0.8 / 0.7)
        assertThat(step(10, ofTen(8, 8, 10))).contains(new Out(15)); // ceil(10 × 1.0 / 0.7)
    }

    @Test
    void twoMinutesAboveTheTargetAreTooFew() {
        assertThat(step(10, ofTen(9, 9))).isEmpty();
        assertThat(step(10, ofTen(7, 9, 9))).isEmpty();
        assertThat(step(10, ofTen(9, 9, 9, 7))).isEmpty();
        assertThat(step(10, ofTen(9, 9, -1, 9))).as("one is missing").isEmpty();
    }

    @Test
    void theTargetItselfIsNotAboveTheTarget() {
        assertThat(step(10, ofTen(7, 7, 7))).isEmpty();
        assertThat(step(10, ofTen(7.01, 7.01, 7.01))).contains(new Out(11));
    }

    @Test
    void minutesOfLongAgoDoNotCount() {
        assertThat(TargetTracking.step(POLICY, TARGET, 10, ofTen(9, 9, 9), LAST + 1, NOON))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0.1, 1, 1, 10",
        "0.5, 5, 4, 8",
        "0.9, 10, 10, 12",
        "0.7, 1, 1, 2",
        "0.3, 10, 6, 20",
        "0.7, 7, 6.3, 9",
    })
    void asMuchIsAddedAsPutsTheUseAtTheTarget(double targetValue, int current, double running, int capacity) {
        assertThat(TargetTracking.step(
                        policy(targetValue, null, null, null, null, null),
                        TARGET,
                        current,
                        of(current, running, running, running),
                        LAST,
                        NOON))
                .contains(new Out(capacity));
    }

    @Test
    void whatHasBeenAskedForAndIsNotThereYetIsNotAskedForAgain() {
        // Ten are there and in use, fifteen are asked for: that is what these ten need.
        assertThat(step(15, ofTen(10, 10, 10))).isEmpty();
        assertThat(step(12, ofTen(10, 10, 10))).contains(new Out(15));
    }

    @Test
    void moreThanTheMaximumIsNeverAsked() {
        assertThat(TargetTracking.step(POLICY, target(1, 11, Suspended.NOTHING), 10, ofTen(10, 10, 10), LAST, NOON))
                .contains(new Out(11));
        assertThat(TargetTracking.step(POLICY, target(1, 10, Suspended.NOTHING), 10, ofTen(10, 10, 10), LAST, NOON))
                .isEmpty();
    }

    @Test
    void fifteenMinutesBelowNineTenthsOfTheTargetScaleInGently() {
        assertThat(step(10, ofTen(same(15, 1)))).contains(new In(9));
        assertThat(step(50, of(50, same(15, 1)))).contains(new In(45));
        assertThat(step(2, of(2, same(15, 0.5)))).contains(new In(1));
    }

    @Test
    void fourteenMinutesBelowAreTooFew() {
        var points = ofTen(same(15, 1));
        points.remove(LAST - 7);
        assertThat(step(10, points)).as("one was idle").isEmpty();
        assertThat(step(10, ofTen(same(14, 1)))).isEmpty();
        points.put(LAST - 7, new Datapoint(6.3, 10));
        assertThat(step(10, points)).as("90 % of the target is not below").isEmpty();
        points.put(LAST - 7, new Datapoint(6.29, 10));
        assertThat(step(10, points))
                .as("the most used minute still needs as much")
                .contains(new In(9));
    }

    @Test
    void noMoreIsTakenAwayThanTheMostUsedMinuteLeavesOver() {
        var points = of(50, same(15, 1));
        points.put(LAST - 7, new Datapoint(31.4, 50));

        assertThat(step(50, points)).contains(new In(45));
        points.put(LAST - 7, new Datapoint(32.5, 52.5));
        assertThat(step(50, points)).as("47 are needed").contains(new In(47));
    }

    @Test
    void lessThanTheMinimumIsNeverLeft() {
        assertThat(TargetTracking.step(POLICY, target(10, 20, Suspended.NOTHING), 10, ofTen(same(15, 1)), LAST, NOON))
                .isEmpty();
        assertThat(TargetTracking.step(POLICY, target(0, 20, Suspended.NOTHING), 1, of(1, same(15, 0.1)), LAST, NOON))
                .as("what is in use is kept")
                .isEmpty();
    }

    @Test
    void withoutAnyUseNothingIsDone() {
        assertThat(step(10, new TreeMap<>())).isEmpty();
    }

    @Test
    void disablingScaleInLeavesScaleOut() {
        var policy = policy(0.7, null, null, true, null, null);

        assertThat(TargetTracking.step(policy, TARGET, 10, ofTen(same(15, 1)), LAST, NOON))
                .isEmpty();
        assertThat(TargetTracking.step(policy, TARGET, 10, ofTen(9, 9, 9), LAST, NOON))
                .isPresent();
    }

    @Test
    void eachDirectionCanBeSuspended() {
        var noIn = target(1, 100, new Suspended(true, false, false));
        var noOut = target(1, 100, new Suspended(false, true, false));

        assertThat(TargetTracking.step(POLICY, noIn, 10, ofTen(same(15, 1)), LAST, NOON))
                .isEmpty();
        assertThat(TargetTracking.step(POLICY, noIn, 10, ofTen(9, 9, 9), LAST, NOON))
                .isPresent();
        assertThat(TargetTracking.step(POLICY, noOut, 10, ofTen(same(15, 1)), LAST, NOON))
                .isPresent();
        assertThat(TargetTracking.step(POLICY, noOut, 10, ofTen(9, 9, 9), LAST, NOON))
                .isEmpty();
    }

    @Test
    void aCooldownIsWaitedFor() {
        var justOut = policy(0.7, 60, 300, null, NOON.minusSeconds(59), null);
        assertThat(TargetTracking.step(justOut, TARGET, 10, ofTen(9, 9, 9), LAST, NOON))
                .isEmpty();
        assertThat(TargetTracking.step(justOut, TARGET, 10, ofTen(same(15, 1)), LAST, NOON))
                .as("what has just been added is not taken away")
                .isEmpty();
        assertThat(TargetTracking.step(justOut, TARGET, 10, ofTen(9, 9, 9), LAST, NOON.plusSeconds(1)))
                .isPresent();

        var justIn = policy(0.7, 60, 300, null, null, NOON.minusSeconds(299));
        assertThat(TargetTracking.step(justIn, TARGET, 10, ofTen(same(15, 1)), LAST, NOON))
                .isEmpty();
        assertThat(TargetTracking.step(justIn, TARGET, 10, ofTen(9, 9, 9), LAST, NOON))
                .as("more is added at once")
                .isPresent();
        assertThat(TargetTracking.step(justIn, TARGET, 10, ofTen(same(15, 1)), LAST, NOON.plusSeconds(1)))
                .isPresent();
    }

    @Test
    void withoutACooldownEachMinuteMayScale() {
        var policy = policy(0.7, null, null, null, NOON, NOON);

        assertThat(TargetTracking.step(policy, TARGET, 10, ofTen(9, 9, 9), LAST, NOON))
                .isPresent();
        assertThat(TargetTracking.step(policy, TARGET, 10, ofTen(same(15, 1)), LAST, NOON))
                .isPresent();
    }
}
