package io.kappa.worker.environment;

import io.kappa.contracts.function.RuntimeFamily;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.runtimes.InstalledRuntime;
import io.kappa.runtimes.RuntimeCatalogue;
import io.kappa.worker.code.UnpackedCode;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation.Failed;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation.Prepared;
import io.kappa.worker.log.EnvironmentLog;
import io.kappa.worker.runtimeapi.RuntimeApiEndpoint;
import io.kappa.worker.runtimeapi.RuntimeListener;
import io.kappa.worker.sandbox.Sandbox;
import io.kappa.worker.sandbox.SandboxSpec;
import io.kappa.worker.sandbox.Sandboxes;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
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
    private final LogSource logs;
    private final Executor blocking;

    /** Where functions' code comes from. */
    @FunctionalInterface
    public interface CodeSource {
        CompletionStage<UnpackedCode> unpacked(CodePackage code);
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
            LogSource logs,
            Executor blocking) {
        this.vertx = vertx;
        this.runtimes = runtimes;
        this.code = code;
        this.sandboxes = sandboxes;
        this.logs = logs;
        this.blocking = blocking;
    }

    Executor blocking() {
        return blocking;
    }

    @Override
    public void prepare(EnvironmentPlan plan, EventLoop loop, RuntimeListener listener, Consumer<Preparation> done) {
        var order = new Order(plan, loop, listener, done);
        var runtime = runtimes.find(plan.configuration().runtime());
        if (runtime.isEmpty()) {
            order.fail(Refusal.RUNTIME_UNAVAILABLE, null);
            return;
        }
        code.unpacked(plan.deployment().code()).whenComplete((unpacked, problem) -> {
            if (problem != null) {
                order.fail(Refusal.CODE_UNAVAILABLE, problem);
            } else {
                blocking.execute(() -> order.makeSandbox(runtime.get(), unpacked));
            }
        });
    }

    /** One environment on its way. Whatever fails gives back what was made before it. */
    private final class Order {
        private final EnvironmentPlan plan;
        private final EventLoop loop;
        private final RuntimeListener listener;
        private final Consumer<Preparation> done;

        Order(EnvironmentPlan plan, EventLoop loop, RuntimeListener listener, Consumer<Preparation> done) {
            this.plan = plan;
            this.loop = loop;
            this.listener = listener;
            this.done = done;
        }

        void makeSandbox(InstalledRuntime runtime, UnpackedCode unpacked) {
            var configuration = plan.configuration();
            var spec = new SandboxSpec(
                    plan.name().id(),
                    unpacked.directory(),
                    runtimes.directory(),
                    runtime.hostPaths(),
                    configuration.memoryMegabytes(),
                    configuration.ephemeralStorageMegabytes());
            try {
                var sandbox = sandboxes.create(spec);
                loop.execute(() -> openApi(runtime, unpacked, sandbox));
            } catch (IOException | RuntimeException e) {
                unpacked.close();
                // Another machine may manage what this one cannot.
                fail(Refusal.FULL, e);
            }
        }

        private void openApi(InstalledRuntime runtime, UnpackedCode unpacked, Sandbox sandbox) {
            RuntimeApiEndpoint.open(vertx, listener).onComplete(opened -> {
                if (opened.failed()) {
                    blocking.execute(() -> {
                        sandbox.close();
                        unpacked.close();
                        fail(Refusal.FULL, opened.cause());
                    });
                    return;
                }
                var name = plan.name();
                var log = logs.open(plan.key().version(), name.logGroup(), name.logStream());
                done.accept(new Prepared(
                        new Parts(sandbox, opened.result(), runtime, log, noEntrypoint(unpacked), unpacked::close)));
            });
        }

        /** Lambda looks into layers too; there are none yet, and the text names both places all the same. */
        private String noEntrypoint(UnpackedCode unpacked) {
            boolean ownBootstrap = plan.configuration().runtime().family() == RuntimeFamily.PROVIDED;
            return !ownBootstrap || Files.isRegularFile(unpacked.directory().resolve("bootstrap"))
                    ? ""
                    : "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]";
        }

        void fail(Refusal refusal, @Nullable Throwable cause) {
            LOG.atError()
                    .addKeyValue("function", plan.key().version())
                    .addKeyValue("refusal", refusal)
                    .setCause(cause)
                    .log("environment could not be prepared");
            loop.execute(() -> done.accept(new Failed(refusal)));
        }
    }
}
