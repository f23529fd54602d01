package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.access.encryption.LocalKeys;
import io.kappa.access.encryption.VariablesCipher;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.SnapStart;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.layer.FunctionLayer;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.Deployment;
import io.kappa.runtimes.InstalledRuntimes;
import io.kappa.runtimes.RuntimeCatalogue;
import io.kappa.runtimes.RuntimeSettings;
import io.kappa.worker.code.MergedPackages;
import io.kappa.worker.code.UnpackedCode;
import io.kappa.worker.log.EnvironmentLog;
import io.kappa.worker.sandbox.SandboxSettings;
import io.kappa.worker.sandbox.Sandboxes;
import io.kappa.worker.sandbox.SnapshotsHere;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.opentest4j.TestAbortedException;

/** This machine's own runtimes in its own sandboxes; only code and logs need no Kafka here. */
final class Machine implements AutoCloseable {
    /** Searched for once; what the search leaves in its directory is the build's to remove. */
    private static final RuntimeCatalogue RUNTIMES =
            new InstalledRuntimes(new RuntimeSettings(Path.of("target", "runtimes")));

    final Queue<String> log = new ConcurrentLinkedQueue<>();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final EnvironmentPool pool;
    final WarmPool warm;
    final RuntimeCatalogue runtimes = RUNTIMES;

    private final LocalKeys keys;
    private final Path directory;
    private final Vertx vertx = Vertx.vertx();
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final Sandboxes sandboxes;
    private final VertxEventLoops loops;
    private final MachineWorkshop workshop;
    private final AtomicInteger functions = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();

    /** What an invocation came to, with texts in place of bytes. */
    record Told(boolean error, String payload, String tail) {}

    /** One function and how it is run. */
    final class Function {
        private final VersionArn version;
        private final Deployment deployment;

        /** Where its package is unpacked. */
        Path code() {
            return directory.resolve(deployment.code().sha256());
        }

        private Function(VersionArn version, Deployment deployment) {
            this.version = version;
            this.deployment = deployment;
        }

        FunctionConfiguration configuration() {
            return deployment.configuration();
        }

        Told invoke(String payload) throws Exception {
            return invoke(payload, true);
        }

        Told invoke(String payload, boolean tail) throws Exception {
            return start(payload, tail).get(60, TimeUnit.SECONDS);
        }

        /** Published, and with SnapStart. */
        Function published() {
            var before = deployment.configuration();
            var configuration = new FunctionConfiguration(
                    before.runtime(),
                    before.role(),
                    before.handler(),
                    before.description(),
                    before.timeoutSeconds(),
                    512,
                    before.ephemeralStorageMegabytes(),
                    before.environment(),
                    before.architectures(),
                    before.logging(),
                    before.tracingMode(),
                    null,
                    null);
            return new Function(
                    new VersionArn(version.function(), new Version.Published(1)),
                    new Deployment(
                            1,
                            configuration.withLayers(before.layers()).withSnapStart(SnapStart.PublishedVersions),
                            deployment.code()));
        }

        SnapshotTaker.Outcome takeSnapshot() throws Exception {
            return new SnapshotTaker(workshop, loops, blocking)
                    .take(
                            key(),
                            deployment,
                            directory.resolve("snapshot-" + version.function().name()))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
        }

        void startProvisioned() {
            pool.startProvisioned(key(), deployment, false);
        }

        ProvisionedEnvironments.Count provisioned() {
            return pool.provisioned().getOrDefault(key(), ProvisionedEnvironments.Count.NONE);
        }

        EnvironmentKey key() {
            return new EnvironmentKey(version, deployment.generation());
        }

        CompletableFuture<Told> start(String payload, boolean tail) {
            var told = new CompletableFuture<Told>();
            var invocation = new Invocation(
                    "00000000-0000-0000-0000-%012d".formatted(requests.incrementAndGet()),
                    version.function() + ":live",
                    "Root=1-5e1b4151-5ac6c58f3a4b5c6d7e8f9012;Sampled=0",
                    "",
                    tail,
                    Buffer.buffer(payload));
            pool.invoke(key(), deployment, invocation, outcome -> told.complete(told(outcome)));
            return told;
        }
    }

    /** Without parked runtimes. Aborts the test where the machine has no such sandboxes. */
    static Machine open(Path directory, EnvironmentSettings settings, SandboxSettings.Kind kind) {
        return open(directory, settings, new WarmSettings(0, Duration.ZERO), kind);
    }

    static Machine open(Path directory, EnvironmentSettings settings, WarmSettings warm, SandboxSettings.Kind kind) {
        Sandboxes sandboxes;
        try {
            sandboxes = Sandboxes.open(
                    new SandboxSettings(kind, Optional.empty(), "kappa-test", 910_000, true, SnapshotsHere.CRIU),
                    directory.resolve("sandboxes"));
        } catch (IOException e) {
            throw new TestAbortedException("no sandboxes of kind " + kind + " here: " + e.getMessage());
        }
        return new Machine(directory, settings, warm, sandboxes);
    }

