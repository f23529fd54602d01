package io.kappa.worker.provisioned;

import io.kappa.contracts.registry.Deployment;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.ProvisionedEnvironments;
import io.kappa.worker.environment.ProvisionedProblem;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Environments that become ready, fail and get lost when the test says so. */
final class FakeEnvironments implements ProvisionedEnvironments {
    private final Map<EnvironmentKey, Count> counts = new HashMap<>();
    private @Nullable Listener listener;
    int places = Integer.MAX_VALUE;

    @Override
    public void onLoss(Listener hears) {
        listener = hears;
    }

    private Listener listener() {
        return Objects.requireNonNull(listener, "nobody listens");
    }

    @Override
    public boolean startProvisioned(EnvironmentKey key, Deployment deployment, boolean replacing) {
        if (living() >= places) {
            return false;
        }
        add(key, 1, 0, 0);
        return true;
    }

    @Override
    public void release(EnvironmentKey key, int count) {
        for (int i = 0; i < count; i++) {
            var now = count(key);
            if (now.old() > 0) {
                add(key, 0, -1, -1);
            } else if (now.starting() > 0) {
                add(key, -1, 0, 0);
            } else {
                add(key, 0, -1, 0);
            }
        }
    }

    @Override
    public Map<EnvironmentKey, Count> provisioned() {
        return Map.copyOf(counts);
    }

    int living() {
        return counts.values().stream()
                .mapToInt(count -> count.starting() + count.ready())
                .sum();
    }

    Count count(EnvironmentKey key) {
        return counts.getOrDefault(key, Count.NONE);
    }

    int starting() {
        return counts.values().stream().mapToInt(Count::starting).sum();
    }

    /** All that start are ready. */
    void becomeReady() {
        for (var key : Map.copyOf(counts).keySet()) {
            add(key, -count(key).starting(), count(key).starting(), 0);
        }
    }

    void becomeReady(EnvironmentKey key) {
        add(key, -1, 1, 0);
    }

    void age(EnvironmentKey key) {
        add(key, 0, 0, 1);
    }

    void fail(EnvironmentKey key, ProvisionedProblem problem) {
        add(key, -1, 0, 0);
        listener().failed(key, problem);
    }

    void lose(EnvironmentKey key, Duration readyFor) {
        var now = count(key);
        add(key, 0, -1, now.old() == now.ready() ? -1 : 0);
        listener().lost(key, readyFor);
    }

    private void add(EnvironmentKey key, int starting, int ready, int old) {
        var before = count(key);
        var after = new Count(before.starting() + starting, before.ready() + ready, before.old() + old);
        if (after.equals(Count.NONE)) {
            counts.remove(key);
        } else {
            counts.put(key, after);
        }
    }
}
