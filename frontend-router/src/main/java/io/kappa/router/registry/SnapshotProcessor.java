package io.kappa.router.registry;

import static java.util.Objects.requireNonNull;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.worker.SnapshotReport;
import io.kappa.kit.streams.StoreTable;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what workers say of snapshots. Part of the task that owns the account, as {@link ReportProcessor} is. A report that cannot be read
 * is logged and changes nothing.
 */
final class SnapshotProcessor implements Processor<String, byte[], Destination, byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotProcessor.class);

    private static final RecordCodec<SnapshotReport> REPORTS = RecordCodec.of(SnapshotReport.class);

    private final Clock clock;

    // Set by init, before anything else is called.
    private @Nullable Settling settling;

    SnapshotProcessor(Clock clock) {
        this.clock = clock;
    }

    /** All that needs the context. */
    private record Settling(SnapshotDecisions decisions, Recorder recorder) {}

    @Override
    public void init(ProcessorContext<Destination, byte[]> context) {
        var state = new RegistryState(StoreTable.of(context.getStateStore(RegistryTopology.STORE)));
        var decisions = new SnapshotDecisions(state, () -> UUID.randomUUID().toString());
        settling = new Settling(decisions, new Recorder(context, state, clock));
    }

    @Override
    public void process(Record<String, byte[]> input) {
        var recorder = requireNonNull(settling).recorder();
        List<Change> changes;
        try {
            changes = decide(input);
        } catch (RuntimeException e) {
            recorder.at(LOG.atWarn()).setCause(e).log("report of a worker not understood, nothing changed");
            return;
        }
        recorder.perform(input.key(), changes);
    }

    private List<Change> decide(Record<String, byte[]> input) {
        var report = REPORTS.decode(requireNonNull(input.value(), "a report without a value"));
        if (!report.version().function().account().equals(input.key())) {
            throw new IllegalArgumentException("a report of another account than its key");
        }
        return requireNonNull(settling).decisions().settle(report);
    }
}
