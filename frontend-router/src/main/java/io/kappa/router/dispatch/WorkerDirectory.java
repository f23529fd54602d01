package io.kappa.router.dispatch;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.worker.WorkerStatus;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker nodes that {@code workers.status} tells of. One thread writes; any thread reads. A worker that has not renewed its status for
 * long enough by this router's clock does not count, whatever other clocks say.
 */
public final class WorkerDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerDirectory.class);

    private final RecordCodec<WorkerStatus> codec = RecordCodec.of(WorkerStatus.class);
    private final Map<String, Worker> byName = new HashMap<>(); // Touched by the one thread that writes.
    private final Clock clock;
    private volatile Worker[] known = {};

    public WorkerDirectory(Clock clock) {
        this.clock = clock;
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
        } else if (byName.remove(name) != null) {
            LOG.atInfo().addKeyValue("worker", name).log("worker left");
        }
        byName.values().removeIf(worker -> worker.isForgotten(now));
        known = byName.values().toArray(Worker[]::new);
    }

    private void hear(String name, WorkerStatus status, long atMillis) {
        var worker = byName.get(name);
        if (worker == null) {
            byName.put(name, new Worker(status, atMillis));
            LOG.atInfo()
                    .addKeyValue("worker", name)
                    .addKeyValue("host", status.host())
                    .addKeyValue("port", status.port())
                    .log("worker known");
        } else {
            worker.hear(status, atMillis);
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

    long nowMillis() {
        return clock.millis();
    }

    /** Whether no worker counts at all. */
    public boolean isEmpty() {
        long now = clock.millis();
        return Arrays.stream(known).noneMatch(worker -> worker.isPresent(now));
    }

    /** Every runtime of which at least one worker can start functions. */
    public Set<RuntimeIdentifier> runtimes() {
        long now = clock.millis();
        var runtimes = new HashSet<RuntimeIdentifier>();
        for (var worker : known) {
            if (worker.isPresent(now)) {
                runtimes.addAll(worker.status().runtimes());
            }
        }
        return runtimes;
    }

    /** How many invocations this router has running, on all workers together. */
    public int running() {
        return Arrays.stream(known).mapToInt(Worker::running).sum();
    }
}
