package io.kappa.worker.provisioned;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.Deployment;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.ProvisionedEnvironments.Count;
import io.kappa.worker.environment.ProvisionedProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How this worker comes from the provisioned environments that it has to those that it is to have. Starts and releases nothing itself: says
 * what is to be done, and remembers what failed, so that it is tried again after pauses that double. Time comes in from outside. For one
 * thread.
 *
 * <p>New ones come first: what is there beyond the goal stays until all environments that the function is to have are ready, here and on
 * other workers. Only where memory is missing for the new ones, others go before.
 */
final class Upkeep {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

    /** One that was ready for less is counted as a failure: it would be started over and over again. */
    private static final Duration SOON = Duration.ofMinutes(1);

    /** From so many failures in a row on, what may pass by itself counts as a problem. */
    private static final int PERSISTENT = 4;

    private final int startsAtOnce;
    private final Map<EnvironmentKey, Trouble> troubles = new HashMap<>();
    private Map<EnvironmentKey, Goal> goals = Map.of();
    private Map<EnvironmentKey, Count> present = Map.of();

    /** What is to be kept of one key. */
    record Goal(Deployment deployment, int count) {}

    /** What is to be done next. */
    sealed interface Step {
        /** @param replacing whether it will take the place of an old one */
        record Start(EnvironmentKey key, Deployment deployment, boolean replacing) implements Step {}

        record Release(EnvironmentKey key, int count) implements Step {}
    }

    /**
     * Failures in a row.
     *
     * @param afterReady whether they were ready before, so that another's becoming ready proves nothing
     * @param ready the fewest that have been ready since the last failure: where more are, that is over
     */
    private record Trouble(ProvisionedProblem problem, int failures, long lastNanos, boolean afterReady, int ready) {
        long pauseNanos() {
            long doubled = FIRST_PAUSE.toNanos() << Math.min(failures - 1, 20);
            return Math.min(doubled, LONGEST_PAUSE.toNanos());
        }

        boolean rests(long now) {
            return now - lastNanos < pauseNanos();
        }

        boolean isOver(int readyNow, long now) {
            return afterReady ? now - lastNanos >= pauseNanos() + SOON.toNanos() : readyNow > ready;
        }

        Trouble with(int readyNow) {
            return new Trouble(problem, failures, lastNanos, afterReady, Math.min(ready, readyNow));
        }

        boolean isProblem() {
            boolean mayPass = afterReady || problem.equals(ProvisionedProblem.NO_MEMORY);
            return !mayPass || failures >= PERSISTENT;
        }
    }

    /** @param startsAtOnce how many may be starting at any moment, at least 1 */
    Upkeep(int startsAtOnce) {
        this.startsAtOnce = startsAtOnce;
    }

    /** Sets what is to be kept from now on. */
    void aim(Map<EnvironmentKey, Goal> goals) {
        this.goals = new LinkedHashMap<>(goals);
        troubles.keySet().retainAll(goals.keySet());
    }

    /** One could not be made ready. */
    void failed(EnvironmentKey key, ProvisionedProblem problem, long now) {
        if (goals.containsKey(key)) {
            int ready = count(key).ready();
            troubles.merge(
                    key,
                    new Trouble(problem, 1, now, false, ready),
                    (before, _) -> new Trouble(problem, before.failures + 1, now, before.afterReady, ready));
        }
    }

    /** One was ready and is no more, which nobody has asked for. */
    void lost(EnvironmentKey key, Duration readyFor, long now) {
        if (goals.containsKey(key) && readyFor.compareTo(SOON) < 0) {
            int ready = count(key).ready();
            troubles.merge(
                    key,
                    new Trouble(ProvisionedProblem.KEEPS_ENDING, 1, now, true, ready),
                    (before, one) -> new Trouble(one.problem, before.failures + 1, now, true, ready));
        }
    }

    /**
     * What is to be done now.
     *
     * @param present what there is
     * @param behind functions of which other workers do not have ready yet what they are to keep
     */
    List<Step> steps(Map<EnvironmentKey, Count> present, Set<FunctionArn> behind, long now) {
        this.present = present;
        troubles.replaceAll((key, trouble) -> trouble.with(count(key).ready()));
        troubles.entrySet()
                .removeIf(entry -> entry.getValue().isOver(count(entry.getKey()).ready(), now));
        var steps = new ArrayList<Step>();
        for (var key : present.keySet()) {
            int surplus = surplus(key, behind);
            if (surplus > 0) {
                steps.add(new Step.Release(key, surplus));
            }
        }
        steps.addAll(starts(now));
        return steps;
    }

    private int surplus(EnvironmentKey key, Set<FunctionArn> behind) {
        var goal = goals.get(key);
        var count = count(key);
        int wanted = goal == null ? 0 : goal.count();
        int readyTooMany = Math.max(0, count.ready() - wanted);
        if (stays(key.version().function(), behind)) {
            return Math.min(count.old(), readyTooMany);
        }
        return count.old() > 0 && wanted > 0 ? readyTooMany : Math.max(0, count.ready() + count.starting() - wanted);
    }

    /** Whether what the function has too many of has to wait for what it has too few of. */
    private boolean stays(FunctionArn function, Set<FunctionArn> behind) {
        boolean memoryIsMissing =
                troubles.values().stream().anyMatch(trouble -> trouble.problem.equals(ProvisionedProblem.NO_MEMORY));
        return !memoryIsMissing
                && (behind.contains(function)
                        || goals.entrySet().stream()
                                .anyMatch(goal ->
                                        goal.getKey().version().function().equals(function)
                                                && !troubles.containsKey(goal.getKey())
                                                && count(goal.getKey()).ready()
                                                        < goal.getValue().count()));
    }

    /** One of each key in turn, so that a large number of one does not hold up the others. */
    private List<Step.Start> starts(long now) {
        int free = startsAtOnce
                - present.values().stream().mapToInt(Count::starting).sum();
        var starts = new ArrayList<Step.Start>();
        for (int round = 0; free > starts.size(); round++) {
            int before = starts.size();
            for (var goal : goals.entrySet()) {
                if (round < missing(goal.getKey(), goal.getValue(), now) && free > starts.size()) {
                    starts.add(start(goal.getKey(), goal.getValue(), round));
                }
            }
            if (starts.size() == before) {
                break;
            }
        }
        return starts;
    }

    /** How many of the key may begin to start. Where something has failed, one is tried alone. */
    private int missing(EnvironmentKey key, Goal goal, long now) {
        var count = count(key);
        int missing = goal.count() - (count.ready() - count.old()) - count.starting();
        var trouble = troubles.get(key);
        if (trouble == null) {
            return missing;
        }
        return trouble.rests(now) || count.starting() > 0 ? 0 : Math.min(1, missing);
    }

    private Step.Start start(EnvironmentKey key, Goal goal, int round) {
        var count = count(key);
        return new Step.Start(key, goal.deployment(), count.ready() + count.starting() + round >= goal.count());
    }

    /** Why there are fewer of the key than are to be kept, where that will not pass by itself; null otherwise. */
    @Nullable
    ProvisionedProblem problem(EnvironmentKey key) {
        var goal = goals.get(key);
        var trouble = troubles.get(key);
        return goal == null
                        || trouble == null
                        || !trouble.isProblem()
                        || count(key).ready() >= goal.count()
                ? null
                : trouble.problem;
    }

    /** How many are to be kept, of all keys. */
    int wanted() {
        return goals.values().stream().mapToInt(Goal::count).sum();
    }

    private Count count(EnvironmentKey key) {
        return present.getOrDefault(key, Count.NONE);
    }
}
