package io.kappa.router.dispatch;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.worker.Ability;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.contracts.worker.WorkerStatus.Environments;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker nodes that {@code workers.status} tells of. One thread writes; any thread reads. A worker that has not renewed its status for
 * long enough by this router's clock does not count, whatever other clocks say.
 */
public final class WorkerDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerDirectory.class);
    private static final long SWEPT_EVERY_MILLIS = 60_000;

    private final RecordCodec<WorkerStatus> codec = RecordCodec.of(WorkerStatus.class);
    private final Map<String, Worker> byName = new HashMap<>(); // Touched by the one thread that writes.
    private final Places places = new Places();
    private final Clock clock;
    private long sweptAtMillis;
    private volatile Worker[] known = {};
    private volatile Runnable onChange = () -> {};

    public WorkerDirectory(Clock clock) {
        this.clock = clock;
    }

    /**
     * A worker node as this router knows it.
     *
     * @param heard when its last status was written
     * @param present whether that still counts
     * @param running how many invocations this router has running on it
     */
    public record KnownWorker(WorkerStatus status, Instant heard, boolean present, int running) {}

    /** Sets what is called, quickly, on the thread that reads, whenever a worker has said something or has left. */
    public void onChange(Runnable listener) {
        onChange = listener;
    }

    /**
     * Takes in one record of the topic.
     *
     * @param value null where the worker has left
     * @param writtenAtMillis when the record was written. Matters at start, when old records of workers long dead are read: one that lies
     *     back too far is not taken for news.
     */
    public void read(String name, byte @Nullable [] value, long writtenAtMillis) {
        long now = clock.millis();
        var status = value == null ? null : decoded(name, value);
        if (status != null) {
            hear(name, status, Math.min(writtenAtMillis, now));
        } else {
            leave(name);
        }
        if (now - sweptAtMillis >= SWEPT_EVERY_MILLIS) {
            sweptAtMillis = now;
            byName.values().stream()
                    .filter(worker -> worker.isForgotten(now))
                    .map(Worker::name)
                    .toList()
                    .forEach(this::leave);
            places.sweep(known, now);
        }
        onChange.run();
    }

    private void hear(String name, WorkerStatus status, long atMillis) {
        var worker = byName.get(name);
        if (worker == null) {
            worker = new Worker(status, atMillis);
            byName.put(name, worker);
            known = byName.values().toArray(Worker[]::new);
            LOG.atInfo()
                    .addKeyValue("worker", name)
                    .addKeyValue("host", status.host())
                    .addKeyValue("port", status.port())
                    .log("worker known");
        } else {
            worker.hear(status, atMillis);
        }
        places.reported(worker, worker.environments(), atMillis);
    }

    private void leave(String name) {
        var worker = byName.remove(name);
        if (worker != null) {
            known = byName.values().toArray(Worker[]::new);
            places.left(worker);
            LOG.atInfo().addKeyValue("worker", name).log("worker left");
        }
    }

    /** Null where the status cannot be read, as one of a newer release may be. This router lives without that worker. */
    private @Nullable WorkerStatus decoded(String name, byte[] value) {
        try {
            return codec.decode(value);
        } catch (UncheckedIOException e) {
            LOG.atWarn().addKeyValue("worker", name).setCause(e).log("status of worker cannot be read; not used");
            return null;
        }
    }

    /** All workers ever heard of that have not left, present or not. The array is shared and not to be changed. */
    Worker[] known() {
        return known;
    }

    /** Where versions have environments on them. */
    Places places() {
        return places;
    }

    long nowMillis() {
        return clock.millis();
    }

    /** Whether no worker counts at all. */
    public boolean isEmpty() {
        long now = clock.millis();
        return Arrays.stream(known).noneMatch(worker -> worker.isPresent(now));
    }

    /** Every worker that has said something and has not left, in no order. */
    public List<KnownWorker> workers() {
        long now = clock.millis();
        return Arrays.stream(known)
                .map(worker -> new KnownWorker(
                        worker.status(),
                        Instant.ofEpochMilli(worker.heardAtMillis()),
                        worker.isPresent(now),
                        worker.running()))
                .toList();
    }

    /** Every runtime of which at least one worker can start functions. */
    public Set<RuntimeIdentifier> runtimes() {
        return offered(WorkerStatus::runtimes);
    }

    /** Whether at least one worker has it. */
    public boolean have(Ability ability) {
        long now = clock.millis();
        return Arrays.stream(known).anyMatch(worker -> worker.isPresent(now) && worker.offers(ability));
    }

    /** Every runtime of which at least one worker can take snapshots. */
    public Set<RuntimeIdentifier> snapshots() {
        return offered(status -> Objects.requireNonNullElse(status.snapshots(), Set.of()));
    }

    private Set<RuntimeIdentifier> offered(Function<WorkerStatus, Set<RuntimeIdentifier>> of) {
        long now = clock.millis();
        var runtimes = new HashSet<RuntimeIdentifier>();
        for (var worker : known) {
            if (worker.isPresent(now)) {
                runtimes.addAll(of.apply(worker.status()));
            }
        }
        return runtimes;
    }

    /**
     * How many environments of the version provisioned concurrency has, on all workers that take work: those that are present and do not
     * drain. Workers that fall silent are known by no news, so ask again every few seconds beside listening to changes.
     *
     * @param leastGeneration environments of earlier deployments of the version do not count
     */
    public int provisioned(VersionArn version, long leastGeneration) {
        return Arrays.stream(known)
                .filter(this::counts)
                .flatMap(worker -> environments(worker, version, leastGeneration))
                .mapToInt(Environments::provisioned)
                .sum();
    }

    /** Why workers cannot provide as many environments of the version as provisioned concurrency asks for, each reason once. */
    public List<String> problems(VersionArn version, long leastGeneration) {
        return Arrays.stream(known)
                .filter(this::counts)
                .flatMap(worker -> environments(worker, version, leastGeneration))
                .flatMap(of -> Stream.ofNullable(of.problem()))
                .distinct()
                .toList();
    }

    private boolean counts(Worker worker) {
        return worker.isPresent(clock.millis()) && !worker.status().draining();
    }

    private static Stream<Environments> environments(Worker worker, VersionArn version, long leastGeneration) {
        return worker.environments().stream()
                .filter(of -> of.generation() >= leastGeneration && of.version().equals(version));
    }

    /** How many invocations this router has running, on all workers together. */
    public int running() {
        return Arrays.stream(known).mapToInt(Worker::running).sum();
    }
}
