package io.kappa.router.autoscaling;

import io.kappa.contracts.registry.ScalableTargetRecord;
import io.kappa.contracts.registry.ScalingPolicyRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What a target tracking policy asks for, by how much of what is provisioned was in use in each of the last minutes.
 *
 * <pre>
 *   3 minutes in a row above the target          as much as the last minute's use needs at the target, at once
 *   15 minutes in a row below 90 % of it         as little as the most used of them needs, but a tenth at a time
 *   anything else, a minute without use included  nothing
 * </pre>
 */
public final class TargetTracking {
    /** Minutes above the target until capacity is added. */
    static final int HIGH_MINUTES = 3;

    /** Minutes below {@link #LOW_SHARE} of the target until capacity is taken away. */
    static final int LOW_MINUTES = 15;

    static final double LOW_SHARE = 0.9;

    /** Of what there is, how much is taken away at once: a tenth. */
    private static final int STEP = 10;

    /** Keeps a quotient that is a whole number from being rounded up. */
    private static final double ROUNDING = 1e-9;

    /**
     * One minute in which anything ran.
     *
     * @param running invocations on provisioned environments, on average
     * @param ready provisioned environments, on average; more than 0
     */
    public record Datapoint(double running, double ready) {

        /** How much of what there was, was in use: 0 to 1. */
        double utilization() {
            return Math.min(1, running / ready);
        }

        /** Provisioned environments of which the target's share would be in use. */
        private int needed(double target) {
            return (int) Math.ceil(Math.min(running, ready) / target - ROUNDING);
        }
    }

    /** What is to be done. */
    public sealed interface Step {
        /** More capacity than there is. */
        record Out(int capacity) implements Step {}

        /** Less capacity than there is. */
        record In(int capacity) implements Step {}
    }

    /**
     * @param current what is provisioned, as it was asked for; at least 1
     * @param points by minute since the beginning of 1970; minutes without use are missing
     * @param lastMinute the last one that is over and fully told
     */
    public static Optional<Step> step(
            ScalingPolicyRecord policy,
            ScalableTargetRecord target,
            int current,
            NavigableMap<Long, Datapoint> points,
            long lastMinute,
            Instant now) {
        if (isHigh(policy, points, lastMinute)) {
            return out(policy, target, current, points, lastMinute, now);
        }
        return isLow(policy, points, lastMinute)
                ? in(policy, target, current, points, lastMinute, now)
                : Optional.empty();
    }

    private static boolean isHigh(ScalingPolicyRecord policy, NavigableMap<Long, Datapoint> points, long lastMinute) {
        var last = last(HIGH_MINUTES, points, lastMinute);
        return last.size() == HIGH_MINUTES
                && last.stream().allMatch(point -> point.utilization() > policy.targetValue());
    }

    private static boolean isLow(ScalingPolicyRecord policy, NavigableMap<Long, Datapoint> points, long lastMinute) {
        var last = last(LOW_MINUTES, points, lastMinute);
        return last.size() == LOW_MINUTES
                && last.stream().allMatch(point -> point.utilization() < LOW_SHARE * policy.targetValue());
    }

    /** Fewer where some of the minutes are missing. */
    private static List<Datapoint> last(int minutes, NavigableMap<Long, Datapoint> points, long lastMinute) {
        return LongStream.rangeClosed(lastMinute - minutes + 1, lastMinute)
                .mapToObj(points::get)
                .filter(point -> point != null)
                .toList();
    }

    private static Optional<Step> out(
            ScalingPolicyRecord policy,
            ScalableTargetRecord target,
            int current,
            NavigableMap<Long, Datapoint> points,
            long lastMinute,
            Instant now) {
        if (target.suspended().scaleOut() || isCooling(policy.lastScaleOut(), policy.scaleOutCooldownSeconds(), now)) {
            return Optional.empty();
        }
        int needed = last(1, points, lastMinute).getFirst().needed(policy.targetValue());
        int capacity = Math.min(needed, target.maximum());
        return capacity > current ? Optional.of(new Step.Out(capacity)) : Optional.empty();
    }

    private static Optional<Step> in(
            ScalingPolicyRecord policy,
            ScalableTargetRecord target,
            int current,
            NavigableMap<Long, Datapoint> points,
            long lastMinute,
            Instant now) {
        if (Boolean.TRUE.equals(policy.disableScaleIn())
                || target.suspended().scaleIn()
                || isCooling(policy.lastScaleIn(), policy.scaleInCooldownSeconds(), now)
                || isCooling(policy.lastScaleOut(), policy.scaleOutCooldownSeconds(), now)) {
            return Optional.empty();
        }
        int needed = last(LOW_MINUTES, points, lastMinute).stream()
                .mapToInt(point -> point.needed(policy.targetValue()))
                .max()
                .orElse(current);
        int gently = current - Math.max(1, current / STEP);
        int capacity = Math.max(Math.max(needed, gently), target.minimum());
        return capacity < current ? Optional.of(new Step.In(capacity)) : Optional.empty();
    }

    private static boolean isCooling(@Nullable Instant last, @Nullable Integer seconds, Instant now) {
        return last != null
                && seconds != null
                && last.plus(Duration.ofSeconds(seconds)).isAfter(now);
    }

    private TargetTracking() {}
}
