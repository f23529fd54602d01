package io.kappa.worker.provisioned;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.contracts.worker.WorkerStatus.Environments;
import io.kappa.testkit.TurnedClock;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.ProvisionedEnvironments.Count;
import io.kappa.worker.environment.ProvisionedProblem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProvisionedKeeperTest {
    private static final FunctionArn FUNCTION = new FunctionArn("us-east-1", "123456789012", new FunctionName("f"));
    private static final EnvironmentKey ONE = key(1);
    private static final EnvironmentKey TWO = key(2);
    private static final RecordCodec<RegistryRecord> RECORDS = RecordCodec.of(RegistryRecord.class);
    private static final RecordCodec<WorkerStatus> STATUSES = RecordCodec.of(WorkerStatus.class);

    private final TurnedClock clock = new TurnedClock(Instant.parse("2026-01-02T03:04:05Z"));
    private final RegistryView view = new RegistryView();
    private final List<Node> nodes = new ArrayList<>();
    private final Node w1 = new Node("w1");
    private final Node w2 = new Node("w2");
    private long sequence;

    /** A worker, whose environments do what the test says. */
    private final class Node {
        final String name;
        final FakeEnvironments environments = new FakeEnvironments();
        final ProvisionedKeeper keeper;
        int changes;
        boolean draining;

        Node(String name) {
            this.name = name;
            keeper = new ProvisionedKeeper(
                    name,
                    new ProvisionedSettings(100),
                    environments,
                    view::function,
                    clock,
                    () -> TimeUnit.MILLISECONDS.toNanos(clock.millis()),
                    new SimpleMeterRegistry());
            keeper.onChange(() -> changes++);
            nodes.add(this);
        }

        /** What there is, as the pool counts it. */
        private List<Environments> census() {
            return environments.provisioned().entrySet().stream()
                    .filter(entry -> entry.getValue().ready() > 0)
                    .map(entry -> new Environments(
                            entry.getKey().version(),
                            entry.getKey().generation(),
                            entry.getValue().ready(),
                            entry.getValue().ready(),
                            null))
                    .toList();
        }

        List<Environments> told() {
            return keeper.told(census());
        }

        void says() {
            var status = new WorkerStatus(
                    1,
                    name,
                    "127.0.0.1",
                    1,
                    1000,
                    0,
                    Set.of(RuntimeIdentifier.PYTHON3_12),
                    "process",
                    draining,
                    told());
            for (var node : nodes) {
                node.keeper.read(name, STATUSES.encode(status), clock.millis());
            }
        }

        void leaves() {
            for (var node : nodes) {
                node.keeper.read(name, null, clock.millis());
            }
        }

        int ready(EnvironmentKey key) {
            return environments.count(key).ready();
        }

        int starting(EnvironmentKey key) {
            return environments.count(key).starting();
        }
    }

    @BeforeEach
    void bothArePresent() {
        put(new FunctionRecord(FUNCTION, Map.of()));
        put(version(new Version.Latest(), 1));
        put(version(new Version.Published(1), 1));
        put(version(new Version.Published(2), 2));
        w1.says();
        w2.says();
    }

    @Test
    void everyWorkerStartsItsPartAndTogetherTheyKeepWhatIsAskedFor() {
        provision("1", 5);

        tick();

        assertThat(w1.starting(ONE)).isBetween(2, 3);
        assertThat(w2.starting(ONE)).isBetween(2, 3);
        assertThat(w1.starting(ONE) + w2.starting(ONE)).isEqualTo(5);
        settle();
        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(5);
    }

    @Test
    void aWorkerThatHasNotReadItsOwnStatusYetKeepsNothing() {
        var late = new Node("w3");
        late.keeper.review(FUNCTION);
        provision("1", 5);

        tick();

        assertThat(late.environments.living()).isZero();
    }

    @Test
    void whatIsProvisionedForAnAliasIsDividedAmongItsVersions() {
        put(alias(1, new AliasRecord.Additional(new Version.Published(2), 0.3)));
        provision("live", 10);

        settle();

        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(7);
        assertThat(w1.ready(TWO) + w2.ready(TWO)).isEqualTo(3);
    }

    @Test
    void anAliasThatMovesHasTheNewVersionReadyBeforeTheOldOneGoes() {
        // given
        put(alias(1, null));
        provision("live", 4);
        settle();
        // when
        put(alias(2, null));
        tick();
        // then
        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(4);
        w1.environments.becomeReady();
        report();
        tick();
        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(4);
        w2.environments.becomeReady();
        report();
        tick();
        assertThat(w1.ready(ONE) + w2.ready(ONE)).isZero();
        assertThat(w1.ready(TWO) + w2.ready(TWO)).isEqualTo(4);
    }

    @Test
    void whatIsWithdrawnIsReleased() {
        provision("1", 5);
        settle();

        remove(ProvisionedConcurrencyRecord.key(FUNCTION, "1"));
        tick();

        assertThat(w1.environments.living() + w2.environments.living()).isZero();
    }

    @Test
    void thePartOfAWorkerThatLeavesIsTakenOver() {
        provision("1", 5);
        settle();

        w1.leaves();
        w2.keeper.tick();

        assertThat(w2.starting(ONE) + w2.ready(ONE)).isEqualTo(5);
    }

    @Test
    void thePartOfAWorkerThatDrainsIsTakenOver() {
        provision("1", 5);
        settle();
        w1.draining = true;
        w1.says();

        tick();

        assertThat(w2.starting(ONE) + w2.ready(ONE)).isEqualTo(5);
    }

    @Test
    void thePartOfAWorkerThatIsSilentForTooLongIsTakenOver() {
        provision("1", 5);
        settle();
        clock.turn(Duration.ofMillis(WorkerStatus.STALE_AFTER_MILLIS - 1));
        w2.says();
        w2.keeper.tick();
        assertThat(w2.starting(ONE)).isZero();

        clock.turn(Duration.ofMillis(1));
        w2.keeper.tick();

        assertThat(w2.starting(ONE) + w2.ready(ONE)).isEqualTo(5);
    }

    @Test
    void aWorkerThatComesHasItsPartReadyBeforeOthersLetGoOfIt() {
        // given
        provision("1", 6);
        settle();
        var w3 = new Node("w3");
        w3.keeper.review(FUNCTION);
        // when
        report();
        tick();
        // then
        assertThat(w3.starting(ONE)).isEqualTo(2);
        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(6);
        w3.environments.becomeReady();
        report();
        tick();
        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(4);
    }

    @Test
    void whatFitsNowhereIsToldByOneWorkerAlone() {
        provision("1", 50);

        settle();

        assertThat(w1.ready(ONE) + w2.ready(ONE)).isEqualTo(12);
        assertThat(problems()).containsExactly("INSUFFICIENT_MEMORY");
    }

    @Test
    void anInitThatFailsIsToldUntilOneSucceeds() {
        // given
        provision("1", 1);
        tick();
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
        clock.turn(Duration.ofSeconds(1));
        settle();
        assertThat(node.told()).containsExactly(new Environments(ONE.version(), 1, 1, 1, null));
        assertThat(node.changes).isEqualTo(changes + 2);
    }

    @Test
    void oneThatIsLostIsReplaced() {
        provision("1", 4);
        settle();

        w1.environments.lose(ONE, Duration.ofHours(1));
        tick();

        assertThat(w1.environments.count(ONE)).isEqualTo(new Count(1, 1, 0));
    }

    @Test
    void aVersionThatIsGoneIsNotWanted() {
        provision("1", 4);
        provision("2", 2);
        settle();

        remove(ONE.version().toString());
        tick();

        assertThat(w1.ready(ONE) + w2.ready(ONE)).isZero();
        assertThat(w1.ready(TWO) + w2.ready(TWO)).isEqualTo(2);
    }

    private List<String> problems() {
        return nodes.stream()
                .flatMap(node -> node.told().stream())
                .map(Environments::problem)
                .filter(problem -> problem != null)
                .toList();
    }

    private void tick() {
        nodes.forEach(node -> node.keeper.tick());
    }

    private void report() {
        nodes.forEach(Node::says);
    }

    private void settle() {
        for (int i = 0; i < 3; i++) {
            tick();
            nodes.forEach(node -> node.environments.becomeReady());
            report();
        }
        tick();
    }

    private void provision(String qualifier, int count) {
        put(new ProvisionedConcurrencyRecord(FUNCTION, qualifier, count, clock.instant()));
    }

    private static AliasRecord alias(long version, AliasRecord.@Nullable Additional additional) {
        return new AliasRecord(FUNCTION, "live", new Version.Published(version), "", additional, "r");
    }

    private static VersionRecord version(Version version, long generation) {
        var deployment = Deployments.deployment(128);
        return new VersionRecord(
                new VersionArn(FUNCTION, version),
                new Deployment(generation, deployment.configuration(), deployment.code()),
                null,
                Instant.EPOCH,
                "r",
                VersionRecord.State.ACTIVE,
                VersionRecord.LastUpdate.SUCCESSFUL);
    }

    private static EnvironmentKey key(long version) {
        return new EnvironmentKey(new VersionArn(FUNCTION, new Version.Published(version)), version);
    }

    private void put(RegistryRecord record) {
        view.apply(record.key(), RECORDS.encode(record), ++sequence);
        nodes.forEach(node -> node.keeper.review(FUNCTION));
    }

    private void remove(String key) {
        view.apply(key, null, ++sequence);
        nodes.forEach(node -> node.keeper.review(FUNCTION));
    }
}
