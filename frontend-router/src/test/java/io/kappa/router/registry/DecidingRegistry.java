package io.kappa.router.registry;

import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.eventsource.MappingReport.Reached;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.testkit.MapTable;
import java.io.IOException;
import java.nio.channels.Channels;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A registry in memory with the real rules: it decides, counts what it would record, and applies. Transitions are over at once. It goes back
 * to what it was, so that much that is asked of it can meet the same state.
 */
public final class DecidingRegistry implements Registry {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00.123Z");

    private final RegistryView view = new RegistryView();
    private final MapTable table = new MapTable();
    private final RegistryState state = new RegistryState(table);
    private final RegistryDecisions decisions = new RegistryDecisions(
            state, AccountQuotas.DEFAULTS, () -> UUID.randomUUID().toString());
    private final RecordCodec<RegistryRecord> codec = RecordCodec.of(RegistryRecord.class);
    private final Map<String, byte[]> packages = new ConcurrentHashMap<>();
    private final Map<String, byte[]> records = new HashMap<>();
    private final Map<String, Optional<byte[]>> before = new HashMap<>();
    private long sequence;
    private long changes;

    /** What is there now is what to go back to. */
    public synchronized void keep() {
        table.commit();
        before.clear();
    }

    /** Takes back what has changed since it was last to be kept. */
    public synchronized void goBack() {
        table.rollBack();
        before.forEach((key, record) -> record.ifPresentOrElse(was -> show(key, was), () -> hide(key)));
        before.clear();
    }

    private void show(String key, byte[] record) {
        records.put(key, record);
        view.apply(key, record, ++sequence);
    }

    private void hide(String key) {
        var was = records.remove(key);
        if (was != null && codec.decode(was) instanceof FunctionRecord made) { // Which a view never forgets.
            view.apply(
                    key,
                    codec.encode(new FunctionRecord(made.function(), 0, null, 0, Map.of(), null, true)),
                    ++sequence);
        } else {
            view.apply(key, null, ++sequence);
        }
    }

    /** How many records its decisions asked for. Packages that are stored for a request that is then refused do not count. */
    public synchronized long changes() {
        return changes;
    }

    @Override
    public RegistryView view() {
        return view;
    }

    @Override
    public CompletionStage<RegistryAnswer> submit(RegistryCommand command) {
        try {
            return CompletableFuture.completedFuture(decide(command));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletionStage<RegistryAnswer> submitWithCode(
            String account, PackageBytes zip, Function<CodePackage, RegistryCommand> command) {
        try (var bytes = Channels.newInputStream(zip.open())) {
            var code = new CodePackage(zip.sha256(), "upload", zip.size(), 0, List.of(0L));
            packages.put(code.sha256(), bytes.readAllBytes());
            return copy(code, account).thenCompose(copied -> submit(command.apply(copied)));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletionStage<CodePackage> copy(CodePackage code, String account) {
        announce(Upload.of(account, code));
        return CompletableFuture.completedFuture(code);
    }

    @Override
    public CompletionStage<Void> fetch(CodePackage code, Consumer<byte[]> sink) {
        sink.accept(Objects.requireNonNull(packages.get(code.sha256())));
        return CompletableFuture.completedFuture(null);
    }

    private synchronized void announce(Upload upload) {
        decisions.announce(upload, NOON).forEach(state::apply);
    }

    private synchronized RegistryAnswer decide(RegistryCommand command) {
        var decision = decisions.decide(command, NOON);
        perform(decision.changes());
        settle(decision.changes());
        return ((Verdict.Answered) decision.verdict()).answer();
    }

    private void settle(List<Change> decided) {
        for (var change : decided) {
            if (change instanceof Change.Recorded(EventSourceMappingRecord mapping)) {
                perform(decisions.settle(
                        new MappingReport(mapping.id(), mapping.revision(), NOON, Reached.READING, null, null), NOON));
            }
        }
        state.inTransition().forEach(version -> perform(decisions.settle(version)));
    }

    private void perform(List<Change> decided) {
        for (var change : decided) {
            state.apply(change);
            switch (change) {
                case Change.Recorded(var record) -> {
                    note(record.key());
                    show(record.key(), codec.encode(record));
                }
                case Change.Removed(var record) -> {
                    note(record.key());
                    hide(record.key());
                }
                case Change.UploadAnnounced _, Change.UploadReleased _ -> {}
            }
        }
    }

    private void note(String key) {
        changes++;
        before.putIfAbsent(key, Optional.ofNullable(records.get(key)));
    }
}
