package io.kappa.worker.provisioned;

import static io.kappa.worker.provisioned.Wants.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.Deployment;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.ProvisionedEnvironments.Count;
import io.kappa.worker.environment.ProvisionedProblem;
import io.kappa.worker.provisioned.Upkeep.Goal;
import io.kappa.worker.provisioned.Upkeep.Step;
import io.kappa.worker.provisioned.Upkeep.Step.Release;
import io.kappa.worker.provisioned.Upkeep.Step.Start;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UpkeepTest {
    private static final EnvironmentKey A = key("a");
    private static final EnvironmentKey B = key("b");
    private static final EnvironmentKey NEWER_A =
            new EnvironmentKey(new VersionArn(A.version().function(), new Version.Published(2)), 2);
    private static final FunctionArn FUNCTION_A = A.version().function();
    private static final Deployment DEPLOYMENT = Deployments.deployment(128);
    private static final ProvisionedProblem INIT_FAILURE =
            new ProvisionedProblem("FUNCTION_ERROR_INIT_FAILURE", "Runtime.ImportModuleError");

    private final Upkeep upkeep = new Upkeep(4);
    private final Map<EnvironmentKey, Count> present = new HashMap<>();
    private Duration now = Duration.ofHours(1);

    @Test
    void startsWhatIsMissingAFewAtOnce() {
        aim(A, 6);

        assertThat(steps()).hasSize(4).containsOnly(new Start(A, DEPLOYMENT, false));

        has(A, 3, 1, 0);
        assertThat(steps()).containsExactly(new Start(A, DEPLOYMENT, false));
        has(A, 0, 6, 0);
        assertThat(steps()).isEmpty();
    }

    @Test
    void aLargeNumberOfOneKeyDoesNotHoldUpTheOthers() {
        upkeep.aim(Map.of(A, new Goal(DEPLOYMENT, 100), B, new Goal(DEPLOYMENT, 2)));

        assertThat(steps())
                .containsExactlyInAnyOrder(
                        new Start(A, DEPLOYMENT, false),
                        new Start(A, DEPLOYMENT, false),
                        new Start(B, DEPLOYMENT, false),
                        new Start(B, DEPLOYMENT, false));
    }

    @Test
    void oneThatIsTooOldIsReleasedOnceItsSuccessorIsReady() {
        aim(A, 3);
        has(A, 0, 3, 1);
        assertThat(steps()).containsExactly(new Start(A, DEPLOYMENT, true));
        has(A, 1, 3, 1);
        assertThat(steps()).isEmpty();

        has(A, 0, 4, 1);

        assertThat(steps()).containsExactly(new Release(A, 1));
    }

    @Test
    void whatIsNoLongerWantedIsReleased() {
        has(A, 1, 2, 0);

        assertThat(steps()).containsExactly(new Release(A, 3));
    }

    @Test
    void ofTooManyThoseTooManyAreReleased() {
        aim(A, 1);
        has(A, 1, 2, 0);

        assertThat(steps()).containsExactly(new Release(A, 2));
    }

    @Test
    void anEarlierVersionStaysUntilTheNewOneIsReady() {
        has(A, 0, 2, 0);
        aim(NEWER_A, 2);
        assertThat(steps()).hasSize(2).containsOnly(new Start(NEWER_A, DEPLOYMENT, false));
        has(NEWER_A, 1, 1, 0);
        assertThat(steps()).isEmpty();

        has(NEWER_A, 0, 2, 0);

        assertThat(steps()).containsExactly(new Release(A, 2));
    }

    @Test
    void anEarlierVersionGoesWhereTheNewOneHasNoRoomOtherwise() {
        has(A, 0, 2, 0);
        aim(NEWER_A, 2);
        steps();

        upkeep.failed(NEWER_A, ProvisionedProblem.NO_MEMORY, now.toNanos());

        assertThat(steps()).containsExactly(new Release(A, 2));
    }

    @Test
    void anEarlierVersionGoesWhereTheNewOneCannotBeInitialised() {
        has(A, 0, 2, 0);
        aim(NEWER_A, 2);
        steps();

        upkeep.failed(NEWER_A, INIT_FAILURE, now.toNanos());

        assertThat(steps()).containsExactly(new Release(A, 2));
    }

    @Test
    void whatAnotherWorkerIsToTakeOverStaysUntilItIsReadyThere() {
        aim(A, 1);
        has(A, 0, 2, 0);
        assertThat(upkeep.steps(present, Set.of(FUNCTION_A), now.toNanos())).isEmpty();

        assertThat(steps()).containsExactly(new Release(A, 1));
    }

    @Test
    void failuresAreTriedAgainAfterPausesThatDouble() {
        aim(A, 3);
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 64, 120, 120, 120}) {
            upkeep.failed(A, INIT_FAILURE, now.toNanos());
            turn(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(steps()).isEmpty();
            turn(Duration.ofMillis(1));
            assertThat(steps()).containsExactly(new Start(A, DEPLOYMENT, false));
        }
    }

    @Test
    void afterAFailureOneIsTriedAloneUntilItIsReady() {
        aim(A, 5);
        has(A, 0, 1, 0);
        steps();
        upkeep.failed(A, INIT_FAILURE, now.toNanos());
        turn(Duration.ofSeconds(1));
        assertThat(steps()).hasSize(1);
        has(A, 1, 1, 0);
        assertThat(steps()).isEmpty();

        has(A, 0, 2, 0);

        assertThat(steps()).hasSize(3);
        assertThat(upkeep.problem(A)).isNull();
    }

    @Test
    void oneThatIsLostIsReplacedAtOnce() {
        aim(A, 2);
        has(A, 0, 1, 0);

        upkeep.lost(A, Duration.ofMinutes(1), now.toNanos());

        assertThat(steps()).containsExactly(new Start(A, DEPLOYMENT, false));
    }

    @Test
    void onesThatAreLostAgainAndAgainSoonAfterTheyWereReadyAreReplacedAfterPauses() {
        aim(A, 1);
        for (int seconds : new int[] {1, 2, 4, 8}) {
            has(A, 0, 1, 0);
            steps();
            has(A, 0, 0, 0);
            upkeep.lost(A, Duration.ofSeconds(5), now.toNanos());
            assertThat(steps()).isEmpty();
            turn(Duration.ofSeconds(seconds));
            assertThat(steps()).hasSize(1);
        }
        assertThat(upkeep.problem(A)).isEqualTo(ProvisionedProblem.KEEPS_ENDING);
    }

    @Test
    void aProblemIsToldAsLongAsItIsOne() {
        aim(A, 1);
        assertThat(upkeep.problem(A)).isNull();

        upkeep.failed(A, INIT_FAILURE, now.toNanos());
        assertThat(upkeep.problem(A)).isEqualTo(INIT_FAILURE);

        has(A, 0, 1, 0);
        steps();
        assertThat(upkeep.problem(A)).isNull();
    }

    @Test
    void missingMemoryIsAProblemOnlyWhereItLasts() {
        aim(A, 1);
        for (int i = 0; i < 3; i++) {
            upkeep.failed(A, ProvisionedProblem.NO_MEMORY, now.toNanos());
            assertThat(upkeep.problem(A)).isNull();
        }

        upkeep.failed(A, ProvisionedProblem.NO_MEMORY, now.toNanos());

        assertThat(upkeep.problem(A)).isEqualTo(ProvisionedProblem.NO_MEMORY);
    }

    @Test
    void troublesOfWhatIsNoLongerWantedAreForgotten() {
        aim(A, 1);
        upkeep.failed(A, INIT_FAILURE, now.toNanos());

        upkeep.aim(Map.of());
        aim(A, 1);

        assertThat(upkeep.problem(A)).isNull();
        assertThat(steps()).hasSize(1);
    }

    private void aim(EnvironmentKey key, int count) {
        upkeep.aim(Map.of(key, new Goal(DEPLOYMENT, count)));
    }

    private void has(EnvironmentKey key, int starting, int ready, int old) {
        present.put(key, new Count(starting, ready, old));
    }

    private void turn(Duration by) {
        now = now.plus(by);
    }

    private List<Step> steps() {
        return upkeep.steps(present, Set.of(), now.toNanos());
    }
}
