package io.kappa.router.registry;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.ScalableTargetRecord;
import io.kappa.contracts.registry.ScalableTargetRecord.Suspended;
import io.kappa.contracts.registry.ScalingPolicyRecord;
import io.kappa.contracts.registry.ScalingRecord;
import io.kappa.contracts.registry.ScheduledActionRecord;
import io.kappa.router.autoscaling.PolicyAlarms;
import io.kappa.router.autoscaling.TargetTracking;
import io.kappa.router.autoscaling.TargetTracking.Datapoint;
import io.kappa.router.autoscaling.TargetTracking.Step.In;
import io.kappa.router.autoscaling.TargetTracking.Step.Out;
import io.kappa.router.autoscaling.Timetable;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.ChangeScaling;
import io.kappa.router.registry.RegistryDecisions.Outcome;
import io.kappa.router.registry.RegistryDecisions.Refusal;
import io.kappa.router.registry.ScalingChange.DeleteAction;
import io.kappa.router.registry.ScalingChange.DeletePolicy;
import io.kappa.router.registry.ScalingChange.DeregisterTarget;
import io.kappa.router.registry.ScalingChange.PutAction;
import io.kappa.router.registry.ScalingChange.PutPolicy;
import io.kappa.router.registry.ScalingChange.RegisterTarget;
import io.kappa.router.registry.ScalingChange.Tag;
import io.kappa.router.registry.ScalingChange.Untag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what is kept of the scaling of versions and aliases, and what scheduled actions and policies do, by the rules of Application Auto Scaling.
 */
final class ScalingDecisions {
    private static final Logger LOG = LoggerFactory.getLogger(ScalingDecisions.class);

    /** Of one account: AWS's quota for Lambda. */
    static final int MOST_TARGETS = 500;

    /** Of one target: AWS's quota. */
    static final int MOST_ACTIONS = 200;

    static final int MOST_TAGS = 50;

    private final RegistryState state;

    private final CapacityDecisions capacity;

    private final UseHistory history;

    ScalingDecisions(RegistryState state, CapacityDecisions capacity, UseHistory history) {
        this.state = state;
        this.capacity = capacity;
        this.history = history;
    }

    Outcome change(ChangeScaling command, Instant now) {
        var function = command.function();
        var qualifier = command.qualifier();
        return switch (command.change()) {
            case RegisterTarget register -> register(function, qualifier, register, now);
            case DeregisterTarget _ -> deregister(required(function, qualifier));
            case PutPolicy put -> putPolicy(required(function, qualifier), put, now);
            case DeletePolicy(var name) -> remove(requiredPolicy(function, qualifier, name));
            case PutAction put -> putAction(required(function, qualifier), put, now);
            case DeleteAction(var name) -> remove(requiredAction(function, qualifier, name));
            case Tag(var tags) -> {
                var target = requiredTagged(function, qualifier);
                var all = new HashMap<>(target.tags());
                all.putAll(tags);
                if (all.size() > MOST_TAGS) {
                    throw new Refusal(
                            ErrorCode.TOO_MANY_TAGS, "A scalable target can have at most " + MOST_TAGS + " tags.");
                }
                yield recorded(target.withTags(all));
            }
            case Untag(var keys) -> {
                var target = requiredTagged(function, qualifier);
                var left = new HashMap<>(target.tags());
                keys.forEach(left::remove);
                yield recorded(target.withTags(left));
            }
        };
    }

