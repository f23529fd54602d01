package io.kappa.router.api;

import io.kappa.contracts.function.FunctionName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** How many requests came, how they ended and how long they took. An outcome is one of few words, or an error's name. */
final class ApiMetrics {
    /** Borders of the histogram, from a warm invocation to the longest. */
    private static final Duration[] LEVELS = Stream.of(1, 2, 5, 10, 25, 50, 100, 250, 1000, 5000, 30_000, 300_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Map<String, Map<String, Timer>> timers = new ConcurrentHashMap<>();
    private final Map<String, Counter> throttles = new ConcurrentHashMap<>();
    private final Map<FunctionName, Counter> events = new ConcurrentHashMap<>();
    private final AtomicInteger running = new AtomicInteger();

    ApiMetrics(MeterRegistry registry, MemoryBudget budget) {
        this.registry = registry;
        Gauge.builder("kappa.router.requests.running", running, AtomicInteger::get)
                .description("Requests that have begun and have not been answered")
                .register(registry);
        Gauge.builder("kappa.router.buffered", budget, MemoryBudget::taken)
                .baseUnit("bytes")
                .description("Memory that large bodies take now")
                .register(registry);
    }

    void began() {
        running.incrementAndGet();
    }

    void ended(String operation, String outcome, long nanos) {
        running.decrementAndGet();
        var byOutcome = timers.computeIfAbsent(operation, _ -> new ConcurrentHashMap<>());
        var timer = byOutcome.get(outcome);
        if (timer == null) {
            timer = byOutcome.computeIfAbsent(
                    outcome,
                    _ -> Timer.builder("kappa.router.requests")
                            .description("Requests from their first byte to their answer")
                            .tag("operation", operation)
                            .tag("outcome", outcome)
                            .serviceLevelObjectives(LEVELS)
                            .register(registry));
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** @param reason in Lambda's words, of which there are few */
    void throttled(String reason) {
        throttles
                .computeIfAbsent(
                        reason,
                        _ -> Counter.builder("kappa.router.throttles")
                                .description("Requests that were refused because a limit was reached")
                                .tag("reason", reason)
                                .register(registry))
                .increment();
    }

    /** Only functions that exist receive events, so there are no more counters than there have been functions. */
    void eventReceived(FunctionName function) {
        events.computeIfAbsent(
                        function,
                        name -> Counter.builder("kappa.async.events.received")
                                .description("Events that were accepted")
                                .tag("function", name.value())
                                .register(registry))
                .increment();
    }

    int running() {
        return running.get();
    }
}
