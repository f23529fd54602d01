package io.kappa.worker.invocation;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.RegistryKey;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.kit.kafka.RecordHeaders;
import io.kappa.worker.environment.EnvironmentKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What each version of each function runs now, as this worker has read it from {@code registry.records}. A router may be ahead by some
 * milliseconds, so that whoever asks may wait for the deployment that the router means.
 */
public final class DeployedFunctions {
    /** More than this many at once do not get to wait. */
    static final int MOST_WAITING = 1000;

    private final RegistryView view = new RegistryView();
    private final Map<VersionArn, List<Waiter>> waiting = new HashMap<>(); // Its own lock.
    private int waiters;
    private volatile boolean unasked;
    private volatile boolean unaskedVersions;

    private record Waiter(long generation, CompletableFuture<Deployment> deployed) {}

    /**
     * Takes in one record of the topic.
     *
     * @param changed told which function the record is about, once it has taken effect
     */
    public void read(ConsumerRecord<String, byte[]> record, Consumer<FunctionArn> changed) {
        view.apply(record.key(), record.value(), RecordHeaders.asMap(record.headers()));
        unasked = true;
        unaskedVersions = true;
        switch (RegistryKey.parse(record.key())) {
            case RegistryKey.OfVersion(var version) -> {
                wake(version);
                changed.accept(version.function());
            }
            case RegistryKey.OfFunction(var function) -> changed.accept(function);
            case RegistryKey.OfAlias(var function, var _) -> changed.accept(function);
            case RegistryKey.OfProvisionedConcurrency(var function, var _) -> changed.accept(function);
            case RegistryKey.OfEventInvokeConfig(var function, var _) -> changed.accept(function);
            case RegistryKey.OfEventSourceMapping _,
                    RegistryKey.OfLayer _,
                    RegistryKey.OfLayerVersion _,
                    RegistryKey.OfScaling _,
                    RegistryKey.OfSetting _,
                    RegistryKey.OfCodeSigningConfig _,
                    RegistryKey.OfFunctionUrl _ -> {} // No environment depends on it.
        }
    }

    /** What the registry says of the function, unless it is gone. */
    public Optional<FunctionView> function(FunctionArn function) {
        return view.function(function);
    }

    /** What the version runs, if that is of this generation or a later one. */
    public Optional<Deployment> running(VersionArn version, long leastGeneration) {
        return view.version(version)
                .map(VersionRecord::running)
                .filter(deployment -> deployment.generation() >= leastGeneration);
    }

    /** How all versions of all functions are configured; empty where nothing has changed since this was last asked. */
    public Optional<List<FunctionConfiguration>> changed() {
        if (!unasked) {
            return Optional.empty();
        }
        unasked = false;
        return Optional.of(view.functions().stream()
                .flatMap(function -> function.versions().values().stream())
                .map(version -> version.running().configuration())
                .toList());
    }

    /** All versions of all functions; empty where nothing has changed since this was last asked. */
    public Optional<List<VersionRecord>> changedVersions() {
        if (!unaskedVersions) {
            return Optional.empty();
        }
        unaskedVersions = false;
        return Optional.of(view.functions().stream()
                .flatMap(function -> function.versions().values().stream())
                .toList());
    }

    /** Whether environments of that key are still what invocations are given. */
    public boolean current(EnvironmentKey key) {
        return view.version(key.version())
                .map(version -> version.running().generation() == key.generation())
                .orElse(false);
    }

    /** Completes with what the version runs once that is of this generation or a later one. The asker gives up by cancelling. */
    CompletableFuture<Deployment> awaited(VersionArn version, long leastGeneration) {
        var deployed = new CompletableFuture<Deployment>();
        var waiter = new Waiter(leastGeneration, deployed);
        synchronized (waiting) {
            if (waiters == MOST_WAITING) {
                deployed.cancel(false);
                return deployed;
            }
            waiters++;
            waiting.computeIfAbsent(version, _ -> new ArrayList<>()).add(waiter);
        }
        var _ = deployed.whenComplete((_, _) -> forget(version, waiter));
        // What was read between the asker's look and its waiting has woken nobody.
        running(version, leastGeneration).ifPresent(deployed::complete);
        return deployed;
    }

    /** How many wait now. */
    int waiting() {
        synchronized (waiting) {
            return waiters;
        }
    }

    private void forget(VersionArn version, Waiter waiter) {
        synchronized (waiting) {
            waiters--;
            waiting.computeIfPresent(version, (_, list) -> list.remove(waiter) && list.isEmpty() ? null : list);
        }
    }

    private void wake(VersionArn version) {
        List<Waiter> asked;
        synchronized (waiting) {
            asked = List.copyOf(waiting.getOrDefault(version, List.of()));
        }
        for (var waiter : asked) {
            running(version, waiter.generation()).ifPresent(waiter.deployed()::complete);
        }
    }
}
