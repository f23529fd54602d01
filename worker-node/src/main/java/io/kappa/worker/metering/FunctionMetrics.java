package io.kappa.worker.metering;

import io.kappa.contracts.metering.InvocationUse;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lambda's metrics of each function, as far as this machine runs it: Invocations (the timer's count), Duration and Errors. Used by one thread,
 * off the way of invocations. Beyond {@value #MOST} functions the rest are counted together, as {@value #OTHERS}.
 */
final class FunctionMetrics {
    static final int MOST = 2_000;
    static final String OTHERS = "(others)";

    /** Borders of the histogram, from a warm invocation to the longest. */
    private static final Duration[] LEVELS = Stream.of(5, 25, 100, 500, 1000, 5000, 30_000, 300_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    /** How an invocation can end other than well; see {@link InvocationUse}. */
    private static final List<String> ERRORS = List.of("failure", "error", "timeout");

    private final MeterRegistry registry;
    private final Map<String, Meters> functions = new HashMap<>();

    private record Meters(Timer duration, Map<String, Counter> errors, Counter coldStarts) {}

    FunctionMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void count(InvocationUse use) {
        var meters = of(use.version().function().name().value());
        meters.duration().record(use.durationMicros(), TimeUnit.MICROSECONDS);
        var errors = meters.errors().get(use.status());
        if (errors != null) {
            errors.increment();
        }
        if (use.initMicros() > 0 || use.restoreMicros() > 0) {
            meters.coldStarts().increment();
        }
    }

    private Meters of(String function) {
        var known = functions.get(function);
        if (known != null) {
            return known;
        }
        return functions.computeIfAbsent(functions.size() < MOST ? function : OTHERS, this::register);
    }

    /** All at once, so that the first error is an increase. */
    private Meters register(String function) {
        return new Meters(
                Timer.builder("kappa.function.duration")
                        .description("Invocations of each function that ran, without the init before them")
                        .tag("function", function)
                        .serviceLevelObjectives(LEVELS)
                        .register(registry),
                ERRORS.stream()
                        .collect(Collectors.toMap(
                                Function.identity(),
                                status -> Counter.builder("kappa.function.errors")
                                        .description(
                                                "Invocations of each function that did not end well, by how they ended")
                                        .tag("function", function)
                                        .tag("status", status)
                                        .register(registry))),
                Counter.builder("kappa.function.cold.starts")
                        .description("Invocations of each function that caused an init or a restore")
                        .tag("function", function)
                        .register(registry));
    }
}
