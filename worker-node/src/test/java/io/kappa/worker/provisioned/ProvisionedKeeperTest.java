package io.kappa.worker.provisioned;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.contracts.worker.WorkerStatus.Environments;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.ProvisionedEnvironments.Count;
import io.kappa.worker.environment.ProvisionedProblem;
import io.kappa.worker.provisioned.KeeperCluster.Node;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProvisionedKeeperTest {
    private static final EnvironmentKey ONE = KeeperCluster.key(1);
    private static final EnvironmentKey TWO = KeeperCluster.key(2);

    private final KeeperCluster cluster = new KeeperCluster();
    private final Node w1 = cluster.join("w1");
    private final Node w2 = cluster.join("w2");

    @BeforeEach
    void bothArePresent() {
        cluster.report();
    }

    @Test
    void everyWorkerStartsItsPartAndTogetherTheyKeepWhatIsAskedFor() {
        cluster.provision("1", 5);

        cluster.tick();

        assertThat(w1.starting(ONE)).isBetween(2, 3);
        assertThat(w2.starting(ONE)).isBetween(2, 3);
        assertThat(w1.starting(ONE) + w2.starting(ONE)).isEqualTo(5);
        cluster.settle();
        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(5);
    }

    @Test
    void aWorkerThatHasNotReadItsOwnStatusYetKeepsNothing() {
        var late = cluster.join("w3");
        cluster.provision("1", 5);

        cluster.tick();

        assertThat(late.environments.living()).isZero();
    }

    @Test
    void whatIsProvisionedForAnAliasIsDividedAmongItsVersions() {
        cluster.point(1, new AliasRecord.Additional(new Version.Published(2), 0.3));
        cluster.provision("live", 10);

        cluster.settle();

        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(7);
        assertThat(w1.ready(TWO) + w2.ready(TWO)).isEqualTo(3);
    }

    @Test
    void anAliasThatMovesHasTheNewVersionReadyBeforeTheOldOneGoes() {
        // given
        cluster.point(1, null);
        cluster.provision("live", 4);
        cluster.settle();
        // when
        cluster.point(2, null);
        cluster.tick();
        // then
        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(4);
        w1.environments.becomeReady();
        cluster.report();
        cluster.tick();
        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(4);
        w2.environments.becomeReady();
        cluster.report();
        cluster.tick();
        assertThat(w1.ready(ONE) + w2.ready(ONE)).isZero();
        assertThat(w1.ready(TWO) + w2.ready(TWO)).isEqualTo(4);
    }

    @Test
    void whatIsWithdrawnIsReleased() {
        cluster.provision("1", 5);
        cluster.settle();

        cluster.withdraw("1");
        cluster.tick();

        assertThat(w1.environments.living() + w2.environments.living()).isZero();
    }

    @Test
    void thePartOfAWorkerThatLeavesIsTakenOver() {
        cluster.provision("1", 5);
        cluster.settle();

        w1.leaves();
        w2.keeper.tick();

        assertThat(w2.starting(ONE) + w2.ready(ONE)).isEqualTo(5);
    }

    @Test
    void thePartOfAWorkerThatDrainsIsTakenOver() {
        cluster.provision("1", 5);
        cluster.settle();
        w1.draining = true;
        w1.says();

        cluster.tick();

        assertThat(w2.starting(ONE) + w2.ready(ONE)).isEqualTo(5);
    }

    @Test
    void thePartOfAWorkerThatIsSilentForTooLongIsTakenOver() {
        cluster.provision("1", 5);
        cluster.settle();
        cluster.clock.turn(Duration.ofMillis(WorkerStatus.STALE_AFTER_MILLIS - 1));
        w2.says();
        w2.keeper.tick();
        assertThat(w2.starting(ONE)).isZero();

        cluster.clock.turn(Duration.ofMillis(1));
        w2.keeper.tick();

        assertThat(w2.starting(ONE) + w2.ready(ONE)).isEqualTo(5);
    }

    @Test
    void aWorkerThatComesHasItsPartReadyBeforeOthersLetGoOfIt() {
        // given
        cluster.provision("1", 6);
        cluster.settle();
        var w3 = cluster.join("w3");
        // when
        cluster.report();
        cluster.tick();
        // then
        assertThat(w3.starting(ONE)).isEqualTo(2);
        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(6);
        w3.environments.becomeReady();
        cluster.report();
        cluster.tick();
        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(4);
    }

    @Test
    void whatFitsNowhereIsToldByOneWorkerAlone() {
        cluster.provision("1", 50);

        cluster.settle();

        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(12);
        assertThat(cluster.problems()).containsExactly("INSUFFICIENT_MEMORY");
    }

    @Test
    void anInitThatFailsIsToldUntilOneSucceeds() {
        // given
        cluster.provision("1", 1);
        cluster.tick();
        var node = w1.starting(ONE) == 1 ? w1 : w2;
        var changes = node.changes;
        // when
        node.environments.fail(ONE, new ProvisionedProblem("FUNCTION_ERROR_INIT_FAILURE", "Runtime.X: why"));
        node.keeper.tick();
        // then
        assertThat(node.told())
                .containsExactly(
                        new Environments(ONE.version(), 1, 0, 0, "FUNCTION_ERROR_INIT_FAILURE (Runtime.X: why)"));
        assertThat(node.changes).isEqualTo(changes + 1);
        cluster.clock.turn(Duration.ofSeconds(1));
        cluster.settle();
        assertThat(node.told()).containsExactly(new Environments(ONE.version(), 1, 1, 1, null));
        assertThat(node.changes).isEqualTo(changes + 2);
    }

    @Test
    void oneThatIsLostIsReplaced() {
        cluster.provision("1", 4);
        cluster.settle();

        w1.environments.lose(ONE, Duration.ofHours(1));
        cluster.tick();

        assertThat(w1.environments.count(ONE)).isEqualTo(new Count(1, 1, 0));
    }

    @Test
    void aVersionThatIsGoneIsNotWanted() {
        cluster.provision("1", 4);
        cluster.provision("2", 2);
        cluster.settle();

        cluster.remove(ONE.version().toString());
        cluster.tick();

        assertThat(w1.ready(ONE) + w2.ready(ONE)).isZero();
        assertThat(w1.ready(TWO) + w2.ready(TWO)).isEqualTo(2);
    }
}
