package io.kappa.router.dispatch;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.worker.Ability;
import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.contracts.worker.WorkerStatus.Environments;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One worker node as this router knows it: what it last said of itself, and what this router has it run. Shared by all event loops. */
final class Worker {
    /** How long a worker that could not be reached is not asked at all: finding out again may take as long as the connect timeout. */
    private static final long PASSED_OVER_MILLIS = 1000;

    private static final long FORGOTTEN_AFTER_MILLIS = 3_600_000;

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger runningMegabytes = new AtomicInteger();
    private final AtomicInteger startedMegabytes = new AtomicInteger();
    private final Map<VersionArn, Place> places = new ConcurrentHashMap<>();
    private final WorkerClock clock = new WorkerClock();
    private volatile Heard heard;
    private volatile long passedOverUntil;
    private volatile boolean doubted;

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
        startedMegabytes.set(0); // The status counts them.
        passedOverUntil = 0;
        doubted = false;
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

    long heardAtMillis() {
        return heard.atMillis();
    }

    boolean offers(Ability ability) {
        return heard.status().has(ability);
    }

    WorkerStatus status() {
        return heard.status();
    }

    List<Environments> environments() {
        return Objects.requireNonNullElse(heard.status().environments(), List.of());
    }

    boolean takesWork(long nowMillis) {
        return isPresent(nowMillis) && !heard.status().draining() && nowMillis >= passedOverUntil;
    }

    /** Notes that a connection to it could not be made. */
    void passOver(long nowMillis) {
        passedOverUntil = nowMillis + PASSED_OVER_MILLIS;
        doubted = true;
    }

    /** Notes that a connection to it broke. It is asked last until it says something: where it is gone, that is found out at once. */
    void doubt() {
        doubted = true;
    }

    /** Whether a connection to it has failed since it last said something. */
    boolean isDoubted() {
        return doubted;
    }

    /** What this router knows of it version by version. Any thread may add, the one that reads statuses removes. */
    Map<VersionArn, Place> places() {
        return places;
    }

    Place place(VersionArn version) {
        return places.computeIfAbsent(version, _ -> new Place(this));
    }

    void began(int megabytes) {
        running.incrementAndGet();
        runningMegabytes.addAndGet(megabytes);
    }

    void ended(int megabytes) {
        running.decrementAndGet();
        runningMegabytes.addAndGet(-megabytes);
    }

    /** Notes that it is to start an environment, of which its last status cannot tell. */
    void starts(int megabytes) {
        startedMegabytes.addAndGet(megabytes);
    }

    /** Takes {@link #starts} back. */
    void startsNot(int megabytes) {
        startedMegabytes.addAndGet(-megabytes);
    }

    int running() {
        return running.get();
    }

    /** The share of its memory that is at work for this router. */
    double busy() {
        return (double) runningMegabytes.get() / memory();
    }

    /**
     * How much of it would be in use with one more environment at work, of that size: the mean of the share of its memory that environments
     * have, whoever's and whatever they do, and of the share that is at work for this router. The first says what is left, the second what
     * its processors do.
     */
    double load(int megabytes) {
        return (Math.max(taken(), runningMegabytes.get()) + runningMegabytes.get() + 2.0 * megabytes)
                / (2.0 * memory());
    }

    /** Whether an environment of that size fits, without another having to go. */
    boolean hasRoom(int megabytes) {
        return taken() + megabytes <= heard.status().memoryMegabytes();
    }

    private int taken() {
        return heard.status().usedMegabytes() + Math.max(0, startedMegabytes.get());
    }

    private int memory() {
        return Math.max(1, heard.status().memoryMegabytes());
    }
}
