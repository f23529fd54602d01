package io.kappa.worker.environment;

import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What is counted about execution environments and the invocations in them. The meters are looked up once. */
final class EnvironmentMetrics {
    private final MeterRegistry registry;
    private final Map<StartPhase, Timer> phases = new EnumMap<>(StartPhase.class);
    private final Timer inits;
    private final Counter failedInits;
    private final Timer restores;
    private final Counter failedRestores;
    private final Timer succeeded;
    private final Timer failed;
    private final Timer crashed;
    private final Timer timedOut;
    private final Map<Refusal, Counter> refusals = new EnumMap<>(Refusal.class);
    private final Map<StartCause, Counter> coldStarts = new EnumMap<>(StartCause.class);
    private final Map<RetirementReason, Counter> retirements = new EnumMap<>(RetirementReason.class);
    private final Counter usedAhead;
    private final AtomicInteger frozen = new AtomicInteger();
    private final Timer thaws;
    private final Timer extensions;

    EnvironmentMetrics(MeterRegistry registry) {
        this.registry = registry;
        inits = Timer.builder("kappa.worker.init")
                .description("Init phases that made an environment ready: each is a cold start")
                .register(registry);
        failedInits = Counter.builder("kappa.worker.init.failures")
                .description("Init phases that failed or took too long")
                .register(registry);
        restores = Timer.builder("kappa.worker.restores")
                .description("Restore phases that made an environment ready: cold starts from a snapshot")
                .register(registry);
        failedRestores = Counter.builder("kappa.worker.restore.failures")
                .description("Environments that could not be restored from a snapshot and were initialised instead,"
                        + " or whose hooks failed or took too long")
                .register(registry);
        succeeded = invocations(registry, new EndStatus.Success());
        failed = invocations(registry, new EndStatus.Failure(""));
        crashed = invocations(registry, new EndStatus.Crash(""));
        timedOut = invocations(registry, new EndStatus.Timeout());
        for (var phase : StartPhase.values()) {
            phases.put(
                    phase,
                    Timer.builder("kappa.worker.cold.start.phase")
                            .description("What the time of cold starts goes into")
                            .tag("phase", phase.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        for (var refusal : Refusal.values()) {
            refusals.put(
                    refusal,
                    Counter.builder("kappa.worker.refusals")
                            .description("Invocations that were not started here")
                            .tag("reason", refusal.name())
                            .register(registry));
        }
        for (var cause : StartCause.values()) {
            coldStarts.put(
                    cause,
                    Counter.builder("kappa.worker.cold.starts")
                            .description("Runtimes that were started, by why")
                            .tag("cause", cause.tag())
                            .register(registry));
        }
        for (var reason : RetirementReason.values()) {
            retirements.put(
                    reason,
                    Counter.builder("kappa.worker.retirements")
                            .description("Environments that were told to go, by why")
                            .tag("reason", reason.tag())
                            .register(registry));
        }
        usedAhead = Counter.builder("kappa.worker.readiness.used")
                .description("Environments started before there was an invocation for them that have got one")
                .register(registry);
        Gauge.builder("kappa.worker.frozen", frozen, AtomicInteger::get)
                .description("Idle environments that have no CPU until their next invocation")
                .register(registry);
        extensions = Timer.builder("kappa.worker.extensions.after.runtime")
                .description("How long extensions were busy with an invocation after its runtime was done with it")
                .register(registry);
        thaws = Timer.builder("kappa.worker.thaw")
                .description("Giving the CPU back to a frozen environment, which its invocation waits for")
                .register(registry);
    }

    private static Timer invocations(MeterRegistry registry, EndStatus status) {
        return Timer.builder("kappa.worker.invocations")
                .description("Invocations that ran, by how they ended")
                .tag("status", status.word())
                .register(registry);
    }

    void extensionsWentOn(long nanos) {
        extensions.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Shows how many environments there are. */
    void watch(EnvironmentPool pool) {
        environments("busy", pool, usage -> usage.busy());
        environments("idle", pool, usage -> usage.idle());
        Gauge.builder("kappa.worker.provisioned", pool, EnvironmentPool::provisionedReady)
                .description("Environments that provisioned concurrency keeps ready, busy ones among them")
                .register(registry);
        Gauge.builder("kappa.worker.memory", pool, watched -> watched.usage().usedMegabytes())
                .description("Memory that environments are configured for")
                .baseUnit("megabytes")
                .register(registry);
    }

    private void environments(String state, EnvironmentPool pool, ToDoubleFunction<EnvironmentPool.Usage> count) {
        Gauge.builder("kappa.worker.environments", pool, watched -> count.applyAsDouble(watched.usage()))
                .description("Execution environments")
                .tag("state", state)
                .register(registry);
    }

    void took(StartPhase phase, long nanos) {
        Objects.requireNonNull(phases.get(phase)).record(nanos, TimeUnit.NANOSECONDS);
    }

    void initialised(long nanos) {
        inits.record(nanos, TimeUnit.NANOSECONDS);
    }

    void initFailed() {
        failedInits.increment();
    }

    void restored(long nanos) {
        restores.record(nanos, TimeUnit.NANOSECONDS);
        took(StartPhase.RESTORE, nanos);
    }

    void restoreFailed() {
        failedRestores.increment();
    }

    void coldStart(StartCause cause) {
        increment(coldStarts.get(cause), 1);
    }

    void usedAhead() {
        usedAhead.increment();
    }

    void retired(RetirementReason reason, int environments) {
        increment(retirements.get(reason), environments);
    }

    void froze() {
        frozen.incrementAndGet();
    }

    /** A frozen environment is no more, and has not been thawed. */
    void frozenIsGone() {
        frozen.decrementAndGet();
    }

    void thawed(long nanos) {
        frozen.decrementAndGet();
        thaws.record(nanos, TimeUnit.NANOSECONDS);
    }

    void ended(EndStatus status, long nanos) {
        var timer = switch (status) {
            case EndStatus.Success _ -> succeeded;
            case EndStatus.Failure _ -> failed;
            case EndStatus.Crash _ -> crashed;
            case EndStatus.Timeout _ -> timedOut;
        };
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    void refused(Refusal refusal) {
        increment(refusals.get(refusal), 1);
    }

    private static void increment(@Nullable Counter counter, int by) {
        if (counter != null) {
            counter.increment(by);
        }
    }
}
