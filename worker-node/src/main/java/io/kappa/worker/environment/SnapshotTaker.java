package io.kappa.worker.environment;

import io.kappa.contracts.registry.Deployment;
import io.kappa.worker.environment.EnvironmentWorkshop.Parts;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation;
import io.kappa.worker.environment.PlatformLines.InitPhase;
import io.kappa.worker.extension.ExtensionApi;
import io.kappa.worker.runtimeapi.PartDemand;
import io.kappa.worker.runtimeapi.ReportedError;
import io.kappa.worker.runtimeapi.RuntimeListener;
import io.kappa.worker.sandbox.Sandbox.Exit;
import io.kappa.worker.sandbox.SandboxImage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Takes snapshots of versions: initialises an environment that no invocation gets, and has what runs in it written down. */
public final class SnapshotTaker {
    private final MachineWorkshop workshop;
    private final VertxEventLoops loops;
    private final Executor blocking;

    /** What came of it. */
    public sealed interface Outcome {
        record Taken(SandboxImage image) implements Outcome {}

        /**
         * The function's own init, or a hook of its, has failed.
         *
         * @param type of the error, as the platform's log names it
         */
        record FunctionFailed(String type, String message) implements Outcome {}

        /** This machine cannot do it. */
        record NotTaken(String reason) implements Outcome {}
    }

    public SnapshotTaker(MachineWorkshop workshop, VertxEventLoops loops, Executor blocking) {
        this.workshop = workshop;
        this.loops = loops;
        this.blocking = blocking;
    }

    /**
     * Takes one.
     *
     * @param directory to be made for it
     */
    public CompletionStage<Outcome> take(EnvironmentKey key, Deployment deployment, Path directory) {
        var loop = loops.next();
        var logGroup = deployment.configuration().logging().logGroup();
        var name = EnvironmentName.make(key.version(), logGroup, Instant.ofEpochMilli(loop.currentTimeMillis()));
        var plan = new EnvironmentPlan(key, deployment, name, InitializationType.SNAP_START, null, true);
        var taking = new Taking(plan, loop, directory);
        loop.execute(taking::begin);
        return taking.outcome;
    }

    /** How long the init of which a snapshot is taken may last. */
    public static Duration initLimit(Deployment deployment) {
        return InitializationType.SNAP_START.initLimit(
                Duration.ZERO, deployment.configuration().timeoutSeconds());
    }

    /** One environment on its way to be written down. Everything happens on its event loop. */
    private final class Taking implements RuntimeListener, RuntimeProcess.Listener {
        private final EnvironmentPlan plan;
        private final EventLoop loop;
        private final Path directory;
        private final Alarm limit;
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        private @Nullable Parts parts;
        private @Nullable RuntimeProcess process;
        private @Nullable EnvironmentReports reports;
        private boolean over;

        Taking(EnvironmentPlan plan, EventLoop loop, Path directory) {
            this.plan = plan;
            this.loop = loop;
            this.directory = directory;
            this.limit = new Alarm(loop, this::tookTooLong);
        }

        void begin() {
            workshop.prepare(plan, loop, this, this::prepared);
        }

        private void prepared(Preparation preparation) {
            switch (preparation) {
                case Preparation.Prepared(var prepared)
                when !prepared.extensions().external().isEmpty() -> {
                    over = true;
                    prepared.api().close();
                    blocking.execute(() -> {
                        prepared.sandbox().close();
                        prepared.log().close();
                        prepared.release().run();
                        outcome.complete(new Outcome.NotTaken(
                                "the function has extensions in its layers, which are not part of snapshots"));
                    });
                }
                case Preparation.Prepared(var prepared) -> start(prepared);
                case Preparation.Failed(var refusal) ->
                    outcome.complete(new Outcome.NotTaken("no environment: " + refusal));
            }
        }

