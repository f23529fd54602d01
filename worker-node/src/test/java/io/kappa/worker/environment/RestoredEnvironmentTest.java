package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.worker.environment.InvocationOutcome.FunctionError;
import io.kappa.worker.environment.InvocationOutcome.Refused;
import io.kappa.worker.environment.InvocationOutcome.Result;
import io.kappa.worker.sandbox.Sandbox.Exit;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The life of an environment that comes from a snapshot. */
class RestoredEnvironmentTest {
    private static final String RESTORE = "restore {ADDRESS=here}";
    private static final String START = "start /usr/bin/python3 /var/runtime/bootstrap.py";

    private final Bench bench = Bench.withSnapshot();

    private long restores() {
        return bench.meters.get("kappa.worker.restores").timer().count();
    }

    private double failures() {
        return bench.meters.get("kappa.worker.restore.failures").counter().count();
    }

    @Test
    void theFirstInvocationReportsTheRestoreAndNoInit() {
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.prepare();
        bench.turn(Duration.ofMillis(40));
        bench.polls();
        bench.responds("1");
        bench.polls();

        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(bench.sandbox.asked).contains(RESTORE, "throttle").doesNotContain(START);
        assertThat(bench.log.getFirst()).startsWith("-|RESTORE_START Runtime Version: python:3.12.4");
        assertThat(bench.log.get(1)).isEqualTo("-|RESTORE_REPORT Restore Duration: 40.00 ms");
        assertThat(bench.log.getLast()).endsWith("Restore Duration: 40.00 ms\tBilled Restore Duration: 40 ms\t");
        assertThat(restores()).isEqualTo(1);
    }

    @Test
    void whatCannotBeRestoredIsInitialisedAndItsSnapshotDiscarded() {
        bench.sandbox.brokenImage = new IOException("broken");

        var answers = bench.invoke(Bench.invocation("r1"));
        bench.prepare();
        bench.turn(Duration.ofMillis(30));
        bench.polls();
        bench.responds("1");
        bench.polls();

        assertThat(answers).hasSize(1);
        assertThat(bench.sandbox.asked).containsSubsequence(RESTORE, START);
        assertThat(bench.log).anyMatch(line -> line.startsWith("-|INIT_START"));
        assertThat(bench.log.getLast()).endsWith("Init Duration: 30.00 ms\t");
        assertThat(bench.discarded).isEqualTo(1);
        assertThat(failures()).isEqualTo(1);
    }

    @Test
    void aRuntimeThatIsLostIsRestoredWithinTheNextInvocation() {
        bench.prepare();
        bench.polls();
        bench.invoke(Bench.invocation("r1"));
        bench.exits(new Exit(3, 0, false));

        var answers = bench.invoke(Bench.invocation("r2"));
        bench.polls();
        bench.responds("2");
        bench.polls();

        assertThat(answers).containsExactly(new Result(Buffer.buffer("2"), ""));
        assertThat(bench.sandbox.asked.stream().filter(RESTORE::equals)).hasSize(2);
        assertThat(bench.sandbox.asked).doesNotContain(START);
        assertThat(restores()).isEqualTo(2);
    }

    @Test
    void whereFilesInTmpHaveChangedTheResetInitialisesAndKeepsTheSnapshot() {
        bench.prepare();
        bench.polls();
        bench.exits(new Exit(3, 0, false));
        bench.sandbox.brokenImage = new IOException("file has another size");

        var answers = bench.invoke(Bench.invocation("r1"));
        bench.polls();
        bench.responds("1");
        bench.polls();

        assertThat(answers).containsExactly(new Result(Buffer.buffer("1"), ""));
        assertThat(bench.sandbox.asked).containsSubsequence(RESTORE, RESTORE, START);
        assertThat(bench.discarded).isZero();
    }

    @Test
    void aHookThatFailsIsTheErrorOfTheInvocationThatTriesAgain() {
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.prepare();
        bench.failsRestore("Runtime.AfterRestoreError", "{\"errorType\":\"X\"}");
        assertThat(answers).isEmpty();

        bench.failsRestore("Runtime.AfterRestoreError", "{\"errorType\":\"X\"}");

        assertThat(answers)
                .containsExactly(
                        new FunctionError("Runtime.AfterRestoreError", Buffer.buffer("{\"errorType\":\"X\"}"), ""));
        assertThat(bench.log)
                .anyMatch(line -> line.endsWith("Status: error\tError Type: Runtime.AfterRestoreError")
                        && line.startsWith("-|RESTORE_REPORT"));
        assertThat(failures()).isEqualTo(2);
    }

    @Test
    void hooksThatTakeTooLongRefuseTheInvocation() {
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.prepare();
        bench.turn(Duration.ofSeconds(10));
        assertThat(bench.log).contains("-|RESTORE_REPORT Restore Duration: 10000.00 ms\tStatus: timeout");

        bench.turn(Duration.ofSeconds(3)); // The function's own timeout is shorter than the limit.

        assertThat(answers).containsExactly(new Refused(Refusal.RESTORE_TIMED_OUT));
    }

    @Test
    void theTimeOfTheRestoreCountsForTheTimeoutOfTheInvocationThatResets() {
        bench.prepare();
        bench.polls();
        bench.exits(new Exit(3, 0, false));
        var answers = bench.invoke(Bench.invocation("r1"));
        bench.turn(Duration.ofSeconds(2));
        bench.polls();

        bench.turn(Duration.ofMillis(999));
        assertThat(answers).isEmpty();
        bench.turn(Duration.ofMillis(2));

        assertThat(answers).singleElement().isInstanceOf(FunctionError.class);
    }
}
