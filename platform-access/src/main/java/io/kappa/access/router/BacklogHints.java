package io.kappa.access.router;

import io.kappa.contracts.invocation.InvocationTarget;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells routers every second of the functions whose backlog exceeds what runs, so that environments start before their invocations come. Each
 * process speaks of what it has itself. Where very many functions have a backlog, those with the largest are told of.
 */
public final class BacklogHints implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BacklogHints.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MOST_AT_ONCE = 4;
    private static final int MOST_FUNCTIONS = 100;

    private final Routers routers;
    private final Supplier<Map<InvocationTarget, Integer>> wanted;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("backlog-hints").factory());

    /** @param wanted how many invocations could run at once of each function whose backlog exceeds what runs; asked on a thread of its own */
    public BacklogHints(Vertx vertx, RouterSettings settings, Supplier<Map<InvocationTarget, Integer>> wanted) {
        this.routers = new Routers(vertx, new RouterSettings(settings.urls(), TIMEOUT), MOST_AT_ONCE, MOST_FUNCTIONS);
        this.wanted = wanted;
        var _ = timer.scheduleWithFixedDelay(
                this::tell, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tell() {
        try {
            wanted.get().entrySet().stream()
                    .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                    .limit(MOST_FUNCTIONS)
                    .forEach(one -> routers.prepare(one.getKey(), one.getValue()));
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("routers were not told of backlogs; the next time they will be");
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        routers.close();
    }
}
