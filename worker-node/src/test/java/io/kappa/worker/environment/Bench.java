package io.kappa.worker.environment;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.metering.InvocationUse;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.worker.environment.EnvironmentWorkshop.Parts;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation.Prepared;
import io.kappa.worker.environment.RunningInvocation.Assignment;
import io.kappa.worker.log.EnvironmentLog;
import io.kappa.worker.runtimeapi.PartDemand;
import io.kappa.worker.runtimeapi.ReportedError;
import io.kappa.worker.runtimeapi.RuntimeApi;
import io.kappa.worker.runtimeapi.RuntimeListener;
import io.kappa.worker.sandbox.Sandbox.Exit;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One environment on the bench: every part of it in the test's hand. */
final class Bench {
    static final VersionArn VERSION = new VersionArn(
            new FunctionArn("us-east-1", "123456789012", new FunctionName("hello")), new Version.Latest());
    static final String INVOKED_ARN = "arn:aws:lambda:us-east-1:123456789012:function:hello:live";

    final TurnedLoop loop = new TurnedLoop();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final FakeSandbox sandbox = new FakeSandbox();
    final FakeRuntimeApi api = new FakeRuntimeApi();
    final List<String> log = new ArrayList<>();
    final List<String> owner = new ArrayList<>();
    final List<String> parts = new ArrayList<>();
    final List<InitFailure> initFailures = new ArrayList<>();
    final Queue<Runnable> blocking = new ArrayDeque<>();
    final Environment environment;

    @Nullable
    RuntimeFailure unstartable;

    @Nullable
    WaitingRuntime parked;

    Extensions extensions = Extensions.NONE;

    int answered;
    boolean released;
    boolean logClosed;
    boolean snapshot;
    final List<InvocationUse> uses = new ArrayList<>();
    int discarded;

    private @Nullable RuntimeListener runtime;
    private @Nullable Consumer<Preparation> prepared;
    private @Nullable Assignment waiting;

    Bench() {
        this(configuration(128, Map.of()));
    }

    Bench(FunctionConfiguration configuration) {
        this(configuration, InitializationType.ON_DEMAND);
    }

    Bench(FunctionConfiguration configuration, InitializationType type) {
        var plan = new EnvironmentPlan(
                new EnvironmentKey(VERSION, 1),
                deployment(1, configuration),
                new EnvironmentName("0123456789abcdef0123456789abcdef", "/aws/lambda/hello", "stream"),
                type);
        environment = new Environment(
                plan,
                loop,
                (_, _, listener, done) -> {
                    runtime = listener;
                    prepared = done;
                },
                blocking::add,
                new EnvironmentSettings(Duration.ofSeconds(10), Duration.ofMillis(50)),
                new Owner(),
                new EnvironmentMetrics(meters),
                (use, _) -> uses.add(use));
    }

    /** An environment that has finished its init and waits. */
    static Bench idle() {
        var bench = new Bench();
        bench.prepare();
        bench.turn(Duration.ofMillis(100));
        bench.polls();
        return bench;
    }

    /** An environment that nobody has prepared yet. */
    static Bench provisioned() {
        return new Bench(configuration(128, Map.of()), InitializationType.PROVISIONED_CONCURRENCY);
    }

    /** An environment of a function with a snapshot, which nobody has prepared yet. */
    static Bench withSnapshot() {
        var bench = new Bench(configuration(128, Map.of()), InitializationType.SNAP_START);
        bench.snapshot = true;
        return bench;
    }

    static FunctionConfiguration configuration(int memoryMegabytes, Map<String, String> environment) {
        return new FunctionConfiguration(
                RuntimeIdentifier.PYTHON3_12,
                "arn:aws:iam::123456789012:role/r",
                "app.handler",
                "",
                3,
                memoryMegabytes,
                512,
                environment,
                List.of("x86_64"),
                new LoggingConfiguration("Text", null, null, "/aws/lambda/hello"),
                "PassThrough",
                null,
                null);
    }

    static Deployment deployment(long generation, FunctionConfiguration configuration) {
        return new Deployment(generation, configuration, new CodePackage("00", "u", 1, 0, List.of(0L)));
    }

    static Invocation invocation(String requestId) {
        return new Invocation(requestId, INVOKED_ARN, "Root=1", "", false, Buffer.buffer("{}"));
    }

    static Invocation invocationWithTail(String requestId) {
        return new Invocation(requestId, INVOKED_ARN, "Root=1", "", true, Buffer.buffer("{}"));
    }

