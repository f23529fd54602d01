package io.kappa.worker.environment;

import io.kappa.access.encryption.SealedException;
import io.kappa.access.encryption.VariablesCipher;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.SealedVariables;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.layer.FunctionLayer;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.ContainerImage;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.runtimes.InstalledRuntime;
import io.kappa.runtimes.RuntimeCatalogue;
import io.kappa.worker.code.UnpackedCode;
import io.kappa.worker.code.UnpackedImage;
import io.kappa.worker.environment.EnvironmentPool.EnvironmentMaker;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation.Failed;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation.Prepared;
import io.kappa.worker.extension.ExtensionCalls;
import io.kappa.worker.extension.ExtensionFiles;
import io.kappa.worker.log.EnvironmentLog;
import io.kappa.worker.runtimeapi.RuntimeApi;
import io.kappa.worker.runtimeapi.RuntimeApiEndpoint;
import io.kappa.worker.runtimeapi.RuntimeListener;
import io.kappa.worker.sandbox.Sandbox;
import io.kappa.worker.sandbox.SandboxImage;
import io.kappa.worker.sandbox.SandboxSpec;
import io.kappa.worker.sandbox.SandboxSpec.Snapshots;
import io.kappa.worker.sandbox.Sandboxes;
import io.kappa.worker.telemetry.VertxTelemetryTransport;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes environments out of what this machine has: its runtimes, its sandboxes, its copy of the functions' code. */
public final class MachineWorkshop implements EnvironmentWorkshop {
    private static final Logger LOG = LoggerFactory.getLogger(MachineWorkshop.class);

    private final Vertx vertx;
    private final RuntimeCatalogue runtimes;
    private final CodeSource code;
    private final Sandboxes sandboxes;
    private final WarmPool warm;
    private final VariablesCipher variables;
    private final LogSource logs;
    private final Executor blocking;
    private final EnvironmentMetrics metrics;
    private final UseMeter meter;
    private volatile SnapshotSource snapshots = new NoSnapshots();
    private volatile @Nullable ImageSource images;

    /** Where functions' code and layers come from. */
    @FunctionalInterface
    public interface CodeSource {
        /**
         * Packages over one another in one directory, the later ones on top.
         *
         * @param mountPoints directories that are there besides: paths below the directory
         */
        CompletionStage<UnpackedCode> merged(List<CodePackage> packages, List<Path> mountPoints);
    }

    /** Where container images come from. */
    @FunctionalInterface
    public interface ImageSource {
        CompletionStage<UnpackedCode> unpacked(ContainerImage image);
    }

    /** Where an environment's lines go. */
    @FunctionalInterface
    public interface LogSource {
        EnvironmentLog open(VersionArn version, String logGroup, String logStream);
    }

    /** @param blocking runs what takes its time: making, starting and removing sandboxes */
    public MachineWorkshop(
            Vertx vertx,
            RuntimeCatalogue runtimes,
            CodeSource code,
            Sandboxes sandboxes,
            WarmPool warm,
            VariablesCipher variables,
            LogSource logs,
            UseMeter meter,
            Executor blocking,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.runtimes = runtimes;
        this.code = code;
        this.sandboxes = sandboxes;
        this.warm = warm;
        this.variables = variables;
        this.logs = logs;
        this.meter = meter;
        this.blocking = blocking;
        this.metrics = new EnvironmentMetrics(registry);
    }

    /** What is counted about the environments that are made here. Of gauges a registry keeps the first, so there is one of these. */
    EnvironmentMetrics metrics() {
        return metrics;
    }

    /** Sets where snapshots come from. To be called before anything is made. */
    public void restoreFrom(SnapshotSource source) {
        snapshots = source;
    }

    /** Sets where container images come from, without which none are run. To be called before anything is made. */
    public void runImages(ImageSource source) {
        images = source;
    }

