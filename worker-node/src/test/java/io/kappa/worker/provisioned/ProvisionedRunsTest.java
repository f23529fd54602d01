package io.kappa.worker.provisioned;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.ProvisionedEnvironments.Count;
import io.kappa.worker.environment.ProvisionedProblem;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Workers that come and go, an alias that moves, numbers that change, environments that fail and statuses that are late, in orders that
 * nobody has thought of. The seed brings an order back.
 */
class ProvisionedRunsTest {
    private static final EnvironmentKey ONE = KeeperCluster.key(1);
    private static final EnvironmentKey TWO = KeeperCluster.key(2);
    private static final AliasRecord.Additional A_THIRD = new AliasRecord.Additional(new Version.Published(2), 1.0 / 3);

    private final KeeperCluster cluster = new KeeperCluster();
    private int joined;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
    void whateverHappensInTheEndTheWorkersTogetherKeepWhatIsAskedForAndNoMore(long seed) {
        var random = new Random(seed);
        for (int run = 0; run < 10; run++) {
            for (int step = 0; step < 60; step++) {
                happen(random);
            }
            settle();
            check(random.nextInt(9));
        }
    }

    private void happen(Random random) {
        switch (random.nextInt(12)) {
            case 0 -> {
                if (cluster.nodes.size() < 5) {
                    cluster.join("w" + ++joined);
                }
            }
            case 1 -> {
                if (cluster.nodes.size() > 1) {
                    anyNode(random).leaves();
                }
            }
            case 2 -> cluster.point(1 + random.nextInt(2), null);
            case 3 -> cluster.point(1, A_THIRD);
            case 4 -> cluster.provision("live", 1 + random.nextInt(12));
            case 5 -> cluster.withdraw("live");
            case 6 -> fail(random);
            case 7 -> lose(random);
            case 8, 9 -> anyNode(random).environments.becomeReady();
            case 10 -> anyNode(random).says();
            default -> cluster.clock.turn(Duration.ofMillis(random.nextInt(3_000)));
        }
        if (!cluster.nodes.isEmpty() && random.nextBoolean()) {
            anyNode(random).keeper.tick();
        }
    }

    private KeeperCluster.Node anyNode(Random random) {
        if (cluster.nodes.isEmpty()) {
            return cluster.join("w" + ++joined);
        }
        return cluster.nodes.get(random.nextInt(cluster.nodes.size()));
    }

    private void fail(Random random) {
        var environments = anyNode(random).environments;
        for (var key : List.of(ONE, TWO)) {
            if (environments.count(key).starting() > 0) {
                environments.fail(key, new ProvisionedProblem("X", ""));
            }
        }
    }

    private void lose(Random random) {
        var environments = anyNode(random).environments;
        for (var key : List.of(ONE, TWO)) {
            if (environments.count(key).ready() > 0) {
                environments.lose(key, Duration.ofSeconds(random.nextInt(120)));
            }
        }
    }

    /** Lets pauses pass, everything succeed, and everybody know it; statuses are renewed meanwhile. */
    private void settle() {
        for (int i = 0; i < 13; i++) {
            cluster.clock.turn(Duration.ofMillis(3 * WorkerStatus.RENEWED_EVERY_MILLIS));
            cluster.report();
            cluster.settle();
        }
    }

    private void check(int wanted) {
        cluster.point(1, A_THIRD);
        if (wanted == 0) {
            cluster.withdraw("live");
        } else {
            cluster.provision("live", wanted);
        }
        settle();
        int ofSecond = (int) Math.round(wanted / 3.0);
        // Six fit on each worker.
        int places = 6 * cluster.nodes.size();
        assertThat(cluster.ready(ONE) + cluster.ready(TWO)).isEqualTo(Math.min(wanted, places));
        if (wanted <= places) {
            assertThat(cluster.ready(TWO)).isEqualTo(ofSecond);
            assertThat(cluster.problems()).isEmpty();
        }
        for (var node : cluster.nodes) {
            assertThat(List.of(node.environments.count(ONE), node.environments.count(TWO)))
                    .extracting(Count::starting)
                    .containsOnly(0);
        }
    }
}
