package io.kappa.worker.provisioned;

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
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Workers with a keeper each, whose registry is one and whose environments do what the test says. The function has two versions. */
final class KeeperCluster {
    static final FunctionArn FUNCTION = new FunctionArn("us-east-1", "123456789012", new FunctionName("f"));

    private static final RecordCodec<RegistryRecord> RECORDS = RecordCodec.of(RegistryRecord.class);
    private static final RecordCodec<WorkerStatus> STATUSES = RecordCodec.of(WorkerStatus.class);

    final TurnedClock clock = new TurnedClock(Instant.parse("2026-01-02T03:04:05Z"));
    final List<Node> nodes = new ArrayList<>();
    private final RegistryView view = new RegistryView();
    private final Map<String, byte[]> statuses = new LinkedHashMap<>();
    private long sequence;

    KeeperCluster() {
        put(new FunctionRecord(FUNCTION, Map.of()));
        put(version(new Version.Latest(), 1));
        put(version(new Version.Published(1), 1));
        put(version(new Version.Published(2), 2));
    }

    final class Node {
        final String name;
        final FakeEnvironments environments = new FakeEnvironments();
        final ProvisionedKeeper keeper;
        int changes;
        boolean draining;

        private Node(String name) {
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
            keeper.review(FUNCTION);
            statuses.forEach((worker, status) -> keeper.read(worker, status, clock.millis()));
        }

        List<Environments> told() {
            return keeper.told(census());
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

        void says() {
            var said = STATUSES.encode(new WorkerStatus(
                    1,
                    name,
                    "127.0.0.1",
                    1,
                    1000,
                    0,
                    Set.of(RuntimeIdentifier.PYTHON3_12),
                    "process",
                    draining,
                    told()));
            statuses.put(name, said);
            nodes.forEach(node -> node.keeper.read(name, said, clock.millis()));
        }

        void leaves() {
            nodes.remove(this);
            statuses.remove(name);
            nodes.forEach(node -> node.keeper.read(name, null, clock.millis()));
        }

        int ready(EnvironmentKey key) {
            return environments.count(key).ready();
        }

        int starting(EnvironmentKey key) {
            return environments.count(key).starting();
        }
    }

    /** A worker that has not said anything yet. */
    Node join(String name) {
        var node = new Node(name);
        nodes.add(node);
        return node;
    }

    int ready(EnvironmentKey key) {
        return nodes.stream().mapToInt(node -> node.ready(key)).sum();
    }

    List<String> problems() {
        var problems = new ArrayList<String>();
        for (var node : nodes) {
            for (var one : node.told()) {
                if (one.problem() != null) {
                    problems.add(one.problem());
                }
            }
        }
        return problems;
    }

    void tick() {
        nodes.forEach(node -> node.keeper.tick());
    }

    void report() {
        nodes.forEach(Node::says);
    }

    /** Lets everything begun succeed, and be known. */
    void settle() {
        for (int i = 0; i < 3; i++) {
            tick();
            nodes.forEach(node -> node.environments.becomeReady());
            report();
        }
        tick();
    }

    void provision(String qualifier, int count) {
        put(new ProvisionedConcurrencyRecord(FUNCTION, qualifier, count, clock.instant()));
    }

    void withdraw(String qualifier) {
        remove(ProvisionedConcurrencyRecord.key(FUNCTION, qualifier));
    }

    void point(long version, AliasRecord.@Nullable Additional additional) {
        put(new AliasRecord(FUNCTION, "live", new Version.Published(version), "", additional, "r"));
    }

    static EnvironmentKey key(long version) {
        return new EnvironmentKey(new VersionArn(FUNCTION, new Version.Published(version)), version);
    }

    void remove(String key) {
        view.apply(key, null, ++sequence);
        nodes.forEach(node -> node.keeper.review(FUNCTION));
    }

    private void put(RegistryRecord record) {
        view.apply(record.key(), RECORDS.encode(record), ++sequence);
        nodes.forEach(node -> node.keeper.review(FUNCTION));
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
}
