package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.SealedVariables;
import io.kappa.contracts.layer.FunctionLayer;
import io.kappa.runtimes.InstalledRuntime;
import io.kappa.runtimes.RuntimeCatalogue;
import io.kappa.worker.sandbox.Sandboxes;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runtimes that wait, each in a sandbox of its own, for functions to be assigned to: a cold start takes one where there is one, which
 * saves it the start of a sandbox and of an interpreter. Each is taken once. How many there are of each kind, {@link WarmPolicy} says;
 * they are made few at a time, and only while no cold start is on its way.
 *
 * <p>May be called from any thread. The lock is held for a few steps in memory.
 */
public final class WarmPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WarmPool.class);

    /** How many are made at a time. */
    private static final int MOST_AT_ONCE = 2;

    /** How long after a cold start's preparation its runtime may still be busy with its init. */
    private static final Duration QUIET = Duration.ofMillis(50);

    private static final Duration CLOSING_TAKES_AT_MOST = Duration.ofSeconds(10);
    private static final int MOST_UNSUITED = 1000;
    private static final long MEGABYTE = 1024 * 1024;

    private final WarmPolicy<WarmKey> policy;
    private final Parking parking;
    private final PoolTime time;
    private final Executor blocking;
    private final WarmMetrics metrics;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<RuntimeIdentifier, InstalledRuntime> installed = new HashMap<>();
    private final Map<Wish, WarmKey> keys = new HashMap<>();
    private final Map<WarmKey, Kind> kinds = new LinkedHashMap<>();
    private int beingMade;
    private int beingRemoved;
    private int preparing;
    private long preparedAt;
    private boolean everPrepared;
    private boolean waking;
    private boolean closed;
    private volatile boolean machineIsShort;
    private final Set<SealedVariables> unsuited = new HashSet<>();
    private final Set<List<FunctionLayer>> withExtensions = new HashSet<>();

    /** Makes parked runtimes. */
    interface Parking {
        /** Completes once the runtime waits for its assignment; with nothing left behind where that fails. */
        CompletionStage<ParkedRuntime> park(WarmKey key, InstalledRuntime.Parking parking, int memoryMegabytes);

        /** Whether what is parked can be assigned to functions with layers. */
        boolean takesLayers(InstalledRuntime runtime);
    }

    /** What a key is found by without asking the runtime for a start. */
    private record Wish(RuntimeIdentifier runtime, int memoryMegabytes) {}

    /** Those of one key, the oldest first. */
    private static final class Kind {
        final InstalledRuntime.Parking parking;
        final int memoryMegabytes;
        final Deque<ParkedRuntime> parked = new ArrayDeque<>();
        int beingMade;

        Kind(InstalledRuntime.Parking parking, int memoryMegabytes) {
            this.parking = parking;
            this.memoryMegabytes = memoryMegabytes;
        }
    }

    /** Why a cold start does without. */
    enum Miss {
        /** None are kept on this machine. */
        OFF,
        /** The runtime is a function's own, or its interpreter cannot be told later what it is for. */
        RUNTIME,
        /** Its variables act while an interpreter starts. */
        VARIABLES,
        /** Its {@code /tmp} is not of the usual size. */
        STORAGE,
        /** It has layers, which a sandbox of this kind can show from its start alone. */
        LAYERS,
        /** Its layers have extensions, which outlive the runtime. */
        EXTENSIONS,
        /** No function of this kind has been started here before. */
        NEW,
        /** All of the kind are taken. */
        EMPTY
    }

    /**
     * @param blocking runs what takes its time
     * @param loops that the environments live on
     */
    public static WarmPool open(
            WarmSettings settings,
            Vertx vertx,
            RuntimeCatalogue runtimes,
            Sandboxes sandboxes,
            VertxEventLoops loops,
            Executor blocking,
            MeterRegistry registry) {
        var parking = new RuntimeParking(vertx, runtimes, sandboxes, loops, blocking);
        return new WarmPool(settings, parking, PoolTime.of(vertx), blocking, new WarmMetrics(registry));
    }

    WarmPool(WarmSettings settings, Parking parking, PoolTime time, Executor blocking, WarmMetrics metrics) {
        this.policy = new WarmPolicy<>(settings);
        this.parking = parking;
        this.time = time;
        this.blocking = blocking;
        this.metrics = metrics;
        this.closed = settings.memoryMegabytes() <= 0;
    }

    /** A parked runtime for a function, which is the caller's from here on; null where there is none for it. */
    @Nullable
    ParkedRuntime take(FunctionConfiguration configuration) {
        ParkedRuntime taken;
        lock.lock();
        try {
            var miss = find(configuration);
            if (miss != null) {
                metrics.missed(miss);
                return null;
            }
            taken = takeLiving(configuration);
        } finally {
            lock.unlock();
        }
        if (taken == null) {
            metrics.missed(Miss.EMPTY);
        } else {
            metrics.hit();
        }
        return taken;
    }

    /** Why the function can have none at all. */
    private @Nullable Miss find(FunctionConfiguration configuration) {
        if (closed) {
            return Miss.OFF;
        }
        var identifier = configuration.runtime();
        if (identifier == null) {
            return Miss.RUNTIME;
        }
        var runtime = installed.get(identifier);
        if (runtime == null) {
            return identifier.supported() ? Miss.NEW : Miss.RUNTIME;
        }
        return cause(runtime, configuration);
    }

    private @Nullable Miss cause(InstalledRuntime runtime, FunctionConfiguration configuration) {
        if (runtime.parking().isEmpty()) {
            return Miss.RUNTIME;
        }
        var sealed = configuration.sealedEnvironment();
        if (!runtime.parking().get().allows(configuration.environment())
                || (sealed != null && unsuited.contains(sealed))) {
            return Miss.VARIABLES;
        }
        if (!configuration.layers().isEmpty() && !parking.takesLayers(runtime)) {
            return Miss.LAYERS;
        }
        if (withExtensions.contains(configuration.layers())) {
            return Miss.EXTENSIONS;
        }
        return configuration.ephemeralStorageMegabytes() == RuntimeParking.EPHEMERAL_STORAGE_MEGABYTES
                ? null
                : Miss.STORAGE;
    }

    private @Nullable ParkedRuntime takeLiving(FunctionConfiguration configuration) {
        var key = key(configuration.runtime(), configuration.memoryMegabytes()).orElse(null);
        if (key == null) {
            return null;
        }
        policy.wanted(key, time.nanoTime());
        var parked = kind(key).parked;
        while (!parked.isEmpty()) {
            var next = parked.removeFirst();
            if (next.lives()) {
                return next;
            }
            remove(next);
        }
        return null;
    }

    private Optional<WarmKey> key(@Nullable RuntimeIdentifier identifier, int memoryMegabytes) {
        if (identifier == null) {
            return Optional.empty(); // A container image brings its own.
        }
        var wish = new Wish(identifier, memoryMegabytes);
        var known = keys.get(wish);
        if (known != null) {
            return Optional.of(known);
        }
        var runtime = installed.get(identifier);
        if (runtime == null || runtime.parking().isEmpty()) {
            return Optional.empty();
        }
        var start = runtime.parking().get();
        var key = WarmKey.of(runtime, start, memoryMegabytes);
        keys.put(wish, key);
        if (!kinds.containsKey(key)) {
            var kind = new Kind(start, memoryMegabytes);
            kinds.put(key, kind);
            metrics.watch(key.runtime(), () -> parked(key.runtime()));
        }
        return Optional.of(key);
    }

    private Kind kind(WarmKey key) {
        var kind = kinds.get(key);
        if (kind == null) {
            throw new IllegalStateException("unknown kind of runtime: " + key);
        }
        return kind;
    }

    /** One that was taken and not assigned. */
    void giveBack(ParkedRuntime unused) {
        lock.lock();
        try {
            if (!closed && unused.lives()) {
                kind(unused.key()).parked.addFirst(unused);
            } else {
                remove(unused);
            }
        } finally {
            lock.unlock();
        }
        refill();
    }

    /**
     * One that was taken for a function whose variables, now that they have been opened, act while an interpreter starts. It is removed, and
     * none is taken again for variables that are sealed like these.
     */
    void unsuited(ParkedRuntime taken, SealedVariables variables) {
        lock.lock();
        try {
            if (unsuited.size() == MOST_UNSUITED) {
                unsuited.clear();
            }
            unsuited.add(variables);
        } finally {
            lock.unlock();
        }
        taken.close();
        refill();
    }

    /** One that was taken for a function whose layers turn out to have extensions. It is removed, and none is taken for these layers again. */
    void unsuited(ParkedRuntime taken, List<FunctionLayer> layers) {
        lock.lock();
        try {
            if (withExtensions.size() == MOST_UNSUITED) {
                withExtensions.clear();
            }
            withExtensions.add(layers);
        } finally {
            lock.unlock();
        }
        taken.close();
        refill();
    }

    /** A cold start begins: nothing is parked until it is {@linkplain #prepared prepared}. */
    void preparing() {
        lock.lock();
        try {
            preparing++;
        } finally {
            lock.unlock();
        }
    }

    /** A cold start has its sandbox, or has failed. */
    void prepared() {
        lock.lock();
        try {
            preparing--;
            everPrepared = true;
            preparedAt = time.nanoTime();
        } finally {
            lock.unlock();
        }
        wakeLater();
    }

    /** A function is started by a runtime that was looked for, maybe for the first time. */
    void learn(FunctionConfiguration configuration, InstalledRuntime runtime) {
        lock.lock();
        try {
            var identifier = Objects.requireNonNull(configuration.runtime(), "it has started");
            boolean first = installed.put(identifier, runtime) == null;
            if (first && !closed && cause(runtime, configuration) == null) {
                key(identifier, configuration.memoryMegabytes()).ifPresent(key -> policy.wanted(key, time.nanoTime()));
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Replaces what is known of functions that may be started some day. Of each kind of runtime among them one is kept parked, where the
     * memory allows.
     *
     * @param runtimes finds a runtime; may take its time
     */
    public void expect(Collection<FunctionConfiguration> functions, RuntimeCatalogue runtimes) {
        var found = new HashMap<RuntimeIdentifier, InstalledRuntime>();
        for (var identifier : functions.stream()
                .flatMap(function -> Stream.ofNullable(function.runtime()))
                .distinct()
                .toList()) {
            runtimes.find(identifier).ifPresent(runtime -> found.put(identifier, runtime));
        }
        lock.lock();
        try {
            if (closed) {
                return;
            }
            installed.putAll(found);
            policy.expectNone();
            for (var function : functions) {
                var identifier = function.runtime();
                var runtime = identifier == null ? null : found.get(identifier);
                if (runtime != null && cause(runtime, function) == null) {
                    key(identifier, function.memoryMegabytes()).ifPresent(policy::expect);
                }
            }
        } finally {
            lock.unlock();
        }
        refill();
    }

    /**
     * Tells whether the machine runs short of memory. While it does, nothing is kept parked: a cold start that takes longer is better than
     * one that fails.
     */
    public void machineIsShort(boolean isShort) {
        machineIsShort = isShort;
    }

    /** Makes what is missing and removes what is too much. To be called every now and then. */
    public void refill() {
        var removed = new ArrayList<ParkedRuntime>();
        var made = new ArrayList<WarmKey>();
        lock.lock();
        try {
            if (closed) {
                return;
            }
            long now = time.nanoTime();
            var targets = machineIsShort ? Map.<WarmKey, Integer>of() : policy.targets(now);
            kinds.forEach((key, kind) -> {
                while (kind.parked.size() > targets.getOrDefault(key, 0)) {
                    removed.add(kind.parked.removeFirst());
                }
            });
            if (quiet(now)) {
                made.addAll(choose(targets, now));
            }
        } finally {
            lock.unlock();
        }
        removed.forEach(this::remove);
        made.forEach(this::make);
    }

    private boolean quiet(long now) {
        return preparing == 0 && (!everPrepared || now - preparedAt >= QUIET.toNanos());
    }

    private List<WarmKey> choose(Map<WarmKey, Integer> targets, long now) {
        var chosen = new ArrayList<WarmKey>();
        targets.forEach((key, target) -> {
            var kind = kind(key);
            while (beingMade < MOST_AT_ONCE
                    && kind.parked.size() + kind.beingMade < target
                    && policy.mayMake(key, now)) {
                kind.beingMade++;
                beingMade++;
                chosen.add(key);
            }
        });
        return chosen;
    }

    private void make(WarmKey key) {
        long began = time.nanoTime();
        Kind kind;
        lock.lock();
        try {
            kind = kind(key);
        } finally {
            lock.unlock();
        }
        parking.park(key, kind.parking, kind.memoryMegabytes)
                .whenComplete((parked, problem) -> made(key, parked, problem, time.nanoTime() - began));
    }

    private void made(WarmKey key, @Nullable ParkedRuntime parked, @Nullable Throwable problem, long nanos) {
        lock.lock();
        try {
            var kind = kind(key);
            kind.beingMade--;
            beingMade--;
            if (parked == null) {
                policy.lost(key, time.nanoTime());
            } else {
                policy.made(key, nanos, (int) Math.ceilDiv(parked.sandbox().memoryPeakBytes(), MEGABYTE));
                if (closed) {
                    remove(parked);
                } else {
                    kind.parked.addLast(parked);
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (parked == null) {
            LOG.atWarn()
                    .addKeyValue("runtime", key.runtime())
                    .setCause(problem)
                    .log("a runtime could not be parked; tried again later");
        } else {
            parked.exit().thenRun(() -> ended(parked));
        }
        refill();
    }

    /** Whether that concerns the pool or the environment that it was assigned to. */
    private void ended(ParkedRuntime runtime) {
        boolean mine;
        lock.lock();
        try {
            mine = kind(runtime.key()).parked.remove(runtime);
            if (mine) {
                policy.lost(runtime.key(), time.nanoTime());
            }
        } finally {
            lock.unlock();
        }
        if (mine) {
            LOG.atWarn()
                    .addKeyValue("runtime", runtime.key().runtime())
                    .addKeyValue("environmentId", runtime.id())
                    .log("a parked runtime has ended by itself");
            remove(runtime);
        }
    }

    /** Refills once what is on its way will have had its time. */
    private void wakeLater() {
        lock.lock();
        try {
            if (closed || waking) {
                return;
            }
            waking = true;
        } finally {
            lock.unlock();
        }
        time.after(QUIET, () -> {
            lock.lock();
            try {
                waking = false;
            } finally {
                lock.unlock();
            }
            refill();
        });
    }

    private void remove(ParkedRuntime runtime) {
        lock.lock();
        try {
            beingRemoved++;
        } finally {
            lock.unlock();
        }
        blocking.execute(() -> {
            try {
                runtime.close();
            } finally {
                removed();
            }
        });
    }

    private void removed() {
        lock.lock();
        try {
            beingRemoved--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void assigned(long nanos) {
        metrics.assigned(nanos);
    }

    /** How many are parked of one interpreter, for whatever memory. */
    int parked(String runtime) {
        lock.lock();
        try {
            return kinds.entrySet().stream()
                    .filter(kind -> kind.getKey().runtime().equals(runtime))
                    .mapToInt(kind -> kind.getValue().parked.size())
                    .sum();
        } finally {
            lock.unlock();
        }
    }

    /** Makes no more, and removes those that nobody has taken. */
    @Override
    public void close() {
        var left = new ArrayList<ParkedRuntime>();
        lock.lock();
        try {
            closed = true;
            kinds.values().forEach(kind -> {
                left.addAll(kind.parked);
                kind.parked.clear();
            });
        } finally {
            lock.unlock();
        }
        left.forEach(this::remove);
        awaitThoseUnderway();
    }

    private void awaitThoseUnderway() {
        long wait = TimeUnit.NANOSECONDS.convert(CLOSING_TAKES_AT_MOST);
        lock.lock();
        try {
            while (beingMade + beingRemoved > 0 && wait > 0) {
                wait = changed.awaitNanos(wait);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