    private Outcome register(FunctionArn function, String qualifier, RegisterTarget register, Instant now) {
        var before = state.scalableTarget(function, qualifier).orElse(null);
        if (before == null) {
            requireQualifier(function, qualifier);
            if (register.minimum() == null || register.maximum() == null) {
                throw invalid("MinCapacity and MaxCapacity must be specified to register a scalable target.");
            }
            if (state.countScalableTargets(function.account()) >= MOST_TARGETS) {
                throw new Refusal(
                        ErrorCode.LIMIT_EXCEEDED, "An account can have at most " + MOST_TARGETS + " scalable targets.");
            }
        } else if (!register.tags().isEmpty()) {
            throw invalid(
                    "Tags can be given to a new scalable target only; use TagResource for one that is registered.");
        }
        int minimum = orElse(register.minimum(), before == null ? 0 : before.minimum());
        int maximum = orElse(register.maximum(), before == null ? 0 : before.maximum());
        if (maximum < minimum) {
            throw invalid("Maximum capacity cannot be less than minimum capacity");
        }
        var suspended = before == null ? Suspended.NOTHING : before.suspended();
        return recorded(new ScalableTargetRecord(
                function,
                qualifier,
                before == null ? register.id() : before.id(),
                minimum,
                maximum,
                new Suspended(
                        Objects.requireNonNullElse(register.scaleInSuspended(), suspended.scaleIn()),
                        Objects.requireNonNullElse(register.scaleOutSuspended(), suspended.scaleOut()),
                        Objects.requireNonNullElse(register.scheduledSuspended(), suspended.scheduled())),
                before == null ? now : before.created(),
                before == null ? register.tags() : before.tags()));
    }

    private void requireQualifier(FunctionArn function, String qualifier) {
        if (state.function(function).isEmpty() || !state.hasQualifier(function, qualifier)) {
            throw invalid("There is no function version or alias function:" + function.name() + ":" + qualifier + ".");
        }
    }

    private Outcome deregister(ScalableTargetRecord target) {
        return RegistryDecisions.removal(
                state.scaling(target.function(), target.qualifier(), ScalingRecord.class), functionOf(target));
    }

    private Outcome putPolicy(ScalableTargetRecord target, PutPolicy put, Instant now) {
        var function = target.function();
        var qualifier = target.qualifier();
        var policies = state.scaling(function, qualifier, ScalingPolicyRecord.class);
        if (policies.stream().anyMatch(policy -> !policy.name().equals(put.name()))) {
            throw invalid("Only one TargetTrackingScaling policy for a given metric specification is allowed.");
        }
        var before = policies.isEmpty() ? null : policies.getFirst();
        return recorded(new ScalingPolicyRecord(
                function,
                qualifier,
                put.name(),
                before == null ? put.id() : before.id(),
                put.targetValue(),
                put.scaleOutCooldownSeconds(),
                put.scaleInCooldownSeconds(),
                put.disableScaleIn(),
                before == null ? now : before.created(),
                before == null ? null : before.lastScaleOut(),
                before == null ? null : before.lastScaleIn()));
    }

    private Outcome putAction(ScalableTargetRecord target, PutAction put, Instant now) {
        var function = target.function();
        var qualifier = target.qualifier();
        var before = state.scheduledAction(function, qualifier, put.name()).orElse(null);
        if (before == null
                && state.scaling(function, qualifier, ScheduledActionRecord.class)
                                .size()
                        >= MOST_ACTIONS) {
            throw new Refusal(
                    ErrorCode.LIMIT_EXCEEDED,
                    "A scalable target can have at most " + MOST_ACTIONS + " scheduled actions.");
        }
        var schedule = put.schedule() != null ? put.schedule() : before == null ? null : before.schedule();
        if (schedule == null) {
            throw invalid("Schedule must be specified to create a scheduled action.");
        }
        boolean ranged = put.minimum() != null || put.maximum() != null;
        if (before == null && !ranged) {
            throw invalid("ScalableTargetAction must name MinCapacity, MaxCapacity or both.");
        }
        return recorded(new ScheduledActionRecord(
                function,
                qualifier,
                put.name(),
                before == null ? put.id() : before.id(),
                schedule,
                put.timezone() != null ? put.timezone() : before == null ? null : before.timezone(),
                put.start(),
                put.end(),
                ranged || before == null ? put.minimum() : before.minimum(),
                ranged || before == null ? put.maximum() : before.maximum(),
                before == null ? now : before.created(),
                now,
                null));
    }

    /** A scheduled action, and the time of its schedule that it is due for. */
    record Due(ScheduledActionRecord action, Instant time) {}

    /** The scheduled actions that are due, in the order of their times. */
    List<Due> due(Instant now) {
        return actions()
                .flatMap(action -> time(action, table -> table.due(now)).map(time -> new Due(action, time)).stream())
                .sorted(Comparator.comparing(Due::time))
                .toList();
    }

