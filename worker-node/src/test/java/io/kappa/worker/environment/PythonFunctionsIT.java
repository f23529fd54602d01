package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.worker.sandbox.SandboxSettings.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What Lambda promises of environments, kept with a real interpreter. */
@ParameterizedClass
@EnumSource(
        value = Kind.class,
        names = {"PROCESS", "OCI"})
class PythonFunctionsIT {
    private final Kind kind;

    @TempDir
    private Path directory;

    private Machine machine;

    PythonFunctionsIT(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void openMachine() {
        open(Duration.ofSeconds(10));
    }

    private void open(Duration initTimeout) {
        machine = Machine.open(directory, new EnvironmentSettings(initTimeout, Duration.ofMillis(5)), kind);
        assumeTrue(
                machine.runtimes.find(RuntimeIdentifier.PYTHON3_12).isPresent(),
                "no Python interpreter on this machine");
    }

    @AfterEach
    void closeMachine() {
        machine.close();
    }

    @Test
    void keepsGlobalsBetweenInvocations() throws Exception {
        var function = python("""
                calls = 0
                def handler(event, context):
                    global calls
                    calls += 1
                    return {"calls": calls, "event": event}
                """);

        assertThat(function.invoke("[1]").payload()).isEqualTo("{\"calls\": 1, \"event\": [1]}");
        assertThat(function.invoke("\"ü\"").payload()).contains("\"calls\": 2");
        assertThat(machine.pool.usage().usedMegabytes()).isEqualTo(128);
    }

    @Test
    void aFrozenEnvironmentIsThawedForItsNextInvocation() throws Exception {
        var function = python("""
                calls = 0
                def handler(event, context):
                    global calls
                    calls += 1
                    return calls
                """);
        function.invoke("1");
        machine.eventually("frozen", () -> machine.frozen() == 1);

        var answer = function.invoke("1");

        assertThat(answer.payload()).isEqualTo("2");
        assertThat(machine.thaws()).isOne();
        machine.eventually("frozen again", () -> machine.frozen() == 1);
    }

    @Test
    void provisionedEnvironmentsAreReadyAndFrozenBeforeAnyInvocationAndTheirFirstIsWarm() throws Exception {
        // given
        var function = python("""
                import os, time, uuid
                me = str(uuid.uuid4())
                def handler(event, context):
                    time.sleep(event)
                    return me + " " + os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]
                """);
        function.startProvisioned();
        function.startProvisioned();
        machine.eventually("ready", () -> function.provisioned().ready() == 2);
        machine.eventually("frozen", () -> machine.frozen() == 2);
        // when
        var one = function.start("0.3", true);
        var other = function.start("0.3", true);
        // then
        assertThat(one.get().payload())
                .endsWith(" provisioned-concurrency\"")
                .isNotEqualTo(other.get().payload());
        assertThat(one.get().tail()).contains("REPORT ").doesNotContain("Init Duration");
        assertThat(other.get().tail()).contains("REPORT ").doesNotContain("Init Duration");
        assertThat(machine.log)
                .filteredOn(line -> line.matches("INIT_REPORT Init Duration: [0-9.]+ ms\tPhase: init\t"))
                .hasSize(2);
        assertThat(machine.pool.usage().usedMegabytes()).isEqualTo(256);
    }

    @Test
    void anInvocationThatFindsAllProvisionedEnvironmentsBusyRunsOnDemand() throws Exception {
        var function = python("""
                import os, time
                def handler(event, context):
                    time.sleep(event)
                    return os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]
                """);
        function.startProvisioned();
        machine.eventually("ready", () -> function.provisioned().ready() == 1);

        var first = function.start("0.5", false);
        var second = function.start("0", true);

        assertThat(first.get().payload()).isEqualTo("\"provisioned-concurrency\"");
        assertThat(second.get().payload()).isEqualTo("\"on-demand\"");
        assertThat(second.get().tail()).contains("Init Duration");
    }

    @Test
    void runsTwoInvocationsAtOnceInTwoEnvironments() throws Exception {
        var function = python("""
                import time, uuid
                me = str(uuid.uuid4())
                def handler(event, context):
                    time.sleep(0.3)
                    return me
                """);

        var one = function.start("{}", false);
        var other = function.start("{}", false);

        assertThat(one.get().payload()).isNotEqualTo(other.get().payload());
    }

    @Test
    void aTimeoutLosesGlobalsAndKeepsTmp() throws Exception {
        var function = python(1, """
                import os, tempfile, time
                calls = 0
                def handler(event, context):
                    global calls
                    calls += 1
                    path = os.path.join(tempfile.gettempdir(), "kept")
                    with open(path, "a") as file:
                        file.write("x")
                    if event == "hang":
                        time.sleep(60)
                    return [calls, open(path).read()]
                """);
        assertThat(function.invoke("1").payload()).isEqualTo("[1, \"x\"]");

        var hung = function.invoke("\"hang\"");

        assertThat(hung.error()).isTrue();
        assertThat(hung.payload())
                .matches("\\{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":"
                        + "\"RequestId: 0{8}-0000-.* Error: Task timed out after 1.00 seconds\"}");
        assertThat(hung.tail()).endsWith("Status: timeout\n");
        assertThat(function.invoke("2").payload()).isEqualTo("[1, \"xxx\"]");
        assertThat(machine.pool.usage().usedMegabytes()).isEqualTo(128);
    }

    @ParameterizedTest
    @CsvSource({
        "os._exit(0), Runtime exited without providing a reason",
        "os._exit(1), Runtime exited with error: exit status 1",
        "'os.kill(os.getpid(), 9)', Runtime exited with error: signal: killed",
        "'os.kill(os.getpid(), 11)', Runtime exited with error: signal: segmentation fault",
    })
    void anEndOfTheProcessIsToldInLambdasWords(String end, String message) throws Exception {
        var function = python("""
                import os
                def handler(event, context):
                    if event == "end":
                        print("last words", flush=True)
                        %s
                    return "alive"
                """.formatted(end));

        var ended = function.invoke("\"end\"");

        assertThat(ended.payload())
                .startsWith("{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: ")
                .endsWith(" Error: " + message + "\"}");
        assertThat(ended.tail()).contains("last words\n").endsWith("Status: error\tError Type: Runtime.ExitError\n");
        assertThat(function.invoke("1").payload()).isEqualTo("\"alive\"");
    }

    @Test
    void aFunctionThatNeedsMoreMemoryThanItHasIsKilled() throws Exception {
        assumeTrue(kind == Kind.OCI, "plain processes have no limit of memory");
        var function = python("""
                def handler(event, context):
                    return len(bytearray(event * 1024 * 1024))
                """);

        var killed = function.invoke("500");

        assertThat(killed.payload()).contains("Runtime.ExitError", "Runtime exited with error: signal: killed");
        assertThat(killed.tail()).endsWith("Status: error\tError Type: Runtime.OutOfMemory\n");
        assertThat(function.invoke("1").payload()).isEqualTo("1048576");
    }

    @Test
    void anExceptionKeepsTheEnvironment() throws Exception {
        var function = python("""
                import uuid
                me = str(uuid.uuid4())
                def handler(event, context):
                    if event == "raise":
                        raise ValueError("boom")
                    return me
                """);
        var process = function.invoke("1").payload();

        var raised = function.invoke("\"raise\"");

        assertThat(raised.error()).isTrue();
        assertThat(raised.payload()).contains("\"errorMessage\": \"boom\"", "\"errorType\": \"ValueError\"");
        assertThat(raised.tail()).contains("[ERROR] ValueError: boom").doesNotContain("Status:");
        assertThat(function.invoke("1").payload()).isEqualTo(process);
    }

    @Test
    void anInitThatFailsIsTriedTwiceAndThenTold() throws Exception {
        var function = python("import not_there");

        var failed = function.invoke("1");

        assertThat(failed.error()).isTrue();
        assertThat(failed.payload()).contains("Runtime.ImportModuleError", "No module named 'not_there'");
        assertThat(machine.log)
                .anyMatch(line -> line.matches(
                        "INIT_REPORT Init Duration: [0-9.]+ ms\tPhase: init\tStatus: error\tError Type: Runtime.+"))
                .anyMatch(line -> line.matches(
                        "INIT_REPORT Init Duration: [0-9.]+ ms\tPhase: invoke\tStatus: error\tError Type: Runtime.+"));
        assertThat(failed.tail()).doesNotContain("Init Duration: 0");
    }

    @Test
    void anInitBeyondItsLimitIsRunAgainWithinTheInvocation() throws Exception {
        machine.close();
        open(Duration.ofMillis(300));
        var function = python(20, """
                import time
                time.sleep(0.6)
                def handler(event, context):
                    return "slow"
                """);

        var told = function.invoke("1");

        assertThat(told.payload()).isEqualTo("\"slow\"");
        assertThat(machine.log)
                .anyMatch(line -> line.matches("INIT_REPORT Init Duration: [0-9.]+ ms\tPhase: init\tStatus: timeout"));
        var report = told.tail().lines().reduce("", (_, line) -> line);
        assertThat(report).startsWith("REPORT ").doesNotContain("Init Duration");
        assertThat(Double.parseDouble(report.replaceAll(".*\tDuration: ([0-9.]+) ms.*", "$1")))
                .isGreaterThan(600);
    }

    @Test
    void tellsTheFunctionWhereItRuns() throws Exception {
        var function = python("""
                import os
                def handler(event, context):
                    return {**os.environ, "cwd": os.getcwd(), "arn": context.invoked_function_arn,
                            "left": context.get_remaining_time_in_millis(), "id": context.aws_request_id,
                            "trace": os.environ.get("_X_AMZN_TRACE_ID"), "stream": context.log_stream_name}
                """);

        @SuppressWarnings("unchecked")
        Map<String, Object> seen =
                new JsonMapper().readValue(function.invoke("1").payload(), Map.class);

        assertThat(seen)
                .containsEntry("_HANDLER", "app.handler")
                .containsEntry("STAGE", "test")
                .containsEntry("AWS_REGION", "us-east-1")
                .containsEntry("AWS_EXECUTION_ENV", "AWS_Lambda_python3.12")
                .containsEntry("AWS_LAMBDA_FUNCTION_NAME", "f1")
                .containsEntry("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
                .containsEntry("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
                .containsEntry("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/f1")
                .containsEntry("TZ", ":UTC")
                .containsEntry("arn", "arn:aws:lambda:us-east-1:123456789012:function:f1:live")
                .containsEntry("id", "00000000-0000-0000-0000-000000000001")
                .containsEntry("trace", "Root=1-5e1b4151-5ac6c58f3a4b5c6d7e8f9012;Sampled=0")
                .containsEntry("cwd", seen.get("LAMBDA_TASK_ROOT"))
                .containsEntry("stream", seen.get("AWS_LAMBDA_LOG_STREAM_NAME"));
        assertThat((Integer) seen.get("left")).isBetween(1, 10_000);
        assertThat((String) seen.get("AWS_LAMBDA_LOG_STREAM_NAME"))
                .matches("\\d{4}/\\d\\d/\\d\\d/\\[\\$LATEST][0-9a-f]{32}");
    }

    @Test
    void theTailHasWhatWasPrintedBeforeTheAnswerAndAtMostFourKilobytes() throws Exception {
        var function = python("""
                import sys
                def handler(event, context):
                    print("x" * event, end="")
                    sys.stderr.write("unfinished")
                """);

        var little = function.invoke("10");
        assertThat(little.payload()).isEqualTo("null");
        assertThat(little.tail().lines().toList())
                .satisfies(lines -> assertThat(lines.getFirst()).startsWith("START RequestId: "))
                .satisfies(lines -> assertThat(String.join("", lines.subList(1, lines.size() - 2)))
                        .contains("xxxxxxxxxx", "unfinished"))
                .satisfies(lines -> assertThat(lines.getLast()).startsWith("REPORT RequestId: "));

        var much = function.invoke("100000");
        assertThat(much.tail()).hasSize(4096).endsWith(" MB\t\n");
    }

    @Test
    void aResponseMayHaveSixMegabytesAndNotMore() throws Exception {
        var function = python("""
                def handler(event, context):
                    return "x" * event
                """);

        var largest = function.invoke("6291554");
        assertThat(largest.error()).isFalse();
        assertThat(largest.payload()).hasSize(6_291_556);

        var larger = function.invoke("6291555");
        assertThat(larger.error()).isTrue();
        assertThat(larger.payload())
                .isEqualTo("{\"errorMessage\":\"Response payload size exceeded maximum allowed payload size"
                        + " (6291556 bytes).\",\"errorType\":\"Function.ResponseSizeTooLarge\"}");

        assertThat(function.invoke("1").payload()).isEqualTo("\"x\"");
        assertThat(machine.pool.usage().usedMegabytes()).isEqualTo(128);
    }

    @Test
    void linesAreLoggedInOrder() throws Exception {
        var function = python("""
                print("at init")
                def handler(event, context):
                    print("in handler")
                """);
        function.invoke("1");

        var words = machine.log.stream().map(line -> line.split(" ", 2)[0]).toList();
        assertThat(words).containsExactly("INIT_START", "at", "START", "in", "END", "REPORT");
    }

    private Machine.Function python(String code) throws IOException {
        return python(10, code);
    }

    private Machine.Function python(int timeoutSeconds, String code) throws IOException {
        return machine.function(RuntimeIdentifier.PYTHON3_12, "app.handler", timeoutSeconds, Map.of("app.py", code));
    }
}