    EnvironmentMaker maker(VertxEventLoops loops, EnvironmentSettings settings) {
        return (key, deployment, type, owner) -> {
            var kind = key.restorable(deployment) && type == InitializationType.ON_DEMAND
                    ? InitializationType.SNAP_START
                    : type;
            var parked = kind == InitializationType.SNAP_START || deployment.code() instanceof ContainerImage
                    ? null
                    : warm.take(deployment.configuration());
            var loop = parked == null ? loops.next() : parked.loop();
            var logGroup = deployment.configuration().logging().logGroup();
            var now = Instant.ofEpochMilli(loop.currentTimeMillis());
            var name = parked == null
                    ? EnvironmentName.make(key.version(), logGroup, now)
                    : EnvironmentName.of(parked.id(), key.version(), logGroup, now);
            var plan = new EnvironmentPlan(key, deployment, name, kind, parked);
            return new Environment(plan, loop, this, blocking, settings, owner, metrics, meter);
        };
    }

    PoolTime time() {
        return PoolTime.of(vertx);
    }

    @Override
    public void prepare(EnvironmentPlan plan, EventLoop loop, RuntimeListener listener, Consumer<Preparation> done) {
        warm.preparing();
        var order = new Order(plan, loop, listener, preparation -> {
            warm.prepared();
            done.accept(preparation);
        });
        switch (plan.deployment().code()) {
            case CodePackage stored ->
                files(stored, plan.configuration()).whenComplete((files, problem) -> {
                    if (problem != null) {
                        withdraw(plan);
                        order.fail(Refusal.CODE_UNAVAILABLE, problem);
                    } else {
                        order.took(StartPhase.CODE);
                        blocking.execute(() -> order.fill(files));
                    }
                });
            case ContainerImage image -> prepare(order, image);
        }
    }

    private void prepare(Order order, ContainerImage image) {
        var source = images;
        if (source == null) {
            order.fail(Refusal.RUNTIME_UNAVAILABLE, null);
            return;
        }
        source.unpacked(image).whenComplete((unpacked, problem) -> {
            if (problem != null) {
                order.fail(Refusal.IMAGE_UNAVAILABLE, problem);
            } else {
                order.took(StartPhase.CODE);
                blocking.execute(() -> order.fill(new FunctionFiles(unpacked, null), image));
            }
        });
    }

    private CompletionStage<FunctionFiles> files(CodePackage stored, FunctionConfiguration configuration) {
        var unpacked = code.merged(List.of(stored), List.of());
        var layers = configuration.layers();
        if (layers.isEmpty()) {
            return unpacked.thenApply(itsCode -> new FunctionFiles(itsCode, null));
        }
        var merged = CompletableFuture.supplyAsync(() -> mountPoints(configuration), blocking)
                .thenCompose(points ->
                        code.merged(layers.stream().map(FunctionLayer::code).toList(), points));
        return unpacked.thenCombine(merged, FunctionFiles::new).whenComplete((_, problem) -> {
            if (problem != null) { // What came all the same is not wanted any more.
                var _ = unpacked.thenAccept(UnpackedCode::close);
                var _ = merged.thenAccept(UnpackedCode::close);
            }
        });
    }

    /** Where below the root of layers a runtime's interpreter lives, if it does. */
    private List<Path> mountPoints(FunctionConfiguration configuration) {
        var root = Path.of(Sandbox.Layout.LAYERS);
        return runtime(configuration).stream()
                .flatMap(found -> found.hostPaths().stream())
                .filter(path -> path.startsWith(root) && !path.equals(root))
                .map(root::relativize)
                .toList();
    }

    private Optional<InstalledRuntime> runtime(FunctionConfiguration configuration) {
        return Optional.ofNullable(configuration.runtime()).flatMap(runtimes::find);
    }

    @Override
    public void withdraw(EnvironmentPlan plan) {
        if (plan.parked() != null) {
            warm.giveBack(plan.parked());
        }
    }

    private static Refusal refusal(SealedException sealed) {
        return switch (sealed.why()) {
            case KEY_NOT_FOUND -> Refusal.KEY_NOT_FOUND;
            case NOT_AUTHENTIC -> Refusal.KEY_INVALID;
        };
    }

