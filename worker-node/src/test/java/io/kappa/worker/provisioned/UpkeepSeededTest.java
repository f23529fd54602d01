package io.kappa.worker.provisioned;

import static io.kappa.worker.provisioned.Wants.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.registry.Deployment;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.ProvisionedEnvironments;
import io.kappa.worker.environment.ProvisionedProblem;
import io.kappa.worker.provisioned.Upkeep.Goal;
import io.kappa.worker.provisioned.Upkeep.Step;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goals that change while environments fail, get lost and grow old, in orders that nobody has thought of. The seed brings an order back. */
class UpkeepSeededTest {
    private static final int STARTS_AT_ONCE = 3;
    private static final List<EnvironmentKey> KEYS = List.of(key("a"), key("b"), key("c"), key("d"));
    private static final Deployment DEPLOYMENT = Deployments.deployment(128);

    private final Upkeep upkeep = new Upkeep(STARTS_AT_ONCE);
    private final FakeEnvironments environments = new FakeEnvironments();
    private final Map<EnvironmentKey, Goal> goals = new HashMap<>();
    private long now = 1;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
    void whatIsWantedIsThereInTheEndAndNothingElse(long seed) {
        environments.onLoss(new Losses());
        var random = new Random(seed);
        for (int run = 0; run < 20; run++) {
            for (int step = 0; step < 100; step++) {
                change(random);
                work();
                assertThat(environments.starting()).isLessThanOrEqualTo(STARTS_AT_ONCE);
            }
            environments.places = Integer.MAX_VALUE;
            settle();
            for (var key : KEYS) {
                int wanted = goals.containsKey(key) ? goal(key).count() : 0;
                assertThat(environments.count(key)).isEqualTo(new ProvisionedEnvironments.Count(0, wanted, 0));
                assertThat(upkeep.problem(key)).isNull();
            }
        }
    }

    private Goal goal(EnvironmentKey key) {
        return goals.getOrDefault(key, new Goal(DEPLOYMENT, 0));
    }

    private void change(Random random) {
        var key = KEYS.get(random.nextInt(KEYS.size()));
        var count = environments.count(key);
        switch (random.nextInt(12)) {
            case 0 -> {
                goals.put(key, new Goal(DEPLOYMENT, 1 + random.nextInt(6)));
                upkeep.aim(goals);
            }
            case 1 -> {
                goals.remove(key);
                upkeep.aim(goals);
            }
            case 2 -> environments.places = random.nextInt(20);
            case 3 -> {
                if (count.starting() > 0) {
                    environments.fail(key, new ProvisionedProblem("X", ""));
                }
            }
            case 4 -> {
                if (count.ready() > 0) {
                    environments.lose(key, Duration.ofSeconds(random.nextInt(120)));
                }
            }
            case 5 -> {
                if (count.ready() > count.old()) {
                    environments.age(key);
                }
            }
            case 6, 7, 8, 9 -> {
                if (count.starting() > 0) {
                    environments.becomeReady(key);
                }
            }
            default -> now += random.nextLong(Duration.ofSeconds(10).toNanos());
        }
    }

    private void work() {
        for (var step : upkeep.steps(environments.provisioned(), Set.of(), now)) {
            switch (step) {
                case Step.Start(var key, var deployment, boolean replacing) -> {
                    if (!environments.startProvisioned(key, deployment, replacing)) {
                        upkeep.failed(key, ProvisionedProblem.NO_MEMORY, now);
                    }
                }
                case Step.Release(var key, int count) -> environments.release(key, count);
            }
        }
    }

    private void settle() {
        for (int i = 0; i < 100; i++) {
            now += Duration.ofMinutes(1).toNanos();
            work();
            environments.becomeReady();
            work();
        }
    }

    private final class Losses implements ProvisionedEnvironments.Listener {
        @Override
        public void failed(EnvironmentKey key, ProvisionedProblem problem) {
            upkeep.failed(key, problem, now);
        }

        @Override
        public void lost(EnvironmentKey key, Duration readyFor) {
            upkeep.lost(key, readyFor, now);
        }
    }
}
