package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.Deployment;
import io.kappa.worker.environment.EnvironmentWorkshop.Parts;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation.Prepared;
import io.kappa.worker.log.EnvironmentLog;
import io.kappa.worker.runtimeapi.ReportedError;
import io.kappa.worker.runtimeapi.RuntimeListener;
import io.kappa.worker.sandbox.Sandbox.Exit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A pool on the bench: its environments, their runtimes and the machine's memory are in the test's hand. */
final class PoolBench {
    final TurnedLoop loop = new TurnedLoop();
    final List<Inhabitant> made = new ArrayList<>();
    final Set<EnvironmentKey> outdated = new HashSet<>();
    final List<String> losses = new ArrayList<>();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final EnvironmentPool pool;
    MachineMemory.Reading reading = new MachineMemory.Reading(10_000, 0);
    Preparer preparer = (listener, done) -> {
        var inhabitant = new Inhabitant(listener);
        made.add(inhabitant);
        done.accept(inhabitant.prepared());
    };

    private final EnvironmentMetrics metrics = new EnvironmentMetrics(meters);

    @FunctionalInterface
    interface Preparer {
        void prepare(RuntimeListener listener, Consumer<Preparation> done);
    }

    /** One environment of the pool, and its runtime's side. */
    final class Inhabitant implements EnvironmentLog {
        final FakeSandbox sandbox = new FakeSandbox();
        final FakeRuntimeApi api = new FakeRuntimeApi();
        private final RuntimeListener runtime;

        private Inhabitant(RuntimeListener runtime) {
            this.runtime = runtime;
        }

        boolean gone() {
            return sandbox.asked.contains("close");
        }

        private Preparation prepared() {
            var start = new RuntimeProcess.Start(List.of("x"), Map.of());
            return new Prepared(new Parts(sandbox, api, "python:3.12.4", start, this, null, () -> {}));
        }

        void poll() {
            runtime.polled();
            loop.run();
        }

        void answer() {
            runtime.responded(Buffer.buffer("1"));
            loop.run();
        }

        /** Answers and comes back. */
        void finish() {
            answer();
            poll();
        }

        void failInit(String type, String message) {
            runtime.initFailed(new ReportedError(type, Buffer.buffer("{\"errorMessage\":\"" + message + "\"}")));
            loop.run();
        }

        void exit() {
            sandbox.exit(new Exit(0, 9, false));
            loop.run();
        }

        @Override
        public void line(long timeMillis, String requestId, String message) {}

        @Override
        public void close() {}
    }

    PoolBench(int megabytes, int count, Duration idleTimeout, Duration maximumLife) {
        pool = new EnvironmentPool(
                new EnvironmentPoolSettings(
                        megabytes, count, idleTimeout, maximumLife, new MemoryPressureSettings(256, 10)),
                this::make,
                key -> !outdated.contains(key),
                new Time(),
                () -> reading,
                metrics);
        pool.onLoss(new Losses());
    }

    private Environment make(
            EnvironmentKey key, Deployment deployment, InitializationType type, Environment.Owner owner) {
        return new Environment(
                new EnvironmentPlan(key, deployment, new EnvironmentName("0", "group", "stream"), type),
                loop,
                (_, _, listener, done) -> preparer.prepare(listener, done),
                Runnable::run,
                new EnvironmentSettings(Duration.ofSeconds(10), Duration.ofMillis(50)),
                owner,
                metrics,
                (_, _) -> {});
    }

    static EnvironmentKey key(String name) {
        var function = new FunctionArn("us-east-1", "123456789012", new FunctionName(name));
        return new EnvironmentKey(new VersionArn(function, new Version.Published(1)), 1);
    }

    static Deployment deployment(int megabytes) {
        return Bench.deployment(1, Bench.configuration(megabytes, Map.of()));
    }

    List<InvocationOutcome> invoke(EnvironmentKey key) {
        return invoke(key, 256);
    }

    List<InvocationOutcome> invoke(EnvironmentKey key, int megabytes) {
        var heard = new ArrayList<InvocationOutcome>();
        pool.invoke(key, deployment(megabytes), Bench.invocation("r"), heard::add);
        loop.run();
        return heard;
    }

    /** Starts an environment on demand that is idle after its first invocation. */
    Inhabitant idle(EnvironmentKey key) {
        invoke(key);
        made.getLast().poll();
        made.getLast().finish();
        return made.getLast();
    }

    boolean startProvisioned(EnvironmentKey key) {
        boolean started = pool.startProvisioned(key, deployment(256), false);
        loop.run();
        return started;
    }

    /** Starts a provisioned environment that is ready. */
    Inhabitant provisioned(EnvironmentKey key) {
        startProvisioned(key);
        made.getLast().poll();
        return made.getLast();
    }

    void sweep() {
        pool.sweep();
        loop.run();
    }

    double coldStarts(String cause) {
        return meters.get("kappa.worker.cold.starts")
                .tag("cause", cause)
                .counter()
                .count();
    }

    double retired(String reason) {
        return meters.get("kappa.worker.retirements")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private final class Time implements PoolTime {
        @Override
        public long nanoTime() {
            return loop.nanoTime();
        }

        @Override
        public void after(Duration delay, Runnable task) {
            loop.after(delay.toNanos(), task);
        }
    }

    private final class Losses implements ProvisionedEnvironments.Listener {
        @Override
        public void failed(EnvironmentKey key, ProvisionedProblem problem) {
            losses.add(key.version().function().name() + " failed: " + problem);
        }

        @Override
        public void lost(EnvironmentKey key, Duration readyFor) {
            losses.add(key.version().function().name() + " lost after " + readyFor);
        }
    }
}
