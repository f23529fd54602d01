package io.kappa.worker;

import io.kappa.access.encryption.EncryptionSettings;
import io.kappa.access.image.ImageSettings;
import io.kappa.contracts.function.RuntimeFamily;
import io.kappa.kit.settings.Settings;
import io.kappa.worker.code.CodeCacheSettings;
import io.kappa.worker.environment.EnvironmentPoolSettings;
import io.kappa.worker.environment.EnvironmentSettings;
import io.kappa.worker.environment.ReadinessSettings;
import io.kappa.worker.environment.WarmSettings;
import io.kappa.worker.provisioned.ProvisionedSettings;
import io.kappa.worker.sandbox.SandboxSettings;
import io.kappa.worker.snapshot.SnapshotSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a worker node may be told.
 *
 * @param id name of the node, unique in the cluster; otherwise one is made up and kept in the directory
 * @param host address to listen on for routers
 * @param port to listen on; 0 takes a free one
 * @param advertisedHost where routers reach the node, if not at {@code host}
 * @param directory of this node's own on this machine: code, sandboxes, and its name
 * @param interpreters of languages, where none shall be searched for on the machine
 * @param drainTimeout how long a stopping node waits for invocations that run; the longest that Lambda knows are 15 minutes
 */
public record WorkerNodeSettings(
        Optional<String> id,
        String host,
        int port,
        Optional<String> advertisedHost,
        Path directory,
        Map<RuntimeFamily, Path> interpreters,
        Duration drainTimeout,
        EnvironmentPoolSettings pool,
        ReadinessSettings readiness,
        EnvironmentSettings environment,
        ProvisionedSettings provisioned,
        SandboxSettings sandbox,
        CodeCacheSettings code,
        WarmSettings warm,
        SnapshotSettings snapshots,
        EncryptionSettings encryption,
        ImageSettings images) {

    /** More than a node has sandboxes. */
    private static final int USERS = 10_000;

    public WorkerNodeSettings {
        interpreters = Map.copyOf(interpreters);
    }

    /**
     * Settings of several nodes beside one another in one process. The first keeps name, port and directory; the others have {@code -2} and
     * so on behind name and directory, ports that count up unless any free one is taken, and users of their own for sandboxes. All have an
     * equal share of the memory.
     */
    public List<WorkerNodeSettings> divided(int count) {
        var share = pool.withMemory(pool.memoryMegabytes() / count);
        return IntStream.range(0, count)
                .mapToObj(before -> new WorkerNodeSettings(
                        id.map(name -> numbered(name, before)),
                        host,
                        port == 0 ? 0 : port + before,
                        advertisedHost,
                        directory.resolveSibling(numbered(String.valueOf(directory.getFileName()), before)),
                        interpreters,
                        drainTimeout,
                        share,
                        new ReadinessSettings(readiness.memoryMegabytes() / count),
                        environment,
                        provisioned,
                        sandbox.withFirstUid(sandbox.firstUid() + before * USERS),
                        code,
                        new WarmSettings(warm.memoryMegabytes() / count, warm.keep()),
                        new SnapshotSettings(snapshots.cacheMegabytes() / count),
                        encryption,
                        images))
                .toList();
    }

    private static String numbered(String name, int before) {
        return before == 0 ? name : name + "-" + (before + 1);
    }

    private static Map<RuntimeFamily, Path> interpreters(Settings settings) {
        var chosen = new EnumMap<RuntimeFamily, Path>(RuntimeFamily.class);
        for (var family : List.of(RuntimeFamily.PYTHON, RuntimeFamily.NODEJS, RuntimeFamily.JAVA, RuntimeFamily.RUBY)) {
            settings.text("worker.interpreter." + family.name().toLowerCase(Locale.ROOT))
                    .ifPresent(path -> chosen.put(family, Path.of(path)));
        }
        return chosen;
    }

    /** Where routers are told to reach the node: an address that means every interface is no place to go to. */
    String reachableHost() {
        return advertisedHost.orElseGet(
                () -> host.equals("0.0.0.0") || host.equals("::") ? WorkerDirectory.hostName() : host);
    }

    public static WorkerNodeSettings from(Settings settings) {
        var pool = EnvironmentPoolSettings.from(settings);
        return new WorkerNodeSettings(
                settings.text("worker.id"),
                settings.text("worker.host", "127.0.0.1"),
                settings.port("worker.port", 0),
                settings.text("worker.advertised-host"),
                Path.of(settings.text("worker.directory", "kappa-worker")),
                interpreters(settings),
                settings.duration("worker.drain-timeout", Duration.ofMinutes(15)),
                pool,
                ReadinessSettings.from(settings, pool.memoryMegabytes()),
                EnvironmentSettings.from(settings),
                ProvisionedSettings.from(settings),
                SandboxSettings.from(settings),
                CodeCacheSettings.from(settings),
                WarmSettings.from(settings),
                SnapshotSettings.from(settings),
                EncryptionSettings.from(settings),
                ImageSettings.from(settings));
    }
}