        private void start(Parts prepared) {
            parts = prepared;
            var configuration = plan.configuration();
            var silence = TelemetryLoop.stream(loop, prepared.extensions().transport());
            silence.close();
            var output =
                    new EnvironmentOutput(prepared.log(), ApplicationLevel.of(configuration.logging()), loop, silence);
            var made = new RuntimeProcess(
                    prepared.sandbox(), output, this, loop, blocking, workshop.metrics(), prepared.waiting());
            process = made;
            var lines = PlatformLines.of(
                    configuration.logging(), plan.key().version(), plan.type(), prepared.runtimeVersion());
            reports = new EnvironmentReports(
                    loop,
                    output,
                    lines,
                    made,
                    plan,
                    workshop.metrics(),
                    new EnvironmentTelemetry(plan, prepared.runtimeVersion(), lines, output, silence, loop),
                    (_, _) -> {});
            prepared.api().serveBeside(this::refuseExtension);
            reports().initStarts(InitPhase.INIT);
            limit.set(initLimit().toNanos());
            made.start(prepared.start());
        }

        /** An extension within the runtime process would not find its environment again. */
        private boolean refuseExtension(HttpServerRequest request) {
            if (ExtensionApi.isRegistration(request) && !over) {
                over = true;
                limit.dispose();
                close(new Outcome.NotTaken("the function has an extension, which cannot be part of a snapshot"));
            }
            return false;
        }

        private Duration initLimit() {
            return SnapshotTaker.initLimit(plan.deployment());
        }

        @Override
        public void readyForSnapshot() {
            if (over) {
                return;
            }
            over = true;
            limit.dispose();
            reports().initSucceeded(InitPhase.INIT);
            var sandbox = parts().sandbox();
            blocking.execute(() -> {
                Outcome came;
                try {
                    came = new Outcome.Taken(sandbox.checkpoint(directory));
                } catch (IOException | RuntimeException e) {
                    came = new Outcome.NotTaken(String.valueOf(e.getMessage()));
                }
                var known = came;
                loop.execute(() -> close(known));
            });
        }

        private void fail(EndStatus status, InitFailure failure) {
            if (over) {
                return; // It ends because it was written down.
            }
            over = true;
            limit.dispose();
            reports().initFailed(InitPhase.INIT, status);
            close(new Outcome.FunctionFailed(failure.type(), failure.message()));
        }

        private void fail(RuntimeFailure failure) {
            fail(new EndStatus.Crash(failure.errorType()), InitFailure.of(failure));
        }

        private void tookTooLong() {
            fail(new EndStatus.Timeout(), InitFailure.timedOut(initLimit().toSeconds()));
        }

        private void close(Outcome came) {
            parts().api().close();
            Objects.requireNonNull(process).close(() -> {
                reports().close();
                parts().release().run();
                outcome.complete(came);
            });
        }

        private Parts parts() {
            return Objects.requireNonNull(parts, "not prepared");
        }

        private EnvironmentReports reports() {
            return Objects.requireNonNull(reports, "not prepared");
        }

        @Override
        public void launching() {
            parts().api().expectRuntime();
        }

        @Override
        public void launched() {
            reports().runtimeRuns();
        }

        @Override
        public void exited(Exit exit) {
            fail(new RuntimeFailure.Exited(exit));
        }

        @Override
        public void notStarted(IOException cause) {
            fail(RuntimeFailure.NoEntrypoint.notStarted(
                    parts().start().command().getFirst(), cause));
        }

        @Override
        public void initFailed(ReportedError error) {
            fail(new RuntimeFailure.Reported(error));
        }

        /** A runtime that asks for events knows nothing of snapshots. */
        @Override
        public void polled() {
            if (!over) {
                over = true;
                limit.dispose();
                close(new Outcome.NotTaken("the runtime does not wait for a snapshot"));
            }
        }

        @Override
        public void responded(Buffer result) {}

        @Override
        public void responding(String contentType, PartDemand demand) {}

        @Override
        public void part(Buffer part) {}

        @Override
        public void failed(ReportedError error) {}

        @Override
        public void responseTooLarge(int most) {}
    }
}