    /** When the next scheduled action will be due, of those that are not yet. */
    Optional<Instant> nextDue(Instant now) {
        return actions()
                .flatMap(action -> time(action, table -> table.next(now)).stream())
                .min(Comparator.naturalOrder());
    }

    private Stream<ScheduledActionRecord> actions() {
        return state.scalableTargets().stream()
                .flatMap(target ->
                        state.scaling(target.function(), target.qualifier(), ScheduledActionRecord.class).stream());
    }

    /** A schedule whose times cannot be told, as one of a newer release may be, keeps no other from being done. */
    private static Optional<Instant> time(ScheduledActionRecord action, Function<Timetable, Optional<Instant>> asked) {
        try {
            return asked.apply(new Timetable(action));
        } catch (RuntimeException e) {
            LOG.atError()
                    .addKeyValue("function", action.function())
                    .addKeyValue("scheduledAction", action.name())
                    .setCause(e)
                    .log("times of a scheduled action cannot be told; it is not done");
            return Optional.empty();
        }
    }

    /** Does what a scheduled action asks for. What is due while scheduled scaling is suspended is passed over. */
    List<Change> perform(Due due, Instant now) {
        var action = due.action();
        var dealtWith = new Change.Recorded(action.withLastDue(due.time()));
        var target = required(action.function(), action.qualifier());
        if (target.suspended().scheduled()) {
            return List.of(dealtWith);
        }
        var log = capacity.log(target, now);
        var cause = "scheduled action name " + action.name() + " was triggered";
        int minimum = orElse(action.minimum(), target.minimum());
        int maximum = orElse(action.maximum(), target.maximum());
        var range = range(action);
        var changes = new ArrayList<Change>();
        changes.add(dealtWith);
        if (maximum < minimum) {
            log.failed(
                    "Setting " + range,
                    cause,
                    "Failed to set " + range + ". Reason: Maximum capacity cannot be less than minimum capacity");
        } else {
            log.succeeded("Setting " + range, cause, "Successfully set " + range);
            var ranged = target.withRange(minimum, maximum);
            changes.add(new Change.Recorded(ranged));
            log.fit(ranged);
        }
        changes.addAll(log.changes());
        return changes;
    }

    /** The targets that policies scale. */
    List<ScalableTargetRecord> tracked() {
        return state.scalableTargets().stream()
                .filter(target -> !state.scaling(target.function(), target.qualifier(), ScalingPolicyRecord.class)
                        .isEmpty())
                .toList();
    }

    /**
     * Does what the target's policy asks for. Where nothing is provisioned there is nothing to track, and what lies outside the range is
     * brought into it first.
     *
     * @param lastMinute since the beginning of 1970: the last that all routers have told of
     */
    List<Change> track(ScalableTargetRecord target, long lastMinute, Instant now) {
        int current = capacity.current(target.function(), target.qualifier());
        var log = capacity.log(target, now);
        if (current == 0 || isHeld(target, target.nearest(current) - current)) {
            return List.of();
        }
        if (target.nearest(current) != current) {
            log.fit(target);
            return log.changes();
        }
        var policy = state.scaling(target.function(), target.qualifier(), ScalingPolicyRecord.class)
                .getFirst();
        return TargetTracking.step(policy, target, current, points(target), lastMinute, now)
                .map(step -> switch (step) {
                    case Out(int more) -> {
                        boolean done = log.set(more, cause(PolicyAlarms.high(policy), policy));
                        yield with(log.changes(), done ? policy.withLastScaleOut(now) : null);
                    }
                    case In(int less) -> {
                        boolean done = log.set(less, cause(PolicyAlarms.low(policy), policy));
                        yield with(log.changes(), done ? policy.withLastScaleIn(now) : null);
                    }
                })
                .orElse(List.of());
    }

    private static boolean isHeld(ScalableTargetRecord target, int difference) {
        return (difference > 0 && target.suspended().scaleOut())
                || (difference < 0 && target.suspended().scaleIn());
    }

    private static String cause(String alarm, ScalingPolicyRecord policy) {
        return "monitor alarm " + alarm + " in state ALARM triggered policy " + policy.name();
    }

    private static List<Change> with(List<Change> changes, @Nullable ScalingPolicyRecord policy) {
        if (policy == null) {
            return changes;
        }
        var all = new ArrayList<Change>();
        all.add(new Change.Recorded(policy));
        all.addAll(changes);
        return all;
    }

