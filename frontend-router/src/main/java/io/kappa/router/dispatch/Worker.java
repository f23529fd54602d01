package io.kappa.router.dispatch;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.WorkerStatus;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.atomic.AtomicInteger;

/** One worker node as this router knows it: what it last said of itself, and what this router has it run. Shared by all event loops. */
final class Worker {
    /** How long a worker that could not be reached is passed over. Its next status, or this, gives it another chance. */
    private static final long PASSED_OVER_MILLIS = 1000;

    private static final long FORGOTTEN_AFTER_MILLIS = 3_600_000;

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger runningMegabytes = new AtomicInteger();
    private final WorkerClock clock = new WorkerClock();
    private volatile Heard heard;
    private volatile long passedOverUntil;

    /**
     * @param request where invocations are posted; the same for all of them
     * @param clockRequest where the clock is asked for
     */
    private record Heard(WorkerStatus status, long atMillis, RequestOptions request, RequestOptions clockRequest) {}

    Worker(WorkerStatus status, long heardAtMillis) {
        heard = heard(status, heardAtMillis);
    }

    private static Heard heard(WorkerStatus status, long atMillis) {
        return new Heard(
                status,
                atMillis,
                request(status, HttpMethod.POST, InvocationProtocol.PATH),
                request(status, HttpMethod.GET, InvocationProtocol.CLOCK_PATH));
    }

    private static RequestOptions request(WorkerStatus status, HttpMethod method, String path) {
        return new RequestOptions()
                .setMethod(method)
                .setHost(status.host())
                .setPort(status.port())
                .setURI(path);
    }

    void hear(WorkerStatus status, long atMillis) {
        heard = heard(status, atMillis);
        passedOverUntil = 0;
    }

    String name() {
        return heard.status().worker();
    }

    RequestOptions request() {
        return heard.request();
    }

    RequestOptions clockRequest() {
        return heard.clockRequest();
    }

    WorkerClock clock() {
        return clock;
    }

    /** Whether its last status still counts. */
    boolean isPresent(long nowMillis) {
        return nowMillis - heard.atMillis() <= WorkerStatus.STALE_AFTER_MILLIS;
    }

    /** Whether it has been silent for so long that it is not worth remembering. */
    boolean isForgotten(long nowMillis) {
        return nowMillis - heard.atMillis() > FORGOTTEN_AFTER_MILLIS && running() == 0;
    }

    boolean offers(RuntimeIdentifier runtime) {
        return heard.status().runtimes().contains(runtime);
    }

    WorkerStatus status() {
        return heard.status();
    }

    boolean takesWork(long nowMillis) {
        return isPresent(nowMillis) && !heard.status().draining() && nowMillis >= passedOverUntil;
    }

    void passOver(long nowMillis) {
        passedOverUntil = nowMillis + PASSED_OVER_MILLIS;
    }

    void began(int megabytes) {
        running.incrementAndGet();
        runningMegabytes.addAndGet(megabytes);
    }

    void ended(int megabytes) {
        running.decrementAndGet();
        runningMegabytes.addAndGet(-megabytes);
    }

    int running() {
        return running.get();
    }

    /** The share of its memory that this router's running invocations would have, with one more of that size. */
    double load(int megabytes) {
        return (double) (runningMegabytes.get() + megabytes)
                / Math.max(1, heard.status().memoryMegabytes());
    }
}
