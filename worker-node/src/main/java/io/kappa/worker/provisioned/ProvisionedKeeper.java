package io.kappa.worker.provisioned;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.contracts.worker.WorkerStatus.Environments;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.ProvisionedEnvironments;
import io.kappa.worker.environment.ProvisionedProblem;
import io.kappa.worker.provisioned.Upkeep.Goal;
import io.kappa.worker.provisioned.Upkeep.Step;
import io.kappa.worker.provisioned.WantedVersions.Wanted;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that this worker has ready what falls to it of provisioned concurrency. What that is, it works out for itself from what the
 * registry says and from which workers there are, as every worker does: see {@link ProvisionedPlan}.
 *
 * <p>What it hears from other threads is only noted. Everything is done in {@link #tick}, which one thread calls several times a second.
 */
public final class ProvisionedKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ProvisionedKeeper.class);

    private final String worker;
    private final ProvisionedEnvironments environments;
    private final WantedVersions wanted;
    private final PresentWorkers workers = new PresentWorkers();
    private final Upkeep upkeep;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Queue<Runnable> losses = new ConcurrentLinkedQueue<>();

    private long plannedChanges;
    private List<Wanted> plannedWants = List.of();
    private List<Site> plannedSites = List.of();
    private ProvisionedPlan plan = ProvisionedPlan.of(List.of(), List.of());
    private volatile Runnable onChange = () -> {};
    private volatile int wantedHere;
    private volatile Map<EnvironmentKey, ProvisionedProblem> problems = Map.of();

    /**
     * @param worker this worker's name in the cluster
     * @param functions what the registry says of a function now, unless it is gone
     * @param nanoTime time for measuring, from an arbitrary origin
     */
    public ProvisionedKeeper(
            String worker,
            ProvisionedSettings settings,
            ProvisionedEnvironments environments,
            Function<FunctionArn, Optional<FunctionView>> functions,
            Clock clock,
            LongSupplier nanoTime,
            MeterRegistry metrics) {
        this.worker = worker;
        this.environments = environments;
        this.wanted = new WantedVersions(functions);
        this.upkeep = new Upkeep(settings.startsAtOnce());
        this.clock = clock;
        this.nanoTime = nanoTime;
        environments.onLoss(new Losses());
        Gauge.builder("kappa.worker.provisioned.wanted", this, keeper -> keeper.wantedHere)
                .description("Environments that this worker is to keep ready for provisioned concurrency")
                .register(metrics);
    }

    /** Sets what is called, quickly, when {@link #told} would say something else. */
    public void onChange(Runnable listener) {
        onChange = listener;
    }

    /** Hears that something of the function has changed in the registry. From any thread. */
    public void review(FunctionArn function) {
        wanted.review(function);
    }

    /**
     * Takes in one record of {@code workers.status}.
     *
     * @param value null where the worker has left
     */
    public void read(String name, byte @Nullable [] value, long writtenAtMillis) {
        workers.read(name, value, writtenAtMillis, clock.millis());
    }

    /** Does what is to be done now. To be called once registry and statuses have been read, and then several times a second. */
    public void tick() {
        long now = nanoTime.getAsLong();
        for (var loss = losses.poll(); loss != null; loss = losses.poll()) {
            loss.run();
        }
        var present = workers.at(clock.millis());
        replan(present);
        for (var step : upkeep.steps(environments.provisioned(), behind(present), now)) {
            take(step, now);
        }
        tell();
    }

    private void replan(List<WorkerStatus> present) {
        long changes = wanted.changes();
        var sites = present.stream().map(Site::of).toList();
        if (changes == plannedChanges && sites.equals(plannedSites)) {
            return;
        }
        var wants = wanted.all();
        plannedChanges = changes;
        plannedWants = wants;
        plannedSites = sites;
        plan = ProvisionedPlan.of(wants.stream().map(Wanted::want).toList(), sites);
        var share = plan.shareOf(worker);
        var goals = new LinkedHashMap<EnvironmentKey, Goal>();
        for (var one : wants) {
            int count = share.getOrDefault(one.want().key(), 0);
            if (count > 0) {
                goals.put(one.want().key(), new Goal(one.deployment(), count));
            }
        }
        upkeep.aim(goals);
        wantedHere = upkeep.wanted();
        LOG.atInfo()
                .addKeyValue("environments", wantedHere)
                .addKeyValue("workers", sites.size())
                .log("provisioned concurrency divided anew");
    }

    /** Functions of which another worker has not ready yet what it is to keep, and does not say that it cannot. */
    private Set<FunctionArn> behind(List<WorkerStatus> present) {
        var behind = new HashSet<FunctionArn>();
        for (var other : present) {
            if (!other.worker().equals(worker)) {
                var ready = new HashMap<EnvironmentKey, Environments>();
                var told = other.environments();
                for (var one : told == null ? List.<Environments>of() : told) {
                    ready.put(new EnvironmentKey(one.version(), one.generation()), one);
                }
                plan.shareOf(other.worker()).forEach((key, count) -> {
                    var one = ready.get(key);
                    if (one == null || (one.provisioned() < count && one.problem() == null)) {
                        behind.add(key.version().function());
                    }
                });
            }
        }
        return behind;
    }

    private void take(Step step, long now) {
        switch (step) {
            case Step.Start(var key, var deployment, boolean replacing) -> {
                if (!environments.startProvisioned(key, deployment, replacing)) {
                    upkeep.failed(key, ProvisionedProblem.NO_MEMORY, now);
                }
            }
            case Step.Release(var key, int count) -> environments.release(key, count);
        }
    }

    private void tell() {
        var found = new LinkedHashMap<EnvironmentKey, ProvisionedProblem>();
        for (var one : plannedWants) {
            var key = one.want().key();
            var shortage = plan.shortages().get(key);
            var own = upkeep.problem(key);
            if (own != null) {
                found.put(key, own);
            } else if (shortage != null && shortage.speaker().equals(worker)) {
                found.put(key, shortage.problem());
            }
        }
        if (!found.equals(problems)) {
            found.forEach((key, problem) -> {
                if (!problem.equals(problems.get(key))) {
                    LOG.atWarn()
                            .addKeyValue("function", key.version())
                            .addKeyValue("problem", problem)
                            .log("fewer environments are ready than provisioned concurrency asks for");
                }
            });
            problems = found;
            onChange.run();
        }
    }

    /** Adds to what this worker has of each version why that is less than is to be provisioned. From any thread. */
    public List<Environments> told(List<Environments> census) {
        var left = new LinkedHashMap<>(problems);
        if (left.isEmpty()) {
            return census;
        }
        var told = new ArrayList<Environments>();
        for (var of : census) {
            var problem = left.remove(new EnvironmentKey(of.version(), of.generation()));
            told.add(
                    problem == null
                            ? of
                            : new Environments(
                                    of.version(), of.generation(), of.living(), of.provisioned(), problem.toString()));
        }
        left.forEach((key, problem) ->
                told.add(new Environments(key.version(), key.generation(), 0, 0, problem.toString())));
        return told;
    }

    /** Notes what other threads tell, for the next tick. */
    private final class Losses implements ProvisionedEnvironments.Listener {
        @Override
        public void failed(EnvironmentKey key, ProvisionedProblem problem) {
            losses.add(() -> upkeep.failed(key, problem, nanoTime.getAsLong()));
        }

        @Override
        public void lost(EnvironmentKey key, Duration readyFor) {
            losses.add(() -> upkeep.lost(key, readyFor, nanoTime.getAsLong()));
        }
    }
}