    private Machine(Path directory, EnvironmentSettings settings, WarmSettings warmSettings, Sandboxes sandboxes) {
        this.sandboxes = sandboxes;
        this.directory = directory;
        keys = LocalKeys.madeIn(directory.resolve("keys"), Clock.systemUTC());
        loops = VertxEventLoops.take(vertx, 2, Clock.systemUTC());
        warm = WarmPool.open(warmSettings, vertx, runtimes, sandboxes, loops, blocking, meters);
        workshop = new MachineWorkshop(
                vertx,
                runtimes,
                (packages, _) -> CompletableFuture.completedFuture(new Code(merged(packages))),
                sandboxes,
                warm,
                new VariablesCipher(keys),
                (_, _, _) -> new Log(),
                (_, _) -> {},
                blocking,
                meters);
        pool = EnvironmentPool.open(
                new EnvironmentPoolSettings(
                        8 * 1024, 32, Duration.ofMinutes(10), Duration.ofHours(2), new MemoryPressureSettings(0, 100)),
                settings,
                workshop,
                loops,
                _ -> true);
    }

    /**
     * A function of its own.
     *
     * @param files of the package, by name; {@code bootstrap} may be executed
     */
    Function function(RuntimeIdentifier runtime, String handler, int timeoutSeconds, Map<String, String> files)
            throws IOException {
        return function(runtime, handler, timeoutSeconds, files, Map.of("STAGE", "test"));
    }

    Function function(
            RuntimeIdentifier runtime,
            String handler,
            int timeoutSeconds,
            Map<String, String> files,
            Map<String, String> variables)
            throws IOException {
        return function(runtime, handler, timeoutSeconds, files, variables, List.of());
    }

    /** @param layers names of what {@link #layer} has made */
    Function function(
            RuntimeIdentifier runtime,
            String handler,
            int timeoutSeconds,
            Map<String, String> files,
            Map<String, String> variables,
            List<String> layers)
            throws IOException {
        var name = "f" + functions.incrementAndGet();
        write("code-" + name, files);
        var plain = new FunctionConfiguration(
                runtime,
                "arn:aws:iam::123456789012:role/r",
                handler,
                "",
                timeoutSeconds,
                128,
                512,
                variables,
                List.of("x86_64"),
                new LoggingConfiguration("Text", null, null, "/aws/lambda/" + name),
                "PassThrough",
                null,
                null);
        var configuration = plain.withLayers(layers.stream().map(Machine::layer).toList());
        var version = new VersionArn(
                new FunctionArn("us-east-1", "123456789012", new FunctionName(name)), new Version.Latest());
        return new Function(
                version, new Deployment(1, configuration, new CodePackage("code-" + name, "u", 1, 0, List.of(0L))));
    }

    /** The same function with its variables sealed, by the keys of this machine or by others. */
    Function sealed(Function plain, boolean byOthers) {
        var variables = plain.deployment.configuration().environment();
        var used = byOthers ? LocalKeys.madeIn(directory.resolve("other-keys"), Clock.systemUTC()) : keys;
        var sealed = new VariablesCipher(used).seal(plain.version.function(), variables);
        return new Function(
                plain.version,
                new Deployment(
                        byOthers ? 3 : 2,
                        plain.deployment.configuration().withEnvironment(sealed),
                        plain.deployment.code()));
    }

    /** Makes a layer of its own, for functions to name. All of its files may be executed. */
    void layer(String name, Map<String, String> files) throws IOException {
        write(name, files);
    }

    private static FunctionLayer layer(String name) {
        return new FunctionLayer(
                new LayerArn("us-east-1", "123456789012", name).version(1),
                new CodePackage(name, "u", 1, 0, List.of(0L)));
    }

    private void write(String packageName, Map<String, String> files) throws IOException {
        var root = Files.createDirectories(directory.resolve(packageName));
        for (var file : files.entrySet()) {
            var path = root.resolve(file.getKey());
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.writeString(path, file.getValue());
            if (!packageName.startsWith("code-") || file.getKey().equals("bootstrap")) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    /** Where packages are over one another. */
    private Path merged(List<CodePackage> packages) {
        var directories =
                packages.stream().map(code -> directory.resolve(code.sha256())).toList();
        return directories.size() == 1
                ? directories.getFirst()
                : MergedPackages.in(directory.resolve("merged-" + functions.incrementAndGet()), directories);
    }

    boolean takesSnapshots() {
        return sandboxes.images().isPresent();
    }

    void restoreFrom(SnapshotSource source) {
        workshop.restoreFrom(source);
    }

    int frozen() {
        return (int) meters.get("kappa.worker.frozen").gauge().value();
    }

    long thaws() {
        return meters.get("kappa.worker.thaw").timer().count();
    }

    /** Waits for what an environment is about to do. */
    void eventually(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static Told told(InvocationOutcome outcome) {
        return switch (outcome) {
            case InvocationOutcome.Result result ->
                new Told(false, result.payload().toString(), decoded(result.tail()));
            case InvocationOutcome.FunctionError error ->
                new Told(true, error.payload().toString(), decoded(error.tail()));
            case InvocationOutcome.Refused refused -> new Told(true, refused.toString(), "");
            case InvocationOutcome.Abandoned abandoned -> new Told(true, abandoned.toString(), "");
        };
    }

    private static String decoded(String tail) {
        return new String(Base64.getDecoder().decode(tail), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        pool.close();
        warm.close();
        sandboxes.close();
        blocking.close();
        vertx.close().await();
    }

    private record Code(Path directory) implements UnpackedCode {
        @Override
        public void close() {}
    }

    private final class Log implements EnvironmentLog {
        @Override
        public void line(long timeMillis, String requestId, String message) {
            log.add(message);
        }

        @Override
        public void close() {}
    }
}
