package io.kappa.router.registry;

import static java.util.Objects.requireNonNull;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.provisioned.ProvisionedUseReport;
import io.kappa.kit.streams.StoreTable;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what routers say of the use of provisioned concurrency. Part of the task that owns the account, beside {@link RegistryProcessor},
 * which acts on it once a minute. A report that cannot be read is logged and changes nothing.
 */
final class UseProcessor implements Processor<String, byte[], Destination, byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(UseProcessor.class);

    private static final RecordCodec<ProvisionedUseReport> REPORTS = RecordCodec.of(ProvisionedUseReport.class);

    // Set by init, before anything else is called.
    private @Nullable UseHistory history;

    @Override
    public void init(ProcessorContext<Destination, byte[]> context) {
        history = new UseHistory(StoreTable.of(context.getStateStore(RegistryTopology.STORE)));
    }

    @Override
    public void process(Record<String, byte[]> input) {
        try {
            requireNonNull(history).note(read(input));
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("report of a router not understood, nothing changed");
        }
    }

    private static ProvisionedUseReport read(Record<String, byte[]> input) {
        var report = REPORTS.decode(requireNonNull(input.value(), "a report without a value"));
        if (!report.account().equals(input.key())
                || report.uses().stream()
                        .anyMatch(use -> !use.version().function().account().equals(report.account()))) {
            throw new IllegalArgumentException("a report of another account than its key");
        }
        return report;
    }
}