    private static final class NoSnapshots implements SnapshotSource {
        @Override
        public Optional<SandboxImage> find(EnvironmentKey key, Deployment deployment) {
            return Optional.empty();
        }

        @Override
        public void discard(EnvironmentKey key, SandboxImage image) {}
    }

    /** A parked runtime whose way to its function is measured. */
    private record Awaited(ParkedRuntime parked, long sinceNanos, EventLoop loop, WarmPool warm)
            implements WaitingRuntime {
        @Override
        public CompletionStage<Sandbox.Exit> exit() {
            return parked.exit();
        }

        @Override
        public boolean assign(Map<String, String> environment, Sandbox.Output output) {
            boolean told = parked.assign(environment, output);
            if (told) {
                warm.assigned(loop.nanoTime() - sinceNanos);
            }
            return told;
        }
    }

    /** One environment on its way. Whatever fails gives back what was made before it. */
    private final class Order {
        private EnvironmentPlan plan; // With its variables opened before anything is made of it.
        private final EventLoop loop;
        private final RuntimeListener listener;
        private final Consumer<Preparation> done;
        private final long sinceNanos;
        private long lastNanos;

        Order(EnvironmentPlan plan, EventLoop loop, RuntimeListener listener, Consumer<Preparation> done) {
            this.plan = plan;
            this.loop = loop;
            this.listener = listener;
            this.done = done;
            this.sinceNanos = loop.nanoTime();
            this.lastNanos = sinceNanos;
        }

        /** To be called as one phase ends and the next begins. */
        void took(StartPhase phase) {
            long now = loop.nanoTime();
            metrics.took(phase, now - lastNanos);
            lastNanos = now;
        }

        /** Finds the runtime, which may still be searched for, and makes the sandbox. */
        void fill(FunctionFiles files) {
            var runtime = runtime(plan.configuration());
            if (runtime.isEmpty()) {
                files.close();
                withdraw(plan);
                fail(Refusal.RUNTIME_UNAVAILABLE, null);
                return;
            }
            warm.learn(plan.configuration(), runtime.get());
            var sealed = plan.configuration().sealedEnvironment();
            if (!openVariables(files)) {
                return;
            }
            try {
                var parked = plan.parked();
                var extensions = ExtensionFiles.names(files.layersDirectory(), SandboxSpec.EXTENSIONS);
                if (parked != null && !extensions.isEmpty()) {
                    // Its container would not outlive it, as that of extensions has to.
                    warm.unsuited(parked, plan.configuration().layers());
                    fill(files, runtime.get());
                } else if (parked == null
                        || !suits(parked, runtime.get(), sealed)
                        || !assign(parked, files, runtime.get())) {
                    fill(files, runtime.get());
                }
            } catch (IOException | RuntimeException e) {
                files.close();
                fail(Refusal.FULL, e); // Another machine may manage what this one cannot.
            }
        }

        /** Makes the sandbox of a container image. */
        void fill(FunctionFiles files, ContainerImage image) {
            if (!openVariables(files)) {
                return;
            }
            var configuration = plan.configuration();
            try {
                var unpacked = UnpackedImage.read(files.code().directory());
                var start = ImageStart.of(unpacked, configuration.image(), configuration.environment());
                var sandbox = sandboxes.create(SandboxSpec.of(
                        plan.name().id(),
                        new SandboxSpec.Image(unpacked.root(), start.workingDirectory()),
                        configuration.memoryMegabytes(),
                        configuration.ephemeralStorageMegabytes()));
                loop.execute(() -> openApi(files, sandbox, api -> parts(files, sandbox, api, image, start)));
            } catch (IOException | RuntimeException e) {
                files.close();
                fail(Refusal.FULL, e); // Another machine may manage what this one cannot.
            }
        }

        /** Where that fails, all is over. */
        private boolean openVariables(FunctionFiles files) {
            try {
                plan = plan.withVariables(variables.open(plan.key().version().function(), plan.configuration()));
                return true;
            } catch (SealedException e) {
                files.close();
                withdraw(plan);
                fail(refusal(e), e);
                return false;
            }
        }

