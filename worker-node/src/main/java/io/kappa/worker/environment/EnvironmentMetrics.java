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
import java.util.function.ToDoubleFunction;

/** What is counted about execution environments and the invocations in them. The meters are looked up once. */
final class EnvironmentMetrics {
    private final MeterRegistry registry;
    private final Map<ColdStart.Cause, Counter> coldStarts = new EnumMap<>(ColdStart.Cause.class);
    private final Map<ColdStart.Phase, Timer> phases = new EnumMap<>(ColdStart.Phase.class);
    private final Timer inits;
    private final Counter failedInits;
    private final Timer succeeded;
    private final Timer failed;
    private final Timer crashed;
    private final Timer timedOut;
    private final Map<Refusal, Counter> refusals = new EnumMap<>(Refusal.class);

    EnvironmentMetrics(MeterRegistry registry) {
        this.registry = registry;
        inits = Timer.builder("kappa.worker.init")
                .description("Init phases that made an environment ready: each is a cold start")
                .register(registry);
        failedInits = Counter.builder("kappa.worker.init.failures")
                .description("Init phases that failed or took too long")
                .register(registry);
        succeeded = invocations(registry, new EndStatus.Success());
        failed = invocations(registry, new EndStatus.Failure(""));
        crashed = invocations(registry, new EndStatus.Crash(""));
        timedOut = invocations(registry, new EndStatus.Timeout());
        for (var cause : ColdStart.Cause.values()) {
            coldStarts.put(
                    cause,
                    Counter.builder("kappa.worker.cold-starts")
                            .description("Runtimes that an invocation had to wait for, by why")
                            .tag("cause", cause.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        for (var phase : ColdStart.Phase.values()) {
            phases.put(
                    phase,
                    Timer.builder("kappa.worker.cold-start.phase")
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
    }

    private static Timer invocations(MeterRegistry registry, EndStatus status) {
        return Timer.builder("kappa.worker.invocations")
                .description("Invocations that ran, by how they ended")
                .tag("status", status.word())
                .register(registry);
    }

    /** Shows how many environments there are. */
    void watch(EnvironmentPool pool) {
        environments("busy", pool, usage -> usage.busy());
        environments("idle", pool, usage -> usage.idle());
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

    void coldStart(ColdStart.Cause cause) {
        Objects.requireNonNull(coldStarts.get(cause)).increment();
    }

    void took(ColdStart.Phase phase, long nanos) {
        Objects.requireNonNull(phases.get(phase)).record(nanos, TimeUnit.NANOSECONDS);
    }

    void initialised(long nanos) {
        inits.record(nanos, TimeUnit.NANOSECONDS);
    }

    void initFailed() {
        failedInits.increment();
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
        var counter = refusals.get(refusal);
        if (counter != null) {
            counter.increment();
        }
    }
}
