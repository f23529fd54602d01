package io.kappa.worker.provisioned;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.worker.WorkerStatus;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers that {@code workers.status} tells of, this one among them. One thread writes; any thread reads. A worker that has not renewed
 * its status for long enough by this one's clock does not count.
 */
final class PresentWorkers {
    private static final Logger LOG = LoggerFactory.getLogger(PresentWorkers.class);

    private final RecordCodec<WorkerStatus> codec = RecordCodec.of(WorkerStatus.class);
    private final Map<String, Heard> heard = new ConcurrentSkipListMap<>();

    private record Heard(WorkerStatus status, long atMillis) {
        boolean counts(long nowMillis) {
            return nowMillis - atMillis < WorkerStatus.STALE_AFTER_MILLIS;
        }
    }

    /**
     * Takes in one record of the topic.
     *
     * @param value null where the worker has left
     * @param writtenAtMillis when the record was written. Matters at start, when old records of workers long dead are read
     */
    void read(String name, byte @Nullable [] value, long writtenAtMillis, long nowMillis) {
        var status = value == null ? null : decoded(name, value);
        if (status == null) {
            heard.remove(name);
        } else {
            heard.put(name, new Heard(status, Math.min(writtenAtMillis, nowMillis)));
        }
        heard.values().removeIf(one -> !one.counts(nowMillis));
    }

    /** Null where the status cannot be read, as one of a newer release may be: that worker is reckoned to keep nothing. */
    private @Nullable WorkerStatus decoded(String name, byte[] value) {
        try {
            return codec.decode(value);
        } catch (UncheckedIOException e) {
            LOG.atWarn().addKeyValue("worker", name).setCause(e).log("status of worker cannot be read; not counted on");
            return null;
        }
    }

    /** Those that count and take invocations, in the order of their names. */
    List<WorkerStatus> at(long nowMillis) {
        return heard.values().stream()
                .filter(one -> one.counts(nowMillis))
                .map(Heard::status)
                .filter(status -> !status.draining())
                .toList();
    }
}
