package io.kappa.router.registry;

import static java.util.Objects.requireNonNull;

import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.worker.SnapshotReport;
import io.kappa.kit.streams.StoreTable;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what others say that settles something: mappers of event source mappings, workers of snapshots. Part of the task that owns the
 * account, beside {@link RegistryProcessor}, and works on the same state. Nobody waits for a report, so it is committed with whatever else
 * there is.
 *
 * <p>No report stops the partition: one that cannot be read, or whose deciding fails, is logged and has changed nothing.
 */
final class ReportProcessor<R> implements Processor<String, byte[], Destination, byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(ReportProcessor.class);

    private final Kind<R> kind;
    private final Clock clock;

    // Set by init, before anything else is called.
    private @Nullable Settling<R> settling;

    /**
     * One kind of reports.
     *
     * @param reporter who makes them
     * @param account that a report is about
     * @param decisions on what follows from them, by the state
     */
    private record Kind<R>(
            String reporter,
            RecordCodec<R> codec,
            Function<R, String> account,
            Function<RegistryState, Decisions<R>> decisions) {}

    /** Decides what a report changes. */
    private interface Decisions<R> {
        List<Change> settle(R report, Instant now);
    }

    /** All that needs the context. */
    private record Settling<R>(Decisions<R> decisions, Recorder recorder) {}

    private ReportProcessor(Kind<R> kind, Clock clock) {
        this.kind = kind;
        this.clock = clock;
    }

    /** For what mappers say of event source mappings. */
    static ReportProcessor<MappingReport> ofMappings(AccountQuotas quotas, Clock clock) {
        return new ReportProcessor<>(
                new Kind<>(
                        "mapper",
                        RecordCodec.of(MappingReport.class),
                        report -> report.mapping().account(),
                        state -> new RegistryDecisions(state, quotas, ReportProcessor::revision)::settle),
                clock);
    }

    /** For what workers say of snapshots. */
    static ReportProcessor<SnapshotReport> ofSnapshots(Clock clock) {
        return new ReportProcessor<>(
                new Kind<>(
                        "worker",
                        RecordCodec.of(SnapshotReport.class),
                        report -> report.version().function().account(),
                        state -> {
                            var decisions = new SnapshotDecisions(state, ReportProcessor::revision);
                            return (report, _) -> decisions.settle(report);
                        }),
                clock);
    }

    private static String revision() {
        return UUID.randomUUID().toString();
    }

    @Override
    public void init(ProcessorContext<Destination, byte[]> context) {
        var state = new RegistryState(StoreTable.of(context.getStateStore(RegistryTopology.STORE)));
        settling = new Settling<>(kind.decisions().apply(state), new Recorder(context, state, clock));
    }

    @Override
    public void process(Record<String, byte[]> input) {
        var recorder = requireNonNull(settling).recorder();
        List<Change> changes;
        try {
            changes = decide(input);
        } catch (RuntimeException e) {
            recorder.at(LOG.atWarn())
                    .setCause(e)
                    .log("report of a " + kind.reporter() + " not understood, nothing changed");
            return;
        }
        recorder.perform(input.key(), changes);
    }

    private List<Change> decide(Record<String, byte[]> input) {
        var report = kind.codec().decode(requireNonNull(input.value(), "a report without a value"));
        if (!kind.account().apply(report).equals(input.key())) {
            throw new IllegalArgumentException("a report of another account than its key");
        }
        return requireNonNull(settling).decisions().settle(report, clock.instant());
    }
}
