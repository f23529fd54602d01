package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.worker.environment.Extensions.External;
import io.kappa.worker.environment.InvocationOutcome.FunctionError;
import io.kappa.worker.environment.InvocationOutcome.Result;
import io.kappa.worker.extension.EventType;
import io.kappa.worker.extension.ExtensionApi;
import io.kappa.worker.extension.ExtensionCalls;
import io.kappa.worker.extension.ExtensionEvent;
import io.kappa.worker.extension.ExtensionRefusal;
import io.kappa.worker.extension.ExtensionRoster.Registration;
import io.kappa.worker.extension.ShutdownReason;
import io.kappa.worker.sandbox.Sandbox.Exit;
import io.kappa.worker.telemetry.Subscription.Destination;
import io.kappa.worker.telemetry.TelemetryTransport;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class EnvironmentExtensionsTest {
    private static final Set<EventType> BOTH = Set.of(EventType.INVOKE, EventType.SHUTDOWN);
    private static final String A = "/opt/extensions/a";

    private final Bench bench = new Bench();
    private final List<String> delivered = new ArrayList<>();
    private CompletableFuture<Void> pending = CompletableFuture.completedFuture(null);
    private final List<ExtensionEvent> heard = new ArrayList<>();
    private final List<ExtensionRefusal> refused = new ArrayList<>();

    private void with(String... names) {
        var transport = new TelemetryTransport() {
            @Override
            public CompletionStage<Void> send(Destination destination, List<String> events) {
                delivered.addAll(events);
                return pending;
            }

            @Override
            public void close() {}
        };
        bench.extensions = new Extensions(
                Arrays.stream(names)
                        .map(name -> new External(name, "/opt/extensions/" + name))
                        .toList(),
                Map.of("WHO", "extension"),
                new ExtensionCalls.Function("hello", "$LATEST", "app.handler", "123456789012"),
                transport);
    }

    private ExtensionCalls calls() {
        return ((ExtensionApi) Objects.requireNonNull(bench.api.beside)).calls();
    }

    private String register(String name, Set<EventType> events) {
        var id = ((Registration.Registered) calls().register(name, events)).id();
        bench.run();
        return id;
    }

    private void next(String id) {
        calls().next(id, new ExtensionCalls.Poll() {
            @Override
            public void give(ExtensionEvent event) {
                heard.add(event);
            }

            @Override
            public void refuse(ExtensionRefusal refusal) {
                refused.add(refusal);
            }
        });
        bench.run();
    }

    /** An idle environment with the extension a, which has subscribed to everything. */
    private String idleWithA() {
        with("a");
        bench.prepare();
        var id = register("a", BOTH);
        next(id);
        bench.polls();
        assertThat(bench.owner).containsExactly("idle");
        return id;
    }

    private void exits(String program, Exit exit) {
        Objects.requireNonNull(bench.sandbox.beside.get(program)).complete(exit);
        bench.run();
    }

    private List<String> lines() {
        return bench.log.stream()
                .map(line -> line.substring(line.indexOf('|') + 1))
                .toList();
    }

    @Test
    void theRuntimeStartsOnceAllExtensionsHaveRegistered() {
        with("a", "b");
        bench.prepare();
        assertThat(bench.sandbox.asked)
                .containsExactly("start beside /opt/extensions/a", "start beside /opt/extensions/b");
        assertThat(bench.sandbox.environments.getFirst()).containsEntry("WHO", "extension");

        register("b", Set.of());
        assertThat(bench.sandbox.runs()).isFalse();
        register("a", BOTH);
        assertThat(bench.sandbox.runs()).isTrue();
    }

    @Test
    void initIsOverWhenTheRuntimeAndEveryExtensionWait() {
        with("a", "b");
        bench.prepare();
        var a = register("a", BOTH);
        var b = register("b", Set.of());
        var inside = register("inside", Set.of(EventType.INVOKE));
        next(a);
        next(inside);
        bench.polls();
        assertThat(bench.owner).isEmpty();

        next(b);

        assertThat(bench.owner).containsExactly("idle");
        assertThat(lines())
                .contains(
                        "EXTENSION\tName: a\tState: Ready\tEvents: [INVOKE, SHUTDOWN]",
                        "EXTENSION\tName: b\tState: Ready\tEvents: []",
                        "EXTENSION\tName: inside\tState: Ready\tEvents: [INVOKE]");
    }

    @Test
    void theTimeThatInitMayTakeIsForExtensionsToo() {
        with("a");
        bench.prepare();
        register("a", BOTH);
        bench.polls();

        bench.turn(Duration.ofSeconds(10));

        assertThat(lines()).anyMatch(line -> line.startsWith("INIT_REPORT") && line.endsWith("Status: timeout"));
        bench.exits(new Exit(0, 15, false));
        exits(A, new Exit(0, 0, false));
        assertThat(bench.initFailures).containsExactly(InitFailure.timedOut(10));
    }

    @Test
    void theCallerDoesNotWaitForExtensionsAndTheEnvironmentDoes() {
        var a = idleWithA();
        var answers = bench.invoke(Bench.invocation("r1"));
        assertThat(heard)
                .containsExactly(new ExtensionEvent.Invoke(
                        bench.api.given.getFirst().deadlineMillis(), "r1", Bench.INVOKED_ARN, "Root=1"));

        bench.turn(Duration.ofMillis(10));
        bench.responds("1");
        bench.polls();
        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(bench.owner).containsExactly("idle");
        assertThat(bench.answered).isZero();

        bench.turn(Duration.ofSeconds(1));
        assertThat(bench.sandbox.asked).doesNotContain("freeze");
        next(a);
        assertThat(bench.owner).containsExactly("idle", "idle");
        assertThat(bench.log.getLast()).contains("\tDuration: 1010.00 ms\t");
        assertThat(bench.meters
                        .get("kappa.worker.extensions.after.runtime")
                        .timer()
                        .count())
                .isOne();
        bench.turn(Duration.ofMillis(50));
        assertThat(bench.sandbox.asked).contains("freeze");
    }

    @Test
    void anExtensionMayBeDoneBeforeTheRuntime() {
        var a = idleWithA();
        bench.invoke(Bench.invocation("r1"));
        next(a);

        bench.responds("1");
        assertThat(bench.answered).isOne();
        bench.polls();

        assertThat(bench.owner).containsExactly("idle", "idle");
    }

    @Test
    void theTimeoutCoversExtensionsToo() {
        idleWithA();
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.responds("1");
        bench.polls();

        bench.turn(Duration.ofSeconds(3));

        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(bench.log.getLast()).endsWith("Status: timeout");
        assertThat(bench.sandbox.asked).contains("terminate");
        assertThat(bench.owner).containsExactly("idle");
    }

    @Test
    void aTimeoutEndsTheRuntimeAndThenTheExtensionsBeforeAnybodyComesNext() {
        var a = idleWithA();
        bench.invoke(Bench.invocation("r1"));
        next(a);
        heard.clear();
        bench.turn(Duration.ofSeconds(3));
        assertThat(heard).isEmpty();
        assertThat(bench.owner).containsExactly("idle");

        bench.turn(Duration.ofMillis(300)); // The runtime does not heed SIGTERM.
        assertThat(bench.sandbox.asked).endsWith("terminate", "kill runtime");
        assertThat(heard)
                .containsExactly(
                        new ExtensionEvent.Shutdown(ShutdownReason.TIMEOUT, bench.loop.currentTimeMillis() + 1700));

        exits(A, new Exit(0, 0, false));
        assertThat(bench.sandbox.asked).endsWith("kill");
        assertThat(bench.owner).containsExactly("idle", "idle, to be started");
    }

    @Test
    void anExtensionThatDoesNotEndIsKilledAfterTwoSeconds() {
        idleWithA();
        bench.environment.stop();
        bench.run();
        bench.exits(new Exit(0, 15, false));
        assertThat(heard).hasSize(1);
        assertThat(bench.owner).containsExactly("idle");

        bench.turn(Duration.ofSeconds(2));

        assertThat(bench.sandbox.asked).endsWith("kill", "close");
        assertThat(bench.owner).containsExactly("idle", "stopped");
        assertThat(bench.released).isTrue();
    }

    @Test
    void whoDoesNotWantToHearOfTheEndIsKilledAtItsBeginning() {
        with("a");
        bench.prepare();
        next(register("a", Set.of(EventType.INVOKE)));
        bench.polls();

        bench.environment.stop();
        bench.exits(new Exit(0, 15, false));

        assertThat(bench.sandbox.asked).endsWith("terminate", "kill " + A, "kill", "close");
        assertThat(bench.owner).containsExactly("idle", "stopped");
    }

    @Test
    void aRuntimeWithAnInternalExtensionHasHalfASecondToEnd() {
        with();
        bench.prepare();
        next(register("inside", Set.of(EventType.INVOKE)));
        bench.polls();

        bench.environment.stop();
        bench.turn(Duration.ofMillis(499));
        assertThat(bench.sandbox.asked).endsWith("terminate");
        bench.turn(Duration.ofMillis(1));

        assertThat(bench.sandbox.asked).endsWith("terminate", "kill", "kill", "close");
        assertThat(bench.owner).containsExactly("idle", "stopped");
    }

    @Test
    void anExtensionThatCannotBeStartedFailsTheInit() {
        with("a");
        bench.sandbox.unstartable.put(A, new IOException("cannot start " + A + ": Exec format error"));
        bench.prepare();

        assertThat(bench.initFailures)
                .containsExactly(
                        new InitFailure("Extension.LaunchError", "fork/exec /opt/extensions/a: exec format error"));
        assertThat(lines())
                .anyMatch(line -> line.contains("State: LaunchError"))
                .anyMatch(line -> line.endsWith("Error Type: Extension.LaunchError"));
    }

    @Test
    void anExtensionThatEndsDuringInitFailsItAndTheInvocationThatTriesAgain() {
        with("a");
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.prepare();
        exits(A, new Exit(7, 0, false)); // Within the init.
        assertThat(lines()).anyMatch(line -> line.startsWith("INIT_REPORT") && line.endsWith("Extension.Crash"));
        assertThat(answers).isEmpty();

        exits(A, new Exit(7, 0, false)); // Within the invocation.

        assertThat(answers)
                .containsExactly(new FunctionError(
                        "Extension.Crash",
                        Buffer.buffer("{\"errorType\":\"Extension.Crash\","
                                + "\"errorMessage\":\"RequestId: r1 Error: exit status 7\"}"),
                        ""));
    }

    @Test
    void anExtensionCanSayThatItsInitHasFailed() {
        with("a");
        bench.prepare();
        var a = register("a", BOTH);

        assertThat(calls().initError(a, "Extension.NoKey", Buffer.buffer("{\"errorMessage\":\"no key\"}")))
                .isEmpty();
        bench.run();

        assertThat(bench.initFailures).isEmpty(); // Not before the processes have ended.
        bench.exits(new Exit(0, 15, false));
        exits(A, new Exit(1, 0, false));
        assertThat(bench.initFailures).containsExactly(new InitFailure("Extension.InitError", "no key"));
    }

    @Test
    void anExtensionThatEndsDuringAnInvocationTakesItAlong() {
        idleWithA();
        var answers = bench.invoke(Bench.invocation("r1"));

        exits(A, new Exit(0, 11, false));

        assertThat(answers)
                .containsExactly(new FunctionError(
                        "Extension.Crash",
                        Buffer.buffer("{\"errorType\":\"Extension.Crash\","
                                + "\"errorMessage\":\"RequestId: r1 Error: signal: segmentation fault\"}"),
                        ""));
        assertThat(bench.log.getLast()).endsWith("Status: error\tError Type: Extension.Crash");
    }

    @Test
    void anExtensionCanSayThatItEnds() {
        var a = idleWithA();
        var answers = bench.invoke(Bench.invocation("r1"));

        assertThat(calls().exitError(a, "Extension.Full", Buffer.buffer("no JSON")))
                .isEmpty();
        bench.run();

        assertThat(((FunctionError) answers.getFirst()).payload().toString())
                .isEqualTo("{\"errorType\":\"Extension.ExitError\","
                        + "\"errorMessage\":\"RequestId: r1 Error: Extension.Full\"}");
    }

    @Test
    void anInvocationThatComesWhileTheProcessesEndStartsOthersAfterThem() {
        idleWithA();
        bench.exits(new Exit(1, 0, false)); // The runtime, while nothing runs.
        assertThat(bench.owner).containsExactly("idle", "ended");
        assertThat(((ExtensionEvent.Shutdown) heard.getLast()).reason()).isEqualTo(ShutdownReason.FAILURE);

        bench.invoke(Bench.invocation("r1"));
        assertThat(bench.sandbox.asked.stream().filter(asked -> asked.startsWith("start beside")))
                .hasSize(1);
        exits(A, new Exit(0, 0, false));

        assertThat(bench.sandbox.asked.stream().filter(asked -> asked.startsWith("start beside")))
                .hasSize(2);
        next(register("a", BOTH));
        bench.polls();
        assertThat(bench.api.given).hasSize(1);
    }

    @Test
    void anEnvironmentThatIsStoppedWhileItsExtensionsStartIsGoneAfterwards() {
        with("a");
        bench.prepareWithoutStarting();
        bench.environment.stop();
        bench.run();
        bench.turn(Duration.ofSeconds(2));

        assertThat(bench.sandbox.runs()).isFalse();
        assertThat(bench.owner).containsExactly("stopped");
    }

    @Test
    void linesOfExtensionsAreInTheLogOfTheFunction() {
        idleWithA();
        bench.invoke(Bench.invocation("r1"));
        Objects.requireNonNull(bench.sandbox.besideOutputs.get(A))
                .print("from the extension\n".getBytes(StandardCharsets.UTF_8));

        assertThat(bench.log).contains("r1|from the extension");
    }

    @Test
    void aLastLineOfAnExtensionNeedsNoEnd() {
        idleWithA();
        Objects.requireNonNull(bench.sandbox.besideOutputs.get(A)).print("last".getBytes(StandardCharsets.UTF_8));
        assertThat(lines()).doesNotContain("last");

        exits(A, new Exit(1, 0, false));

        assertThat(lines()).contains("last");
    }

    private static final String SUBSCRIPTION = """
            {"schemaVersion":"2022-12-13","types":["platform","function","extension"],"buffering":{"timeoutMs":25},
             "destination":{"protocol":"HTTP","URI":"http://sandbox.localdomain:4243"}}
            """;

    @Test
    void anExtensionHearsOfTheEndAfterWhatHappenedBeforeUnlessItTakesTooLong() {
        pending = new CompletableFuture<>();
        subscribed();
        bench.environment.stop();
        bench.exits(new Exit(0, 15, false));
        assertThat(delivered).isNotEmpty();
        assertThat(heard).isEmpty();

        bench.turn(Duration.ofMillis(300));

        assertThat(heard)
                .containsExactly(
                        new ExtensionEvent.Shutdown(ShutdownReason.SPINDOWN, bench.loop.currentTimeMillis() + 1700));
    }

    private String subscribed() {
        with("a");
        bench.prepare();
        var a = register("a", BOTH);
        bench.sandbox.print("import\n");
        assertThat(calls().subscribe(ExtensionCalls.SubscriptionApi.TELEMETRY, a, Buffer.buffer(SUBSCRIPTION)))
                .isEqualTo(new ExtensionCalls.Answer(200, "\"OK\""));
        next(a);
        bench.polls();
        return a;
    }

    private List<String> types() {
        return delivered.stream()
                .map(event -> event.replaceAll(".*\"type\":\"([a-zA-Z.]+)\",\"record\".*", "$1"))
                .toList();
    }

    @Test
    void aSubscriberHearsOfItsWholeEnvironmentInOrder() {
        var a = subscribed();
        bench.invoke(Bench.invocation("r1"));
        bench.sandbox.print("hello\n");
        bench.turn(Duration.ofMillis(2));
        bench.responds("\"x\"");
        bench.turn(Duration.ofMillis(1));
        bench.polls();
        bench.turn(Duration.ofMillis(5));
        next(a);
        bench.turn(Duration.ofMillis(25));

        assertThat(types())
                .containsExactly(
                        "platform.initStart",
                        "function",
                        "platform.telemetrySubscription",
                        "platform.initRuntimeDone",
                        "platform.extension",
                        "platform.initReport",
                        "platform.start",
                        "function",
                        "platform.runtimeDone",
                        "platform.report");
        assertThat(delivered.get(8))
                .contains("\"status\":\"success\"", "\"durationMs\":3.00", "\"producedBytes\":3")
                .contains("{\"name\":\"responseLatency\"", "\"name\":\"runtimeOverhead\"");
        assertThat(delivered.get(9)).contains("\"durationMs\":8.00").contains("{\"name\":\"extensionOverhead\"");
        assertThat(lines()).contains("TELEMETRY\tName: a\tState: Subscribed\tTypes: [Platform, Function, Extension]");
    }

    @Test
    void nothingIsDeliveredToAFrozenEnvironmentAndAllOfItAtItsEnd() {
        subscribed();
        bench.turn(Duration.ofMillis(60));
        assertThat(bench.sandbox.asked).contains("freeze");
        delivered.clear();
        bench.sandbox.print("frozen\n");
        bench.turn(Duration.ofSeconds(5));
        assertThat(delivered).isEmpty();

        bench.environment.stop();
        bench.run();

        assertThat(types()).containsExactly("function");
    }

    @Test
    void subscriptionsEndWithInit() {
        var a = idleWithA();

        assertThat(calls().subscribe(ExtensionCalls.SubscriptionApi.LOGS, a, Buffer.buffer("{}")))
                .isEqualTo(new ExtensionCalls.Answer(
                        403,
                        "{\"errorMessage\":\"Subscriptions are possible during Init alone\","
                                + "\"errorType\":\"Logs.SubscriptionClosed\"}"));
    }

    @Test
    void oneExtensionUsesOneOfTheTwoApis() {
        with("a");
        bench.prepare();
        var a = register("a", BOTH);
        calls().subscribe(ExtensionCalls.SubscriptionApi.TELEMETRY, a, Buffer.buffer(SUBSCRIPTION));

        assertThat(calls().subscribe(ExtensionCalls.SubscriptionApi.LOGS, a, Buffer.buffer(SUBSCRIPTION))
                        .status())
                .isEqualTo(403);
        assertThat(calls().subscribe(ExtensionCalls.SubscriptionApi.TELEMETRY, a, Buffer.buffer("{}"))
                        .status())
                .isEqualTo(400);
        assertThat(calls().subscribe(ExtensionCalls.SubscriptionApi.TELEMETRY, "x", Buffer.buffer("{}"))
                        .body())
                .contains("Extension.UnknownExtensionIdentifier");
    }
}
