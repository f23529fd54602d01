package io.kappa.worker.snapshot;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.worker.SnapshotReport;
import io.kappa.runtimes.InstalledRuntime;
import io.kappa.runtimes.RuntimeCatalogue;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.SnapshotSource;
import io.kappa.worker.environment.SnapshotTaker;
import io.kappa.worker.environment.SnapshotTaker.Outcome;
import io.kappa.worker.sandbox.SandboxImage;
import io.kappa.worker.sandbox.Sandboxes;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that this worker has snapshots of versions with SnapStart: of those that are published and wait for one, and of those of which an
 * environment had to be initialised because there was none. Takes one at a time. Where no worker can take any, versions wait no longer than
 * one that could would need. The memory of that environment comes on top of what the
 * pool of environments has.
 *
 * <p>Everything but {@link #find} and {@link #discard} happens in {@link #tick}, which one thread calls several times a second.
 */
public final class SnapshotKeeper implements SnapshotSource {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotKeeper.class);

    /** An init may fail by chance; one that fails so often is reported as failing for good. */
    private static final int ATTEMPTS = 2;

    private static final long RETRY_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What attempts at a snapshot may take besides the inits. */
    private static final Duration BESIDES = Duration.ofMinutes(1);

    private final RuntimeCatalogue runtimes;
    private final Taker taker;
    private final Registry registry;
    private final LongSupplier nanoTime;
    private final @Nullable SnapshotStore store;
    private final String machine;
    private final Timer taken;
    private final Counter failed;
    private final Map<EnvironmentKey, Deployment> missed = new ConcurrentHashMap<>();

    // The ticking thread's own.
    private final Map<EnvironmentKey, Wanted> wanted = new LinkedHashMap<>();
    /** Versions of which no snapshot is taken before that time, although one is missed. */
    private final Map<EnvironmentKey, Long> paused = new HashMap<>();

    private @Nullable Taking taking;

    /** Takes snapshots. */
    @FunctionalInterface
    public interface Taker {
        CompletionStage<Outcome> take(EnvironmentKey key, Deployment deployment, Path directory);
    }

    /** Hears what came of them. */
    @FunctionalInterface
    public interface Registry {
        void report(SnapshotReport report);
    }

    /** A version that is to have a snapshot, and how that goes. */
    private static final class Wanted {
        VersionRecord record;
        final long since;
        int attempts;
        long notBefore;
        long reported;

        @Nullable
        SnapshotReport report;

        Wanted(VersionRecord record, long now) {
            this.record = record;
            this.since = now;
            this.notBefore = now;
            this.reported = now - REPORT_NANOS;
        }
    }

    private record Taking(EnvironmentKey key, SnapshotName name, long since, CompletionStage<Outcome> outcome) {}

    /**
     * @param images of this machine's sandboxes; empty where none can be made, and nothing is kept then
     * @param directory of the keeper's own
     */
    public SnapshotKeeper(
            SnapshotSettings settings,
            Optional<Sandboxes.Images> images,
            Path directory,
            RuntimeCatalogue runtimes,
            Taker taker,
            Registry registry,
            LongSupplier nanoTime,
            MeterRegistry metrics)
            throws IOException {
        this.runtimes = runtimes;
        this.taker = taker;
        this.registry = registry;
        this.nanoTime = nanoTime;
        this.store = images.isEmpty()
                ? null
                : new SnapshotStore(directory, images.get(), settings.cacheMegabytes() * 1024L * 1024);
        this.machine = images.map(Sandboxes.Images::platform).orElse("");
        this.taken = Timer.builder("kappa.worker.snapshots.taken")
                .description("Snapshots of versions, init included")
                .register(metrics);
        this.failed = Counter.builder("kappa.worker.snapshots.failures")
                .description("Snapshots that could not be taken, for whatever reason")
                .register(metrics);
        Gauge.builder("kappa.worker.snapshots", this, keeper -> keeper.store == null ? 0 : keeper.store.count())
                .description("Snapshots that this worker has")
                .register(metrics);
        Gauge.builder("kappa.worker.snapshots.size", this, keeper -> keeper.store == null ? 0 : keeper.store.bytes())
                .description("What they take on disk")
                .baseUnit("bytes")
                .register(metrics);
    }

    /** Runtimes of which this worker can take snapshots. */
    public Set<RuntimeIdentifier> offered() {
        return store == null ? Set.of() : runtimes.restorable();
    }

    @Override
    public Optional<SandboxImage> find(EnvironmentKey key, Deployment deployment) {
        if (store == null) {
            return Optional.empty();
        }
        var found = name(key, deployment).flatMap(store::find);
        if (found.isEmpty()) {
            missed.put(key, deployment);
        }
        return found;
    }

    @Override
    public void discard(EnvironmentKey key, SandboxImage image) {
        if (store != null) {
            store.discard(image);
        }
    }

    /** Empty where this machine has no runtime for it that can be restored. */
    private Optional<SnapshotName> name(EnvironmentKey key, Deployment deployment) {
        return Optional.ofNullable(deployment.configuration().runtime())
                .flatMap(runtimes::find)
                .filter(InstalledRuntime::restores)
                .map(runtime ->
                        SnapshotName.of(key, deployment, runtime.version(), machine + "\n" + runtimes.directory()));
    }

    /**
     * Does what is to be done now.
     *
     * @param changed all versions that there are, where something has changed; empty otherwise
     */
    public void tick(Optional<List<VersionRecord>> changed) {
        long now = nanoTime.getAsLong();
        changed.ifPresent(versions -> review(versions, now));
        if (store != null) {
            finish(store, now);
        }
        report(now);
        if (store != null) {
            begin(store, now);
        }
    }

    private void review(List<VersionRecord> versions, long now) {
        var names = new HashSet<SnapshotName>();
        var present = new LinkedHashMap<EnvironmentKey, VersionRecord>();
        for (var version : versions) {
            var deployment = version.requested();
            if (version.restorable()) {
                var key = new EnvironmentKey(version.version(), deployment.generation());
                present.put(key, version);
                name(key, deployment).ifPresent(names::add);
            }
        }
        if (store != null) {
            store.retain(names);
        }
        wanted.keySet().retainAll(present.keySet());
        missed.keySet().retainAll(present.keySet());
        paused.keySet().retainAll(present.keySet());
        present.forEach((key, version) -> {
            var known = wanted.get(key);
            if (known != null) {
                known.record = version;
            } else if (toBeReported(version)) {
                wanted.put(key, new Wanted(version, now));
            }
        });
    }

    /** Whether the registry waits to hear of a snapshot, or would gladly. */
    private static boolean toBeReported(VersionRecord version) {
        return version.awaitsSnapshot()
                || (version.state().name() == VersionRecord.State.Name.Active
                        && version.state().reasonCode() != null);
    }

    private void finish(SnapshotStore in, long now) {
        var ended = taking;
        if (ended == null || !ended.outcome().toCompletableFuture().isDone()) {
            return;
        }
        taking = null;
        var outcome = ended.outcome()
                .exceptionally(problem -> new Outcome.NotTaken(problem.toString()))
                .toCompletableFuture()
                .join();
        if (outcome instanceof Outcome.Taken(var image)) {
            outcome = kept(in, ended.name(), image);
        }
        missed.remove(ended.key());
        var one = wanted.get(ended.key());
        switch (outcome) {
            case Outcome.Taken _ -> {
                taken.record(now - ended.since(), TimeUnit.NANOSECONDS);
                LOG.atInfo()
                        .addKeyValue("function", ended.key().version())
                        .addKeyValue(
                                "millis", Duration.ofNanos(now - ended.since()).toMillis())
                        .log("snapshot taken");
            }
            case Outcome.FunctionFailed(var type, var message) -> {
                failed.increment();
                LOG.atWarn()
                        .addKeyValue("function", ended.key().version())
                        .addKeyValue("error", type)
                        .log("no snapshot: the function could not be initialised");
                postpone(ended.key(), one, now, one != null && ++one.attempts < ATTEMPTS ? 0 : RETRY_NANOS);
                if (one != null && one.attempts >= ATTEMPTS) {
                    one.report = failedReport(ended.key(), type, message);
                }
            }
            case Outcome.NotTaken(var reason) -> {
                failed.increment();
                LOG.atWarn()
                        .addKeyValue("function", ended.key().version())
                        .addKeyValue("reason", reason)
                        .log("no snapshot could be taken");
                postpone(ended.key(), one, now, RETRY_NANOS);
                if (one != null) {
                    one.report = notTaken(ended.key(), reason);
                }
            }
        }
    }

    private static Outcome kept(SnapshotStore in, SnapshotName name, SandboxImage image) {
        try {
            in.keep(name, image);
            return new Outcome.Taken(image);
        } catch (IOException e) {
            return new Outcome.NotTaken("it could not be kept: " + e.getMessage());
        }
    }

    private void postpone(EnvironmentKey key, @Nullable Wanted one, long now, long by) {
        if (one != null) {
            one.notBefore = now + by;
        }
        paused.put(key, now + by);
    }

    private static SnapshotReport failedReport(EnvironmentKey key, String type, String message) {
        var code = type.equals("Sandbox.Timedout") ? "FunctionError.InitTimeout" : "FunctionError.RuntimeInitError";
        var reason = message.isEmpty() ? type : type + ": " + firstLine(message);
        return new SnapshotReport(
                key.version(), key.generation(), SnapshotReport.Outcome.FUNCTION_FAILED, code, reason);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    /** Says again what the registry has not taken in yet. */
    private void report(long now) {
        wanted.values().removeIf(one -> !toBeReported(one.record));
        wanted.forEach((key, one) -> {
            boolean has = store != null
                    && name(key, one.record.requested()).filter(store::has).isPresent();
            if (!has && one.report == null && isOverdue(one, now)) {
                one.report = notTaken(key, "no worker node has taken one in time");
            }
            var report = has
                    ? new SnapshotReport(key.version(), key.generation(), SnapshotReport.Outcome.TAKEN, null, null)
                    : one.report;
            boolean settled = !one.record.awaitsSnapshot() && !has; // Then there is nothing new.
            if (report != null && !settled && now - one.reported >= REPORT_NANOS) {
                one.reported = now;
                registry.report(report);
            }
        });
    }

    /** Whether those who could take a snapshot would have by now, if there were any. So no version waits for ever. */
    private static boolean isOverdue(Wanted one, long now) {
        var patience = SnapshotTaker.initLimit(one.record.requested())
                .multipliedBy(ATTEMPTS)
                .plus(BESIDES);
        return one.record.awaitsSnapshot() && now - one.since >= patience.toNanos();
    }

    private static SnapshotReport notTaken(EnvironmentKey key, String reason) {
        return new SnapshotReport(
                key.version(),
                key.generation(),
                SnapshotReport.Outcome.NOT_TAKEN,
                "NoSnapshot",
                "No snapshot could be taken, environments are initialised in the ordinary way: " + firstLine(reason));
    }

    private void begin(SnapshotStore in, long now) {
        if (taking != null) {
            return;
        }
        for (var one : wanted.entrySet()) {
            if (now - one.getValue().notBefore >= 0
                    && begin(in, one.getKey(), one.getValue().record.requested(), now)) {
                return;
            }
        }
        for (var one : missed.entrySet()) {
            if (now - paused.getOrDefault(one.getKey(), now) >= 0 && begin(in, one.getKey(), one.getValue(), now)) {
                return;
            }
        }
    }

    private boolean begin(SnapshotStore in, EnvironmentKey key, Deployment deployment, long now) {
        var name = name(key, deployment);
        if (name.isEmpty() || in.has(name.get())) {
            missed.remove(key);
            return false;
        }
        taking = new Taking(key, name.get(), now, taker.take(key, deployment, in.workplace()));
        return true;
    }
}