    static Invocation streamedInvocation(String requestId) {
        return new Invocation(
                requestId, INVOKED_ARN, "Root=1", "", false, Buffer.buffer("{}"), OptionalLong.empty(), true, 0);
    }

    int frozen() {
        return (int) meters.get("kappa.worker.frozen").gauge().value();
    }

    long thaws() {
        return meters.get("kappa.worker.thaw").timer().count();
    }

    /** Lets everything happen that needs no time. */
    void run() {
        do {
            loop.run();
            for (var task = blocking.poll(); task != null; task = blocking.poll()) {
                task.run();
            }
            loop.run();
        } while (!blocking.isEmpty());
    }

    void turn(Duration time) {
        run();
        loop.turn(time);
        run();
    }

    /** The process is asked for, and its start takes its time. */
    void prepareWithoutStarting() {
        order().accept(parts());
        loop.run();
    }

    void prepare() {
        prepare(parts());
    }

    private Prepared parts() {
        return new Prepared(new Parts(
                sandbox,
                api,
                "python:3.12.4",
                new RuntimeProcess.Start(
                        List.of("/usr/bin/python3", "/var/runtime/bootstrap.py"),
                        Map.of(),
                        snapshot ? Map.of("ADDRESS", "here") : null),
                new Log(),
                unstartable,
                () -> released = true,
                parked,
                extensions,
                () -> discarded++));
    }

    void prepare(Preparation preparation) {
        order().accept(preparation);
        run();
    }

    void beginToPrepare() {
        environment.start();
        run();
    }

    private Consumer<Preparation> order() {
        if (prepared == null) {
            beginToPrepare();
        }
        return Objects.requireNonNull(prepared);
    }

    /** Hands over an invocation, once the environment is idle for the first time, and collects what its caller hears. */
    List<InvocationOutcome> invoke(Invocation invocation) {
        var heard = new ArrayList<InvocationOutcome>();
        var answer = new InvocationOutcome.Answer() {
            @Override
            public void give(InvocationOutcome outcome) {
                heard.add(outcome);
            }

            @Override
            public void begin(String contentType, PartDemand demand) {
                parts.add(contentType);
            }

            @Override
            public void part(Buffer part) {
                parts.add(part.toString());
            }
        };
        if (prepared == null) {
            waiting = new Assignment(invocation, answer);
        } else {
            environment.invoke(invocation, answer);
        }
        run();
        return heard;
    }

    void begins(String contentType) {
        runtime().responding(contentType, _ -> {});
        run();
    }

    void sends(String part) {
        runtime().part(Buffer.buffer(part));
        run();
    }

    void polls() {
        runtime().polled();
        run();
    }

    void responds(String body) {
        runtime().responded(Buffer.buffer(body));
        run();
    }

    void fails(String type, String body) {
        runtime().failed(new ReportedError(type, Buffer.buffer(body)));
        run();
    }

    void failsInit(String type, String body) {
        runtime().initFailed(new ReportedError(type, Buffer.buffer(body)));
        run();
    }

    void failsRestore(String type, String body) {
        runtime().restoreFailed(new ReportedError(type, Buffer.buffer(body)));
        run();
    }

    void respondsTooMuch() {
        runtime().responseTooLarge(RuntimeApi.MAXIMUM_RESPONSE_BYTES);
        run();
    }

    void exits(Exit exit) {
        sandbox.exit(exit);
        run();
    }

    private RuntimeListener runtime() {
        if (runtime == null) {
            throw new IllegalStateException("nobody listens");
        }
        return runtime;
    }

    private final class Owner implements Environment.Owner {
        @Override
        public void answered(Environment returning) {
            answered++;
        }

        @Override
        public void idle(Environment idle, boolean ready) {
            var next = waiting;
            waiting = null;
            if (next == null) {
                owner.add(ready ? "idle" : "idle, to be started");
            } else {
                idle.invoke(next.invocation(), next.answer());
            }
        }

        @Override
        public void initFailed(Environment idle, InitFailure failure) {
            initFailures.add(failure);
            idle(idle, false);
        }

        @Override
        public void ended(Environment ended) {
            owner.add("ended");
        }

        @Override
        public void unavailable(Environment unavailable, Refusal refusal) {
            owner.add("unavailable: " + refusal);
        }

        @Override
        public void stopped(Environment stopped) {
            owner.add("stopped");
        }
    }

    private final class Log implements EnvironmentLog {
        @Override
        public void line(long timeMillis, String requestId, String message) {
            log.add((requestId.isEmpty() ? "-" : requestId) + "|" + message);
        }

        @Override
        public void close() {
            logClosed = true;
        }
    }
}
