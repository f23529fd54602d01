package io.kappa.worker.environment;

import io.kappa.worker.environment.WarmPool.Miss;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** What is counted about parked runtimes. */
final class WarmMetrics {
    private final MeterRegistry registry;
    private final Counter hits;
    private final Map<Miss, Counter> misses = new EnumMap<>(Miss.class);
    private final Timer assignments;
    private final Set<String> watched = ConcurrentHashMap.newKeySet();

    WarmMetrics(MeterRegistry registry) {
        this.registry = registry;
        hits = Counter.builder("kappa.worker.warm.hits")
                .description("Environments that were given a runtime that was parked")
                .register(registry);
        for (var miss : Miss.values()) {
            misses.put(
                    miss,
                    Counter.builder("kappa.worker.warm.misses")
                            .description("Environments whose runtime had to be started, by why")
                            .tag("cause", miss.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        assignments = Timer.builder("kappa.worker.warm.assignment")
                .description("From the demand for an environment until its parked runtime has been told what it is for")
                .register(registry);
    }

    void hit() {
        hits.increment();
    }

    void missed(Miss cause) {
        Objects.requireNonNull(misses.get(cause)).increment();
    }

    void assigned(long nanos) {
        assignments.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Shows how many runtimes of one interpreter are parked. */
    void watch(String runtime, IntSupplier parked) {
        if (watched.add(runtime)) {
            Gauge.builder("kappa.worker.warm.parked", parked, IntSupplier::getAsInt)
                    .description("Runtimes that are started and wait for a function")
                    .tag("runtime", runtime)
                    .strongReference(true)
                    .register(registry);
        }
    }
}
