package io.kappa.router.autoscaling.use;

import io.kappa.contracts.function.VersionArn;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Counts what runs, by version, of those versions alone of which something is provisioned. Provisioned environments are taken before any
 * others, so as many of a version's invocations run on them as there are, and the rest elsewhere.
 */
public final class RunningVersions implements ProvisionedUse {
    private static final Run NOT_COUNTED = () -> {};

    private final Map<VersionArn, Integer> counts = new ConcurrentHashMap<>();
    private volatile Set<VersionArn> counted = Set.of();

    /** An invocation that runs. Ended by whoever notices the end, and counted once however many do. */
    @FunctionalInterface
    public interface Run {
        void end();
    }

    /** From now on these are counted. What runs of others is left out until it has ended. */
    void count(Set<VersionArn> versions) {
        counted = Set.copyOf(versions);
    }

    public Run begin(VersionArn version) {
        if (!counted.contains(version)) {
            return NOT_COUNTED;
        }
        counts.merge(version, 1, Integer::sum);
        var ended = new AtomicBoolean();
        return () -> {
            if (ended.compareAndSet(false, true)) {
                counts.computeIfPresent(version, (_, running) -> running == 1 ? null : running - 1);
            }
        };
    }

    @Override
    public int running(VersionArn version, int ready) {
        return Math.min(counts.getOrDefault(version, 0), ready);
    }
}