        /** Whether a parked runtime does for the variables, which nobody knew when it was taken. Where not, it is gone. */
        private boolean suits(ParkedRuntime parked, InstalledRuntime runtime, @Nullable SealedVariables sealed) {
            if (sealed == null
                    || runtime.parking()
                            .filter(parking ->
                                    parking.allows(plan.configuration().environment()))
                            .isPresent()) {
                return true;
            }
            warm.unsuited(parked, sealed);
            return false;
        }

        /** Makes a parked sandbox the function's; where that fails, nothing is left of it. */
        private boolean assign(ParkedRuntime parked, FunctionFiles files, InstalledRuntime runtime) {
            var sandbox = parked.sandbox();
            InstalledRuntime.Start start;
            try {
                sandbox.assign(
                        files.code().directory(),
                        files.layersDirectory(),
                        plan.configuration().memoryMegabytes());
                start = start(runtime, sandbox);
            } catch (IOException | RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("environmentId", parked.id())
                        .setCause(e)
                        .log("a parked sandbox could not be assigned; another is made");
                parked.close();
                return false;
            }
            loop.execute(() -> {
                took(StartPhase.SANDBOX);
                parked.api().belongTo(listener);
                var waiting = new Awaited(parked, sinceNanos, loop, warm);
                done.accept(
                        new Prepared(parts(files, sandbox, parked.api(), runtime, start, waiting, Optional.empty())));
            });
            return true;
        }

        private InstalledRuntime.Start start(InstalledRuntime runtime, Sandbox sandbox) {
            var configuration = plan.configuration();
            var layout = sandbox.layout();
            return runtime.commandLine()
                    .start(
                            layout.taskRoot(),
                            layout.runtimeRoot(),
                            layout.layers(),
                            configuration.memoryMegabytes(),
                            Objects.requireNonNullElse(configuration.handler(), ""),
                            configuration.environment());
        }

        private void fill(FunctionFiles files, InstalledRuntime runtime) throws IOException {
            var configuration = plan.configuration();
            var image = plan.type() == InitializationType.SNAP_START && !plan.snapshot()
                    ? snapshots.find(plan.key(), plan.deployment())
                    : Optional.<SandboxImage>empty();
            var sandbox = sandboxes.create(new SandboxSpec(
                    plan.name().id(),
                    files.code().directory(),
                    files.layersDirectory(),
                    runtimes.directory(),
                    runtime.hostPaths(),
                    configuration.memoryMegabytes(),
                    configuration.ephemeralStorageMegabytes(),
                    plan.snapshot()
                            ? new Snapshots.Taken()
                            : image.<Snapshots>map(Snapshots.Restored::new).orElseGet(Snapshots.None::new)));
            var start = start(runtime, sandbox);
            loop.execute(() -> openApi(files, sandbox, api -> parts(files, sandbox, api, runtime, start, null, image)));
        }

        private void openApi(FunctionFiles files, Sandbox sandbox, Function<RuntimeApi, Parts> parts) {
            RuntimeApiEndpoint.open(vertx, listener).onComplete(opened -> {
                if (opened.failed()) {
                    blocking.execute(() -> {
                        sandbox.close();
                        files.close();
                        fail(Refusal.FULL, opened.cause());
                    });
                    return;
                }
                took(StartPhase.SANDBOX);
                var api = opened.result();
                api.snapshots(
                        plan.snapshot()
                                ? new RuntimeApi.Snapshots.Taken(Sandbox.RESTORED)
                                : plan.type() == InitializationType.SNAP_START
                                        ? new RuntimeApi.Snapshots.Passed()
                                        : new RuntimeApi.Snapshots.Refused());
                done.accept(new Prepared(parts.apply(api)));
            });
        }

