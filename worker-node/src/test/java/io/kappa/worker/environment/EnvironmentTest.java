package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.worker.environment.EnvironmentWorkshop.Preparation.Failed;
import io.kappa.worker.environment.InvocationOutcome.Abandoned;
import io.kappa.worker.environment.InvocationOutcome.FunctionError;
import io.kappa.worker.environment.InvocationOutcome.Refused;
import io.kappa.worker.environment.InvocationOutcome.Result;
import io.kappa.worker.sandbox.Sandbox;
import io.kappa.worker.sandbox.Sandbox.Exit;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
    private static final String COLD = "\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t";

    @Test
    void aColdStartIsAnInitAndThenTheInvocation() {
        // given
        var bench = new Bench();
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.prepare();
        bench.turn(Duration.ofNanos(110_100_000));
        // when
        bench.polls();
        bench.turn(Duration.ofNanos(3_010_000));
        bench.responds("\"hi\"");
        bench.polls();
        // then
        assertThat(answers).containsExactly(new Result(Buffer.buffer("\"hi\""), ""));
        assertThat(bench.log.getFirst())
                .startsWith("-|INIT_START Runtime Version: python:3.12.4\tRuntime Version ARN: ");
        assertThat(bench.log.subList(1, bench.log.size()))
                .containsExactly(
                        "r1|START RequestId: r1 Version: $LATEST",
                        "r1|END RequestId: r1",
                        "r1|REPORT RequestId: r1\tDuration: 3.01 ms\tBilled Duration: 114 ms" + COLD
                                + "Init Duration: 110.10 ms\t");
        assertThat(bench.owner).containsExactly("idle");
    }

    @Test
    void aWarmInvocationReportsNoInit() {
        var bench = Bench.idle();
        bench.invoke(Bench.invocation("r1"));
        bench.responds("1");
        bench.polls();

        bench.invoke(Bench.invocation("r2"));
        bench.turn(Duration.ofNanos(1_234_567));
        bench.responds("2");
        bench.polls();

        assertThat(bench.log.getLast())
                .isEqualTo("r2|REPORT RequestId: r2\tDuration: 1.23 ms\tBilled Duration: 2 ms" + COLD);
        assertThat(bench.owner).containsExactly("idle", "idle", "idle");
    }

    @Test
    void theRuntimeIsToldAllOfTheInvocation() {
        var bench = Bench.idle();

        bench.invoke(Bench.invocation("r1"));

        var event = bench.api.given.getFirst();
        assertThat(event.requestId()).isEqualTo("r1");
        assertThat(event.invokedArn()).isEqualTo(Bench.INVOKED_ARN);
        assertThat(event.traceId()).isEqualTo("Root=1");
        assertThat(event.payload()).isEqualTo(Buffer.buffer("{}"));
        assertThat(event.deadlineMillis()).isEqualTo(bench.loop.currentTimeMillis() + 3000);
    }

    @Test
    void theCallerIsAnsweredBeforeTheRuntimeIsBack() {
        var bench = Bench.idle();
        var answers = bench.invoke(Bench.invocation("r1"));

        bench.responds("1");

        assertThat(answers).hasSize(1);
        assertThat(bench.owner).containsExactly("idle");
        assertThat(bench.log).noneMatch(line -> line.contains("REPORT"));
    }

    @Test
    void theTailEndsWithTheReportAndMissesNothingPrinted() {
        var bench = Bench.idle();
        bench.sandbox.print("from before\n");
        var answers = bench.invoke(Bench.invocationWithTail("r1"));
        bench.sandbox.print("early\n");
        bench.sandbox.pending = "late, no newline";
        bench.responds("1");
        assertThat(answers).isEmpty();

        bench.polls();

        assertThat(answers).hasSize(1);
        var tail = new String(Base64.getDecoder().decode(((Result) answers.getFirst()).tail()), StandardCharsets.UTF_8);
        assertThat(tail)
                .startsWith("START RequestId: r1 Version: $LATEST\nearly\nlate, no newline\nEND RequestId: r1\nREPORT ")
                .endsWith("Init Duration: 100.00 ms\t\n");
    }

    @Test
    void whatAnInvocationHasUsedIsMeteredOnceAsItIsBilled() {
        var bench = Bench.idle();
        bench.invoke(Bench.invocation("r1"));
        bench.responds("1");
        assertThat(bench.uses).isEmpty();

        bench.polls();
        bench.invoke(Bench.invocation("r2"));
        bench.responds("1");
        bench.polls();

        assertThat(bench.uses).hasSize(2);
        var cold = bench.uses.getFirst();
        assertThat(cold.requestId()).isEqualTo("r1");
        assertThat(cold.invokedArn()).isEqualTo(Bench.INVOKED_ARN);
        assertThat(cold.status()).isEqualTo("success");
        assertThat(cold.initialization()).isEqualTo("on-demand");
        assertThat(cold.initMicros()).isEqualTo(100_000);
        assertThat(cold.billedMillis()).isEqualTo(Math.ceilDiv(cold.durationMicros() + 100_000, 1_000));
        assertThat(cold.memoryMegabytes()).isEqualTo(128);
        assertThat(cold.storageMegabytes()).isEqualTo(512);
        assertThat(bench.uses.getLast().initMicros()).isZero();
    }

    @Test
    void printedLinesBelongToTheInvocationThatTheyWerePrintedIn() {
        var bench = Bench.idle();
        bench.sandbox.print("init\n");
        bench.invoke(Bench.invocation("r1"));
        bench.sandbox.print("one\ntw");
        bench.sandbox.print("o\n");
        bench.responds("1");
        bench.sandbox.pending = "three\n";
        bench.polls();
        bench.sandbox.print("between\n");

        assertThat(bench.log).contains("-|init", "r1|one", "r1|two", "r1|three", "-|between");
        assertThat(bench.log.indexOf("r1|three")).isLessThan(bench.log.indexOf("r1|END RequestId: r1"));
    }

    @Test
    void anErrorOfTheHandlerKeepsTheRuntime() {
        var bench = Bench.idle();
        var answers = bench.invoke(Bench.invocation("r1"));

        bench.fails("Function.Unknown", "{\"errorType\":\"ValueError\"}");
        bench.polls();

        assertThat(answers)
                .containsExactly(
                        new FunctionError("Function.Unknown", Buffer.buffer("{\"errorType\":\"ValueError\"}"), ""));
        assertThat(bench.log.getLast()).endsWith(COLD + "Init Duration: 100.00 ms\t");
        assertThat(bench.sandbox.asked).doesNotContain("kill");
        assertThat(bench.owner).containsExactly("idle", "idle");
    }

    @Test
    void aResponseThatIsTooLargeKeepsTheRuntime() {
        var bench = Bench.idle();
        var answers = bench.invoke(Bench.invocation("r1"));

        bench.respondsTooMuch();
        bench.polls();

        assertThat(answers)
                .containsExactly(new FunctionError(
                        "Function.ResponseSizeTooLarge",
                        Buffer.buffer("{\"errorMessage\":\"Response payload size exceeded maximum allowed payload size"
                                + " (6291556 bytes).\",\"errorType\":\"Function.ResponseSizeTooLarge\"}"),
                        ""));
        assertThat(bench.owner).containsExactly("idle", "idle");
    }

    @Test
    void aTimeoutKillsTheRuntimeAndKeepsTheSandbox() {
        // given
        var bench = Bench.idle();
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.turn(Duration.ofMillis(2_999));
        assertThat(answers).isEmpty();
        // when
        bench.turn(Duration.ofMillis(1));
        // then
        assertThat(answers).containsExactly(timedOut("r1"));
        assertThat(bench.log.getLast())
                .isEqualTo("r1|REPORT RequestId: r1\tDuration: 3000.00 ms\tBilled Duration: 3100 ms" + COLD
                        + "Init Duration: 100.00 ms\tStatus: timeout");
        assertThat(bench.sandbox.asked).endsWith("kill").doesNotContain("close");
        assertThat(bench.api.forgotten).isTrue();
        assertThat(bench.owner).containsExactly("idle", "idle, to be started");
    }

    @Test
    void theInvocationAfterATimeoutStartsTheRuntimeWithinItsOwnTime() {
        // given
        var bench = Bench.idle();
        bench.invoke(Bench.invocation("r1"));
        bench.turn(Duration.ofSeconds(3));
        bench.log.clear();
        // when
        var answers = bench.invoke(Bench.invocation("r2"));
        bench.turn(Duration.ofMillis(200));
        bench.polls();
        bench.turn(Duration.ofMillis(50));
        bench.responds("1");
        bench.polls();
        // then
        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(bench.sandbox.environments).hasSize(2);
        assertThat(bench.log.getFirst()).isEqualTo("r2|START RequestId: r2 Version: $LATEST");
        assertThat(bench.log.getLast())
                .isEqualTo("r2|REPORT RequestId: r2\tDuration: 250.00 ms\tBilled Duration: 250 ms" + COLD);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, false, Runtime exited without providing a reason, Runtime.ExitError",
        "1, 0, false, Runtime exited with error: exit status 1, Runtime.ExitError",
        "127, 0, false, Runtime exited with error: exit status 127, Runtime.ExitError",
        "0, 9, false, Runtime exited with error: signal: killed, Runtime.ExitError",
        "0, 11, false, Runtime exited with error: signal: segmentation fault, Runtime.ExitError",
        "137, 0, true, Runtime exited with error: signal: killed, Runtime.OutOfMemory",
    })
    void anEndOfTheRuntimeIsToldInLambdasWords(
            int code, int signal, boolean outOfMemory, String message, String reportedType) {
        var bench = Bench.idle();
        var answers = bench.invoke(Bench.invocation("r1"));

        bench.exits(new Exit(code, signal, outOfMemory));

        assertThat(answers)
                .containsExactly(new FunctionError(
                        reportedType,
                        Buffer.buffer("{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: r1 Error: "
                                + message + "\"}"),
                        ""));
        assertThat(bench.log.getLast()).endsWith("\tStatus: error\tError Type: " + reportedType);
        assertThat(bench.owner).containsExactly("idle", "idle, to be started");
    }

    @Test
    void anEndAfterTheAnswerChangesOnlyTheReport() {
        var bench = Bench.idle();
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.responds("1");

        bench.exits(new Exit(1, 0, false));

        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(bench.log.getLast()).endsWith("Status: error\tError Type: Runtime.ExitError");
    }

    @Test
    void aRuntimeThatAnswersAndDoesNotComeBackRunsIntoTheTimeout() {
        var bench = Bench.idle();
        var answers = bench.invoke(Bench.invocationWithTail("r1"));
        bench.responds("1");

        bench.turn(Duration.ofSeconds(3));

        assertThat(answers).hasSize(1);
        assertThat(((Result) answers.getFirst()).payload()).isEqualTo(Buffer.buffer("1"));
        assertThat(bench.log.getLast()).endsWith("Status: timeout");
        assertThat(bench.owner).containsExactly("idle", "idle, to be started");
    }

    @Test
    void anInitThatFailsIsTriedAgainInTheInvocationAndThenTold() {
        // given
        var bench = new Bench();
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.prepare();
        bench.turn(Duration.ofNanos(20_040_000));
        // when
        bench.failsInit("Runtime.ImportModuleError", "{\"errorType\":\"first\"}");
        assertThat(answers).isEmpty();
        bench.turn(Duration.ofMillis(30));
        bench.failsInit("Runtime.ImportModuleError", "{\"errorType\":\"second\"}");
        // then
        assertThat(answers)
                .containsExactly(new FunctionError(
                        "Runtime.ImportModuleError", Buffer.buffer("{\"errorType\":\"second\"}"), ""));
        assertThat(withoutInitStart(bench))
                .containsExactly(
                        "-|INIT_REPORT Init Duration: 20.04 ms\tPhase: init\tStatus: error\t"
                                + "Error Type: Runtime.ImportModuleError",
                        "r1|START RequestId: r1 Version: $LATEST",
                        "r1|INIT_REPORT Init Duration: 30.00 ms\tPhase: invoke\tStatus: error\t"
                                + "Error Type: Runtime.ImportModuleError",
                        "r1|END RequestId: r1",
                        "r1|REPORT RequestId: r1\tDuration: 30.00 ms\tBilled Duration: 51 ms" + COLD
                                + "Status: error\tError Type: Runtime.ImportModuleError");
        assertThat(bench.owner).containsExactly("idle, to be started");
    }

    @Test
    void anInitThatTakesTooLongIsRunAgainUnderTheFunctionsTimeout() {
        // given
        var bench = new Bench();
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.prepare();
        bench.turn(Duration.ofSeconds(10));
        // when
        bench.turn(Duration.ofSeconds(2));
        bench.polls();
        bench.responds("1");
        bench.polls();
        // then
        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(withoutInitStart(bench))
                .containsExactly(
                        "-|INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout",
                        "r1|START RequestId: r1 Version: $LATEST",
                        "r1|END RequestId: r1",
                        "r1|REPORT RequestId: r1\tDuration: 2000.00 ms\tBilled Duration: 12000 ms" + COLD);
        assertThat(bench.sandbox.environments).hasSize(2);
    }

    @Test
    void anInitWithinTheInvocationThatTakesTooLongIsATimeout() {
        var bench = new Bench();
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.prepare();
        bench.turn(Duration.ofSeconds(13));

        assertThat(answers).containsExactly(timedOut("r1"));
        assertThat(bench.log).contains("r1|INIT_REPORT Init Duration: 3000.00 ms\tPhase: invoke\tStatus: timeout");
        assertThat(bench.owner).containsExactly("idle, to be started");
    }

    @Test
    void anInitThatEndsTheProcessIsTriedAgain() {
        var bench = new Bench();
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.prepare();
        bench.exits(new Exit(1, 0, false));
        bench.exits(new Exit(2, 0, false));

        assertThat(answers)
                .containsExactly(new FunctionError(
                        "Runtime.ExitError",
                        Buffer.buffer("{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":"
                                + "\"RequestId: r1 Error: Runtime exited with error: exit status 2\"}"),
                        ""));
    }

    @Test
    void aPackageWithoutABootstrapIsAnInvalidEntrypoint() {
        var bench = new Bench();
        bench.unstartable = new RuntimeFailure.NoEntrypoint(
                "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
        var answers = bench.invoke(Bench.invocation("r1"));

        bench.prepare();

        assertThat(answers)
                .containsExactly(new FunctionError(
                        "Runtime.InvalidEntrypoint",
                        Buffer.buffer("{\"errorType\":\"Runtime.InvalidEntrypoint\",\"errorMessage\":\"RequestId: r1 "
                                + "Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]\"}"),
                        ""));
        assertThat(bench.sandbox.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'error=13, Permission denied', permission denied",
        "'error=8, Exec format error', exec format error",
        "'error=2, No such file or directory', no such file or directory",
    })
    void aCommandThatCannotBeStartedIsAnInvalidEntrypoint(String machine, String told) {
        var bench = new Bench();
        bench.sandbox.refusal = new IOException(machine);
        var answers = bench.invoke(Bench.invocation("r1"));

        bench.prepare();

        assertThat(answers)
                .containsExactly(new FunctionError(
                        "Runtime.InvalidEntrypoint",
                        Buffer.buffer("{\"errorType\":\"Runtime.InvalidEntrypoint\",\"errorMessage\":"
                                + "\"RequestId: r1 Error: fork/exec /usr/bin/python3: " + told + "\"}"),
                        ""));
    }

    @Test
    void theCpuIsThrottledOnceInitIsDone() {
        var bench = new Bench();
        bench.prepare();
        assertThat(bench.sandbox.asked).containsExactly("start /usr/bin/python3 /var/runtime/bootstrap.py");

        bench.polls();

        assertThat(bench.sandbox.asked).endsWith("throttle");
    }

    @Test
    void anIdleEnvironmentIsFrozenAfterAWhileAndThawedForTheNextInvocation() {
        var bench = Bench.idle();
        bench.turn(Duration.ofMillis(49));
        assertThat(bench.sandbox.asked).doesNotContain("freeze");

        bench.turn(Duration.ofMillis(1));
        assertThat(bench.sandbox.asked).endsWith("freeze");

        bench.invoke(Bench.invocation("r1"));
        assertThat(bench.sandbox.asked).endsWith("freeze", "thaw");
    }

    @Test
    void everyIdleStateWithARuntimeIsFrozenAndThatIsCounted() {
        var bench = Bench.idle();
        bench.turn(Duration.ofMillis(50));
        assertThat(bench.frozen()).isOne();

        bench.invoke(Bench.invocation("r1"));
        assertThat(bench.frozen()).isZero();
        assertThat(bench.thaws()).isOne();
        bench.responds("1");
        bench.polls();
        bench.turn(Duration.ofMillis(50));
        assertThat(bench.frozen()).isOne();

        bench.exits(new Exit(0, 9, false));
        bench.turn(Duration.ofSeconds(1));
        assertThat(bench.frozen()).isZero();
        bench.invoke(Bench.invocation("r2"));
        bench.polls();
        bench.responds("1");
        bench.polls();
        bench.turn(Duration.ofMillis(50));
        assertThat(bench.frozen()).isOne();

        bench.environment.stop();
        bench.run();
        assertThat(bench.frozen()).isZero();
    }

    @Test
    void aProvisionedEnvironmentIsFrozenBeforeItsFirstInvocation() {
        var bench = Bench.provisioned();
        bench.prepare();
        bench.polls();

        bench.turn(Duration.ofMillis(50));

        assertThat(bench.sandbox.asked).endsWith("throttle", "freeze");
        assertThat(bench.frozen()).isOne();
    }

    @Test
    void theFirstInvocationOfAProvisionedEnvironmentIsNoColdStart() {
        // given
        var bench = Bench.provisioned();
        bench.prepare();
        bench.turn(Duration.ofSeconds(2));
        bench.polls();
        // when
        bench.invoke(Bench.invocation("r1"));
        bench.turn(Duration.ofNanos(3_010_000));
        bench.responds("1");
        bench.polls();
        // then
        assertThat(bench.log).contains("-|INIT_REPORT Init Duration: 2000.00 ms\tPhase: init\t");
        assertThat(bench.log.getLast())
                .isEqualTo("r1|REPORT RequestId: r1\tDuration: 3.01 ms\tBilled Duration: 4 ms" + COLD);
    }

    @Test
    void theInitOfAProvisionedEnvironmentMayTake130Seconds() {
        var bench = Bench.provisioned();
        bench.prepare();
        bench.turn(Duration.ofMillis(129_999));
        assertThat(bench.owner).isEmpty();

        bench.turn(Duration.ofMillis(1));

        assertThat(bench.initFailures)
                .containsExactly(new InitFailure("Sandbox.Timedout", "Init took longer than 130 seconds"));
        assertThat(bench.owner).containsExactly("idle, to be started");
    }

    @ParameterizedTest
    @CsvSource({"ON_DEMAND, 900, 10", "PROVISIONED_CONCURRENCY, 3, 130", "PROVISIONED_CONCURRENCY, 900, 900"})
    void anInitMayTakeAsLongAsLambdaAllows(InitializationType type, int timeoutSeconds, int limitSeconds) {
        assertThat(type.initLimit(Duration.ofSeconds(10), timeoutSeconds)).hasSeconds(limitSeconds);
    }

    @Test
    void theOwnerIsToldWhyAnInitFailed() {
        var reported = new Bench();
        reported.prepare();
        reported.failsInit("Runtime.ImportModuleError", "{\"errorMessage\":\"No module named 'x'\"}");
        var unreadable = new Bench();
        unreadable.prepare();
        unreadable.failsInit("Runtime.Unknown", "not JSON");
        var exited = new Bench();
        exited.prepare();
        exited.exits(new Exit(3, 0, false));

        assertThat(reported.initFailures)
                .containsExactly(new InitFailure("Runtime.ImportModuleError", "No module named 'x'"));
        assertThat(unreadable.initFailures).containsExactly(new InitFailure("Runtime.Unknown", ""));
        assertThat(exited.initFailures)
                .containsExactly(new InitFailure("Runtime.ExitError", "Runtime exited with error: exit status 3"));
    }

    @Test
    void theOwnerIsToldOfARuntimeThatEndsWhileIdle() {
        var bench = Bench.idle();

        bench.exits(new Exit(0, 9, false));

        assertThat(bench.owner).containsExactly("idle", "ended");
    }

    @Test
    void aRuntimeThatIsStartedAgainWithinAnInvocationIsCounted() {
        var bench = Bench.idle();
        bench.exits(new Exit(0, 9, false));
        bench.invoke(Bench.invocation("r1"));

        assertThat(bench.meters
                        .get("kappa.worker.cold.starts")
                        .tag("cause", "reset")
                        .counter()
                        .count())
                .isOne();
    }

    @Test
    void invocationsBackToBackNeverFreeze() {
        var bench = Bench.idle();
        for (int i = 0; i < 100; i++) {
            bench.invoke(Bench.invocation("r" + i));
            bench.turn(Duration.ofMillis(5));
            bench.responds("1");
            bench.polls();
            bench.turn(Duration.ofMillis(5));
        }

        assertThat(bench.sandbox.asked).doesNotContain("freeze", "thaw");
        assertThat(bench.loop.timers()).isLessThanOrEqualTo(2);
    }

    @Test
    void anEnvironmentThatCannotBePreparedSaysWhy() {
        var bench = new Bench();

        bench.prepare(new Failed(Refusal.CODE_UNAVAILABLE));

        assertThat(bench.owner).containsExactly("unavailable: CODE_UNAVAILABLE");
    }

    @Test
    void aRuntimeThatEndsWhileIdleIsStartedAgainByTheNextInvocation() {
        var bench = Bench.idle();
        bench.turn(Duration.ofMillis(100)); // frozen
        bench.exits(new Exit(0, 9, false));

        var answers = bench.invoke(Bench.invocation("r1"));
        bench.polls();
        bench.responds("1");

        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(bench.sandbox.asked)
                .containsSubsequence("freeze", "thaw", "start /usr/bin/python3 /var/runtime/bootstrap.py");
    }

    @Test
    void stoppingGivesBackEverything() {
        var bench = Bench.idle();

        bench.environment.stop();
        bench.run();

        assertThat(bench.sandbox.asked).endsWith("close");
        assertThat(bench.api.closed).isTrue();
        assertThat(bench.released).isTrue();
        assertThat(bench.logClosed).isTrue();
        assertThat(bench.owner).containsExactly("idle", "stopped");
        assertThat(bench.loop.timers()).isZero();
    }

    @Test
    void stoppingWhileAnInvocationRunsTellsItsCallerOnce() {
        var bench = Bench.idle();
        var answers = bench.invoke(Bench.invocation("r1"));

        bench.environment.stop();
        bench.run();
        bench.responds("too late");

        assertThat(answers).containsExactly(new Abandoned());
    }

    @Test
    void stoppingAfterTheAnswerTellsTheCallerNothingMore() {
        var bench = Bench.idle();
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.responds("1");

        bench.environment.stop();
        bench.run();

        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
    }

    @Test
    void stoppingDuringPreparationGivesBackWhatWasMade() {
        var bench = new Bench();
        bench.beginToPrepare();
        bench.environment.stop();
        bench.run();

        bench.prepare();

        assertThat(bench.sandbox.asked).containsExactly("close");
        assertThat(bench.released).isTrue();
        assertThat(bench.owner).containsExactly("stopped");
    }

    @Test
    void stoppingWhileTheProcessIsBeingStartedWaitsForIt() {
        var bench = new Bench();
        bench.prepareWithoutStarting();
        bench.environment.stop();
        bench.loop.run();
        assertThat(bench.sandbox.asked).isEmpty();

        bench.run();

        assertThat(bench.sandbox.asked).containsExactly("start /usr/bin/python3 /var/runtime/bootstrap.py", "close");
        assertThat(bench.owner).containsExactly("stopped");
    }

    @Test
    void aProcessThatStartsAfterItsInitHasTimedOutIsKilledBeforeTheNextOne() {
        var bench = new Bench();
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.prepareWithoutStarting();
        bench.loop.turn(Duration.ofSeconds(10));
        assertThat(bench.sandbox.asked).isEmpty();

        bench.run();
        bench.polls();
        bench.responds("1");

        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        var start = "start /usr/bin/python3 /var/runtime/bootstrap.py";
        assertThat(bench.sandbox.asked).containsExactly(start, "kill", start, "throttle");
    }

    private static FunctionError timedOut(String requestId) {
        return new FunctionError(
                "Sandbox.Timedout",
                Buffer.buffer("{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"RequestId: " + requestId
                        + " Error: Task timed out after 3.00 seconds\"}"),
                "");
    }

    private static List<String> withoutInitStart(Bench bench) {
        return bench.log.stream().filter(line -> !line.contains("INIT_START")).toList();
    }

    /** A runtime that was parked in the sandbox. */
    private static final class Parked implements WaitingRuntime {
        final CompletableFuture<Exit> exit = new CompletableFuture<>();
        final List<Map<String, String>> told = new ArrayList<>();
        boolean listens = true;

        @Override
        public CompletionStage<Exit> exit() {
            return exit;
        }

        @Override
        public boolean assign(Map<String, String> environment, Sandbox.Output output) {
            if (listens) {
                told.add(environment);
                output.print("hello\n".getBytes(StandardCharsets.UTF_8));
            }
            return listens;
        }
    }

    @Test
    void aParkedRuntimeIsToldInsteadOfAnotherStarted() {
        var bench = new Bench();
        var parked = new Parked();
        bench.parked = parked;
        bench.invoke(Bench.invocation("r1"));

        bench.prepare();
        bench.turn(Duration.ofNanos(2_500_000));
        bench.polls();
        bench.responds("1");
        bench.polls();

        assertThat(parked.told).hasSize(1);
        assertThat(bench.sandbox.asked).containsExactly("throttle");
        assertThat(bench.log.getFirst()).startsWith("-|INIT_START Runtime Version: python:3.12.4");
        assertThat(bench.log.get(1)).isEqualTo("-|hello");
        assertThat(bench.log.getLast()).endsWith("Init Duration: 2.50 ms\t");
    }

    @Test
    void aRuntimeIsStartedInTheSandboxAfterOneThatWasParked() {
        var bench = new Bench();
        var parked = new Parked();
        bench.parked = parked;
        bench.prepare();
        bench.polls();
        bench.invoke(Bench.invocation("r1"));

        parked.exit.complete(new Exit(1, 0, false));
        bench.run();
        bench.invoke(Bench.invocation("r2"));

        assertThat(parked.told).hasSize(1);
        assertThat(bench.sandbox.asked.getLast()).startsWith("start /usr/bin/python3");
    }

    @Test
    void aParkedRuntimeThatDoesNotListenIsReplacedWithoutTheFunctionKnowing() {
        var bench = new Bench();
        var parked = new Parked();
        parked.listens = false;
        bench.parked = parked;
        bench.prepare();
        assertThat(bench.sandbox.asked).containsExactly("kill");

        parked.exit.complete(new Exit(0, 9, false));
        bench.run();
        bench.polls();

        assertThat(bench.sandbox.asked).contains("start /usr/bin/python3 /var/runtime/bootstrap.py");
        assertThat(bench.owner).containsExactly("idle");
        assertThat(bench.log).hasSize(1);
    }

    @Test
    void refusesWhatComesTooLateAndIsReadyForTheNext() {
        var bench = Bench.idle();
        long now = bench.loop.nanoTime();

        assertThat(bench.invoke(mayBeginBefore(now))).containsExactly(new Refused(Refusal.TOO_LATE));
        assertThat(bench.owner).endsWith("idle", "idle");
        var heard = bench.invoke(mayBeginBefore(now + 1));
        bench.responds("1");
        assertThat(heard).containsExactly(new Result(Buffer.buffer("1"), ""));
    }

    @Test
    void refusesWhatHasWaitedTooLongForItsInit() {
        var bench = new Bench();
        var heard = bench.invoke(
                mayBeginBefore(bench.loop.nanoTime() + Duration.ofMillis(50).toNanos()));
        bench.prepare();
        bench.turn(Duration.ofMillis(50));
        bench.polls();

        assertThat(heard).containsExactly(new Refused(Refusal.TOO_LATE));
        assertThat(bench.owner).containsExactly("idle");
        assertThat(bench.api.given).isEmpty();
    }

    @Test
    void aResultThatComesInPartsIsHandedOnWithoutWaitingForItsEnd() {
        var bench = Bench.idle();
        var heard = bench.invoke(Bench.streamedInvocation("r1"));
        bench.begins("text/html");
        bench.sends("one ");
        assertThat(bench.parts).containsExactly("text/html", "one ");
        assertThat(heard).isEmpty();
        bench.sends("two");
        bench.responds("");

        assertThat(bench.parts).containsExactly("text/html", "one ", "two");
        assertThat(heard).containsExactly(new Result(Buffer.buffer(), ""));
        assertThat(bench.owner).containsExactly("idle");
        bench.polls();
        assertThat(bench.owner).containsExactly("idle", "idle");
    }

    @Test
    void aTimeoutEndsAResultThatComesInParts() {
        var bench = Bench.idle();
        var heard = bench.invoke(Bench.streamedInvocation("r1"));
        bench.begins("text/html");
        bench.sends("one ");
        bench.turn(Duration.ofSeconds(3));
        bench.sends("too late");

        assertThat(bench.parts).containsExactly("text/html", "one ");
        assertThat(heard).hasSize(1);
        assertThat(((FunctionError) heard.getFirst()).type()).isEqualTo("Sandbox.Timedout");
        assertThat(bench.owner).containsExactly("idle", "idle, to be started");
    }

    private static Invocation mayBeginBefore(long nanoTime) {
        var any = Bench.invocation("r1");
        return new Invocation(
                any.requestId(),
                any.invokedArn(),
                any.traceId(),
                any.clientContext(),
                any.tailWanted(),
                any.payload(),
                OptionalLong.of(nanoTime));
    }
}
