package io.kappa.asyncqueue.shard;

import io.kappa.asyncqueue.event.Delivery;
import io.kappa.contracts.invocation.Ending;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many events ended how, per function: Lambda's AsyncEventsDropped, DeadLetterErrors and DestinationDeliveryFailures among them. Counts
 * what this process did, some of which may be done again after a crash; the ledger tells exactly.
 */
public final class EndingMetrics {
    /** Functions beyond so many are counted together. */
    private static final int MOST_FUNCTIONS = 2_000;

    private final MeterRegistry registry;
    private final Map<Key, Counter> counters = new ConcurrentHashMap<>();
    private final Map<String, Boolean> functions = new ConcurrentHashMap<>();

    private record Key(String name, String function, String detail) {}

    public EndingMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void ended(String function, Ending ending) {
        count("kappa.async.events.ended", "Accepted events that have ended", function, "ending", text(ending));
        if (ending.isFailure()) {
            count(
                    "kappa.async.events.dropped",
                    "Events given up without a successful run",
                    function,
                    "ending",
                    text(ending));
        }
    }

    void deliveryFailed(String function, Delivery.Kind to) {
        var name = to == Delivery.Kind.DEAD_LETTER_QUEUE
                ? "kappa.async.dead.letter.errors"
                : "kappa.async.destination.delivery.failures";
        count(name, "Deliveries given up and kept as dead letters", function, "to", text(to));
    }

    private void count(String name, String description, String function, String tag, String value) {
        var known = known(function);
        counters.computeIfAbsent(
                        new Key(name, known, value),
                        _ -> Counter.builder(name)
                                .description(description)
                                .tag("function", known)
                                .tag(tag, value)
                                .register(registry))
                .increment();
    }

    private String known(String function) {
        if (functions.size() >= MOST_FUNCTIONS && !functions.containsKey(function)) {
            return "other";
        }
        functions.putIfAbsent(function, true);
        return function;
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
