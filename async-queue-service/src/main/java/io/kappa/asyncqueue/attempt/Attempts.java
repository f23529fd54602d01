package io.kappa.asyncqueue.attempt;

import io.kappa.access.router.RouterSettings;
import io.kappa.asyncqueue.event.AttemptOutcome;
import io.kappa.asyncqueue.event.PendingEvent;
import io.kappa.asyncqueue.event.Report;
import io.kappa.asyncqueue.record.Records;
import io.kappa.contracts.invocation.RequestId;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes attempts: reads the event, has a router run it, and reports. Each is made on a virtual thread of its own; how many there are at once
 * is for the shards to say. One that is being made already is not made twice, as it would be where a shard starts again within the process.
 */
public final class Attempts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    /** Longer answers cannot be part of any destination's record. In bytes. */
    private static final int LONGEST_RESPONSE = 1_048_576;

    private final RouterClient routers;
    private final Records records;
    private final Reports reports;
    private final Clock clock;
    private final Duration drainTimeout;
    private final Timer age;
    private final DistributionSummary tries;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("attempt-", 0).factory());

    private record Running(RequestId id, int attempt) {}

    /**
     * @param most how many may be made at once
     * @param drainTimeout how long those that are being made may go on once this closes
     */
    public Attempts(
            Vertx vertx,
            RouterSettings settings,
            int most,
            Duration drainTimeout,
            Records records,
            Reports reports,
            MeterRegistry metrics,
            Clock clock) {
        this.routers = new RouterClient(vertx, settings, most);
        this.records = records;
        this.reports = reports;
        this.clock = clock;
        this.drainTimeout = drainTimeout;
        this.age = Timer.builder("kappa.async.event.age")
                .description("From acceptance to the start of an attempt: Lambda's AsyncEventAge")
                .publishPercentileHistogram()
                .register(metrics);
        this.tries = DistributionSummary.builder("kappa.async.attempts")
                .description("Attempts made, by their number")
                .register(metrics);
        Gauge.builder("kappa.async.attempts.running", running, Set::size)
                .description("Attempts that this process is making")
                .register(metrics);
    }

    /** Starts an attempt and returns at once. */
    public void start(PendingEvent event) {
        var attempt = new Running(event.requestId(), event.tries() + 1);
        if (!threads.isShutdown() && running.add(attempt)) {
            threads.execute(() -> {
                try {
                    make(event, attempt.attempt());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt(); // The process ends.
                } finally {
                    running.remove(attempt);
                }
            });
        }
    }

    private void make(PendingEvent event, int attempt) throws InterruptedException {
        long started = clock.millis();
        age.record(Math.max(0, started - event.accepted()), TimeUnit.MILLISECONDS);
        tries.record(attempt);
        var answer = answer(event);
        boolean omitted = answer.response().length > LONGEST_RESPONSE;
        var report = new Report.Attempted(
                1, event.requestId(), event.target(), attempt, started, clock.millis(), omitted, answer.outcome());
        reports.write(report, event.partition(), omitted ? new byte[0] : answer.response());
    }

    private RouterClient.Answer answer(PendingEvent event) throws InterruptedException {
        try {
            var record = records.read(event.position());
            return record.isPresent()
                    ? routers.invoke(event, record.get())
                    : new RouterClient.Answer(new AttemptOutcome.PayloadGone(), new byte[0]);
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("requestId", event.requestId()).setCause(e).log("attempt could not be made");
            return new RouterClient.Answer(
                    new AttemptOutcome.PlatformFailed(503, "Platform.Unavailable", String.valueOf(e.getMessage())),
                    new byte[0]);
        }
    }

    /** Lets what runs come to its end and be reported, for a while. What is broken off is attempted again by whoever has the shard next. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(drainTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atWarn()
                        .addKeyValue("attempts", running.size())
                        .log("attempts are broken off and will be made again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
        routers.close();
    }
}
