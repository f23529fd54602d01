package io.kappa.deadletters.index;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many dead letters are open, and since when: looked up now and then, because nobody should wait for it while metrics are read. */
final class IndexGauges implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexGauges.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    /** Functions that have a gauge of their own, those with the most dead letters; the others have one together. */
    static final int MOST_FUNCTIONS = 200;

    static final String OTHER_FUNCTIONS = "other";

    private final DeadLetterIndex index;
    private final MultiGauge open;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("dead-letters-gauges").daemon().factory());
    private volatile Optional<Instant> oldest = Optional.empty();

    IndexGauges(DeadLetterIndex index, MeterRegistry metrics, Clock clock) {
        this.index = index;
        this.open = MultiGauge.builder("kappa.dead.letters.open")
                .description("Dead letters that wait for somebody to do something about them")
                .register(metrics);
        Gauge.builder("kappa.dead.letters.oldest.age.seconds", () -> age(clock.instant()))
                .description("How long ago the oldest open dead letter failed; 0 where there is none")
                .register(metrics);
        var _ = looks.scheduleWithFixedDelay(this::look, 0, BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    }

    private double age(Instant now) {
        return oldest.map(since -> Duration.between(since, now).toMillis() / 1000.0)
                .orElse(0.0);
    }

    private void look() {
        try {
            var counts = new HashMap<String, Long>();
            index.counts().forEach((of, count) -> counts.merge(of.function(), count.open(), Long::sum));
            open.register(
                    bounded(counts).entrySet().stream()
                            .map(entry -> MultiGauge.Row.of(Tags.of("function", entry.getKey()), entry.getValue()))
                            .toList(),
                    true);
            oldest = index.oldestOpen();
        } catch (IndexUnavailableException e) {
            LOG.atDebug().setCause(e).log("dead letters are not counted now");
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("dead letters are not counted now");
        }
    }

    /** At most so many functions, and the rest in one. */
    static Map<String, Long> bounded(Map<String, Long> counts) {
        if (counts.size() <= MOST_FUNCTIONS) {
            return counts;
        }
        var bounded = new HashMap<String, Long>();
        var largestFirst = counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
        for (int i = 0; i < largestFirst.size(); i++) {
            var entry = largestFirst.get(i);
            bounded.merge(i < MOST_FUNCTIONS ? entry.getKey() : OTHER_FUNCTIONS, entry.getValue(), Long::sum);
        }
        return bounded;
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