        private Parts parts(
                FunctionFiles files,
                Sandbox sandbox,
                RuntimeApi api,
                InstalledRuntime runtime,
                InstalledRuntime.Start start,
                @Nullable WaitingRuntime waiting,
                Optional<SandboxImage> image) {
            var layout = sandbox.layout();
            var entrypoint = start.entrypoints().stream()
                    .filter(candidate -> start.entrypoints().size() == 1 || exists(candidate, layout, files))
                    .findFirst();
            var variables = EnvironmentVariables.of(
                    plan, layout, start.environment(), runtime.executionEnvironment(), api.address());
            var extensions = extensions(files, sandbox, variables);
            var name = plan.name();
            return new Parts(
                    sandbox,
                    api,
                    runtime.version(),
                    new RuntimeProcess.Start(
                            entrypoint.map(start::with).orElse(start).command(),
                            variables,
                            image.isPresent() ? Map.of(EnvironmentVariables.RUNTIME_API, api.address()) : null),
                    logs.open(plan.key().version(), name.logGroup(), name.logStream()),
                    entrypoint.isPresent()
                            ? null
                            : new RuntimeFailure.NoEntrypoint(noEntrypoint(start.entrypoints(), layout)),
                    files::close,
                    waiting,
                    extensions,
                    () -> image.ifPresent(found -> snapshots.discard(plan.key(), found)));
        }

        private Parts parts(
                FunctionFiles files, Sandbox sandbox, RuntimeApi api, ContainerImage image, ImageStart start) {
            var name = plan.name();
            var variables = EnvironmentVariables.of(plan, sandbox.layout(), start.environment(), "", api.address());
            return new Parts(
                    sandbox,
                    api,
                    "image:" + image.sha256(),
                    new RuntimeProcess.Start(start.command(), variables),
                    logs.open(plan.key().version(), name.logGroup(), name.logStream()),
                    start.failure(),
                    files::close,
                    null,
                    extensions(files, sandbox, variables),
                    () -> {});
        }

        private Extensions extensions(FunctionFiles files, Sandbox sandbox, Map<String, String> variables) {
            var version = plan.key().version();
            var names = ExtensionFiles.names(files.layersDirectory(), SandboxSpec.EXTENSIONS);
            var directory = sandbox.layout().layers() + "/" + SandboxSpec.EXTENSIONS + "/";
            return new Extensions(
                    names.stream()
                            .map(name -> new Extensions.External(name, directory + name))
                            .toList(),
                    names.isEmpty() ? Map.of() : EnvironmentVariables.ofExtensions(variables),
                    new ExtensionCalls.Function(
                            version.function().name().value(),
                            version.version().toString(),
                            Objects.requireNonNullElse(plan.configuration().handler(), ""),
                            version.function().account()),
                    new VertxTelemetryTransport(vertx, sandbox.listenerHost()));
        }

        /** Whether the process will find it. All that it can find is in the function's package and its layers. */
        private static boolean exists(String entrypoint, Sandbox.Layout layout, FunctionFiles files) {
            return exists(entrypoint, layout.taskRoot(), files.code().directory())
                    || exists(entrypoint, layout.layers(), files.layersDirectory());
        }

        private static boolean exists(String entrypoint, String root, @Nullable Path directory) {
            return directory != null
                    && entrypoint.startsWith(root + "/")
                    && Files.isRegularFile(directory.resolve(entrypoint.substring(root.length() + 1)));
        }

        private static String noEntrypoint(List<String> entrypoints, Sandbox.Layout layout) {
            return entrypoints.stream()
                    .map(entrypoint -> entrypoint // Lambda's own words.
                            .replace(layout.taskRoot() + "/", "/var/task/")
                            .replace(layout.layers() + "/", Sandbox.Layout.LAYERS + "/"))
                    .collect(Collectors.joining(" ", "Couldn't find valid bootstrap(s): [", "]"));
        }

        void fail(Refusal refusal, @Nullable Throwable cause) {
            LOG.atWarn()
                    .addKeyValue("function", plan.key().version())
                    .addKeyValue("refusal", refusal)
                    .setCause(cause)
                    .log("environment could not be prepared");
            loop.execute(() -> done.accept(new Failed(refusal)));
        }
    }
}
