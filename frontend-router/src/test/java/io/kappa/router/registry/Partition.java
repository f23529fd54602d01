package io.kappa.router.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.provisioned.ProvisionedUseReport;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.testkit.TurnedClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * One partition of commands and of all reports, and its owner, without Kafka but with what exactly-once processing promises: what a command brings about is
 * committed as a whole, and a crash takes back what was not.
 */
final class Partition {
    private static final RecordCodec<CommandRecord> COMMANDS = RecordCodec.of(CommandRecord.class);
    private static final RecordCodec<MappingReport> REPORTS = RecordCodec.of(MappingReport.class);
    private static final RecordCodec<ProvisionedUseReport> USES = RecordCodec.of(ProvisionedUseReport.class);
    private static final RecordCodec<ReplyRecord> REPLIES = RecordCodec.of(ReplyRecord.class);
    private static final RecordCodec<RegistryRecord> RECORDS = RecordCodec.of(RegistryRecord.class);

    final TurnedClock clock = new TurnedClock(Ownership.NOON);
    final List<Output> committed = new ArrayList<>();

    private Map<String, byte[]> stored = new TreeMap<>();
    private MockProcessorContext<Destination, byte[]> context = new MockProcessorContext<>();
    private RegistryProcessor processor = new RegistryProcessor(AccountQuotas.DEFAULTS, clock);
    private ReportProcessor<MappingReport> reports = ReportProcessor.ofMappings(AccountQuotas.DEFAULTS, clock);
    private UseProcessor uses = new UseProcessor();
    private KeyValueStore<String, byte[]> store = emptyStore();

    /** A record that left the owner. */
    record Output(
            String sink, Destination destination, @Nullable String value, Headers headers) {

        long sequence() {
            return Long.parseLong(
                    new String(headers.lastHeader(RegistryView.SEQUENCE_HEADER).value(), UTF_8));
        }
    }

    Partition() {
        begin();
    }

    private void begin() {
        context = new MockProcessorContext<>();
        processor = new RegistryProcessor(AccountQuotas.DEFAULTS, clock);
        reports = ReportProcessor.ofMappings(AccountQuotas.DEFAULTS, clock);
        uses = new UseProcessor();
        store = emptyStore();
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        stored.forEach(store::put);
        processor.init(context);
        reports.init(context);
        uses.init(context);
    }

    private static KeyValueStore<String, byte[]> emptyStore() {
        return Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(RegistryTopology.STORE), Serdes.String(), Serdes.ByteArray())
                .withLoggingDisabled()
                .build();
    }

    /** Another process takes over: everything that was not committed is gone. */
    void crash() {
        begin();
    }

    /** Reads a command, and commits. */
    void read(CommandRecord command) {
        read(Samples.ACCOUNT, COMMANDS.encode(command));
    }

    void read(String key, byte @Nullable [] value) {
        readUncommitted(key, value);
        assertThat(context.committed()).as("a commit is asked for").isTrue();
        commit();
    }

    void readUncommitted(CommandRecord command) {
        readUncommitted(Samples.ACCOUNT, COMMANDS.encode(command));
    }

    @SuppressWarnings("NullAway") // Commands without a value are what is tried.
    private void readUncommitted(String key, byte @Nullable [] value) {
        processor.process(new Record<>(key, value, clock.millis()));
    }

    /** Reads what a mapper says, and commits. */
    void report(MappingReport report) {
        report(Samples.ACCOUNT, REPORTS.encode(report));
    }

    @SuppressWarnings("NullAway") // Reports without a value are what is tried.
    void report(String key, byte @Nullable [] value) {
        reports.process(new Record<>(key, value, clock.millis()));
        commit();
    }

    /** Reads what a router says of the use of provisioned concurrency, and commits. */
    void use(ProvisionedUseReport report) {
        use(Samples.ACCOUNT, USES.encode(report));
    }

    @SuppressWarnings("NullAway") // Reports without a value are what is tried.
    void use(String key, byte @Nullable [] value) {
        uses.process(new Record<>(key, value, clock.millis()));
        commit();
    }

    private void commit() {
        context.forwarded()
                .forEach(forward -> committed.add(new Output(
                        forward.childName().orElseThrow(),
                        forward.record().key(),
                        text(forward.record().value()),
                        forward.record().headers())));
        context.resetForwards();
        context.resetCommit();
        stored = new TreeMap<>(contents());
    }

    private static @Nullable String text(byte @Nullable [] value) {
        return value == null ? null : new String(value, UTF_8);
    }

    private Map<String, byte[]> contents() {
        var contents = new TreeMap<String, byte[]>();
        try (var entries = store.all()) {
            entries.forEachRemaining(entry -> contents.put(entry.key, entry.value));
        }
        return contents;
    }

    /** Lets time pass that is long enough for whatever is scheduled to settle versions, and commits. */
    void tick() {
        punctuate(RegistryProcessor.SETTLING);
    }

    /** Whether something is scheduled beside what is settled and the house. */
    boolean waking() {
        return !others().isEmpty();
    }

    /** How long until the owner wakes to scale. */
    Duration sleeping() {
        return others().getFirst().getInterval();
    }

    /** Lets as much time pass as the owner waits to scale, and commits. */
    void wake() {
        var due = others().getFirst();
        clock.turn(due.getInterval());
        due.getPunctuator().punctuate(clock.millis());
        commit();
    }

    private List<CapturedPunctuator> others() {
        return context.scheduledPunctuators().stream()
                .filter(Predicate.not(CapturedPunctuator::cancelled))
                .filter(punctuator -> !punctuator.getInterval().equals(RegistryProcessor.SETTLING))
                .filter(punctuator -> !punctuator.getInterval().equals(RegistryProcessor.HOUSEKEEPING))
                .toList();
    }

    void keepHouse() {
        punctuate(RegistryProcessor.HOUSEKEEPING);
    }

    private void punctuate(Duration interval) {
        scheduled(interval).forEach(due -> due.getPunctuator().punctuate(clock.millis()));
        commit();
    }

    boolean ticking() {
        return !scheduled(RegistryProcessor.SETTLING).isEmpty();
    }

    private List<CapturedPunctuator> scheduled(Duration interval) {
        return context.scheduledPunctuators().stream()
                .filter(Predicate.not(CapturedPunctuator::cancelled))
                .filter(punctuator -> punctuator.getInterval().equals(interval))
                .toList();
    }

    List<Output> outputs(String sink) {
        return committed.stream().filter(output -> output.sink().equals(sink)).toList();
    }

    List<ReplyRecord> replies() {
        return outputs(RegistryTopology.REPLIES).stream()
                .map(output ->
                        REPLIES.decode(Objects.requireNonNull(output.value()).getBytes(UTF_8)))
                .toList();
    }

    /** What a reader of registry.records knows at the end. */
    Map<String, RegistryRecord> latestRecords() {
        var latest = new TreeMap<String, RegistryRecord>();
        for (var output : outputs(RegistryTopology.RECORDS)) {
            if (output.value() == null) {
                latest.remove(output.destination().key());
            } else {
                latest.put(
                        output.destination().key(),
                        RECORDS.decode(output.value().getBytes(UTF_8)));
            }
        }
        return latest;
    }
}