    /**
     * The use of what is provisioned for the target, minute by minute. Of a version that is provisioned for several aliases, each has the
     * part of the use that it has of the environments.
     */
    private NavigableMap<Long, Datapoint> points(ScalableTargetRecord target) {
        var function = target.function();
        var shares = shares(function, target.qualifier());
        var points = new TreeMap<Long, Datapoint>();
        shares.forEach((version, share) -> {
            int whole = state.provisioned(function).stream()
                    .mapToInt(config -> shares(function, config.qualifier()).getOrDefault(version, 0))
                    .sum();
            double part = (double) share / whole;
            history.of(new VersionArn(function, version))
                    .forEach((minute, use) -> points.merge(
                            minute, new Datapoint(use.running() * part, use.ready() * part), ScalingDecisions::sum));
        });
        points.values().removeIf(point -> point.running() == 0 || point.ready() == 0);
        return points;
    }

    private static Datapoint sum(Datapoint one, Datapoint other) {
        return new Datapoint(one.running() + other.running(), one.ready() + other.ready());
    }

    /** How many environments of which version make up what is provisioned for a qualifier; those with none are left out. */
    private Map<Version, Integer> shares(FunctionArn function, String qualifier) {
        int requested = capacity.current(function, qualifier);
        var shares = new TreeMap<Version, Integer>();
        if (Version.isVersion(qualifier)) {
            shares.put(Version.parse(qualifier), requested);
        } else {
            state.alias(function, qualifier).ifPresent(alias -> shares.putAll(alias.divided(requested)));
        }
        shares.values().removeIf(share -> share == 0);
        return shares;
    }

    private static String range(ScheduledActionRecord action) {
        return Stream.of(named("min", action.minimum()), named("max", action.maximum()))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" and "));
    }

    private static Optional<String> named(String bound, @Nullable Integer capacity) {
        return Optional.ofNullable(capacity).map(value -> bound + " capacity to " + value);
    }

    private Outcome remove(ScalingRecord record) {
        return RegistryDecisions.removal(List.of(record), functionOf(record));
    }

    /** It is there as long as anything is kept of its qualifiers. */
    private FunctionRecord functionOf(ScalingRecord record) {
        return state.remembered(record.function())
                .orElseThrow(() -> new IllegalStateException("scaling of an unknown function: " + record.key()));
    }

    private ScalableTargetRecord required(FunctionArn function, String qualifier) {
        return state.scalableTarget(function, qualifier)
                .orElseThrow(() -> notFound("No scalable target found for ", function, qualifier, ""));
    }

    private ScalableTargetRecord requiredTagged(FunctionArn function, String qualifier) {
        return state.scalableTarget(function, qualifier)
                .orElseThrow(() -> new Refusal(ErrorCode.RESOURCE_NOT_FOUND, "The scalable target is not registered."));
    }

    private ScalingPolicyRecord requiredPolicy(FunctionArn function, String qualifier, String name) {
        return state.scalingPolicy(function, qualifier, name)
                .orElseThrow(
                        () -> notFound("No scaling policy found for ", function, qualifier, ", policy name: " + name));
    }

    private ScheduledActionRecord requiredAction(FunctionArn function, String qualifier, String name) {
        return state.scheduledAction(function, qualifier, name)
                .orElseThrow(() -> notFound(
                        "No scheduled action found for ", function, qualifier, ", scheduled action name: " + name));
    }

    private static Refusal notFound(String what, FunctionArn function, String qualifier, String name) {
        return new Refusal(
                ErrorCode.OBJECT_NOT_FOUND,
                what + "service namespace: lambda, resource ID: function:" + function.name() + ":" + qualifier
                        + ", scalable dimension: lambda:function:ProvisionedConcurrency" + name);
    }

    private static Outcome recorded(ScalingRecord record) {
        return new Outcome(List.of(new Change.Recorded(record)), RegistryAnswer.Done.WITHOUT_RECORD);
    }

    private static Refusal invalid(String message) {
        return new Refusal(ErrorCode.VALIDATION, message);
    }

    private static int orElse(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }
}
