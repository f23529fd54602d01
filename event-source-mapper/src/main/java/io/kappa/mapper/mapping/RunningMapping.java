package io.kappa.mapper.mapping;

import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.eventsource.MappingReport.Reached;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord.State;
import io.kappa.mapper.queue.QueueSnapshot;
import io.kappa.mapper.shard.ShardView;
import io.kappa.mapper.source.SourceException;
import io.kappa.mapper.stream.StreamListener;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One mapping in this process. What the registry says is carried out one change after the other; what becomes of it is reported until the
 * registry shows that it knows.
 */
final class RunningMapping {
    private static final Logger LOG = LoggerFactory.getLogger(RunningMapping.class);

    private final Poller.Factory factory;
    private final Reports reports;
    private final Clock clock;
    private volatile @Nullable Poller poller;
    private @Nullable Wanted carriedOut;

    // Guarded by reportLock: listeners call from pollers' threads, which must not wait for a change to be carried out.
    private final Object reportLock = new Object();
    private @Nullable EventSourceMappingRecord latest;
    private @Nullable MappingReport unsettled;
    private @Nullable String newResult;

    /** What there is to carry out. A record that differs in nothing else asks for nothing. */
    private record Wanted(long revision, boolean read) {
        static Wanted of(EventSourceMappingRecord record) {
            return new Wanted(record.revision(), record.enabled() && record.state() != State.Deleting);
        }
    }

    RunningMapping(Poller.Factory factory, Reports reports, Clock clock) {
        this.factory = factory;
        this.reports = reports;
        this.clock = clock;
    }

    /** Brings this process in line with the record. Blocks while a poller comes to its end. */
    synchronized void carryOut(EventSourceMappingRecord record) {
        synchronized (reportLock) {
            latest = record;
            if (!record.state().inTransition() || isOlder(unsettled, record)) {
                unsettled = null; // The registry knows, or asks for something else by now.
            }
        }
        var wanted = Wanted.of(record);
        if (wanted.equals(carriedOut)) {
            return;
        }
        stop();
        carriedOut = wanted;
        if (wanted.read()) {
            start(record);
        } else if (record.state().inTransition()) {
            report(record, Reached.STOPPED, null);
        }
    }

    private static boolean isOlder(@Nullable MappingReport report, EventSourceMappingRecord record) {
        return report != null && report.revision() < record.revision();
    }

    private void start(EventSourceMappingRecord record) {
        LOG.atInfo()
                .addKeyValue("mappingId", record.id().uuid())
                .addKeyValue("function", record.target())
                .log("mapping is started");
        try {
            poller = factory.start(record, new StreamListener() {
                @Override
                public void reading() {
                    report(record, Reached.READING, null);
                }

                @Override
                public void broken(String reason) {
                    report(record, Reached.BROKEN, reason);
                }

                @Override
                public void result(String lastProcessingResult) {
                    synchronized (reportLock) {
                        newResult = lastProcessingResult;
                    }
                }
            });
        } catch (SourceException e) {
            LOG.atWarn().addKeyValue("mappingId", record.id().uuid()).log(e.getMessage());
            report(record, Reached.BROKEN, e.getMessage());
        }
    }

    private void report(EventSourceMappingRecord record, Reached reached, @Nullable String reason) {
        synchronized (reportLock) {
            boolean known = reached == Reached.READING
                    && latest != null
                    && latest.revision() == record.revision()
                    && !latest.state().inTransition();
            if (!known) {
                unsettled = new MappingReport(record.id(), record.revision(), clock.instant(), reached, reason, null);
                write(unsettled);
            }
        }
    }

    private void write(MappingReport report) {
        reports.write(report, () -> {});
    }

    /** Reports again what the registry has not taken in, and how the last batch went where that has changed. Called about once a second. */
    void remind() {
        synchronized (reportLock) {
            if (unsettled != null) {
                write(unsettled);
            }
            var record = latest;
            var result = newResult;
            newResult = null;
            if (record != null && result != null && !result.equals(record.lastProcessingResult())) {
                reports.write(
                        new MappingReport(record.id(), record.revision(), clock.instant(), null, null, result),
                        () -> giveBack(result));
            }
        }
    }

    private void giveBack(String result) {
        synchronized (reportLock) {
            if (newResult == null) {
                newResult = result;
            }
        }
    }

    /** Empty where this process does not read the mapping. */
    Optional<Map<String, ShardView>> shards() {
        var current = poller;
        return current == null ? Optional.empty() : Optional.of(current.shards());
    }

    /** How a standard queue stands; empty where this process does not read it, or the source is another. */
    Optional<QueueSnapshot> queue() {
        var current = poller;
        return current == null ? Optional.empty() : current.queue();
    }

    /** Stops reading, whatever the registry says: the process ends, or the mapping is gone. */
    synchronized void stop() {
        var current = poller;
        if (current != null) {
            current.close();
            poller = null;
        }
    }
}
