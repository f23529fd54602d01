package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.worker.environment.Machine.Function;
import io.kappa.worker.sandbox.SandboxSettings.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Extensions of layers run beside their function's runtime, in every kind of sandbox. */
@ParameterizedClass
@EnumSource(
        value = Kind.class,
        names = {"PROCESS", "OCI"})
class ExtensionProcessesIT {
    private static final Path EXAMPLES = Path.of("..", "examples");
    private static final String HANDLER = """
            import os, sys, time
            def handler(event, context):
                print("line of", context.aws_request_id)
                sys.stdout.flush()
                if event == "sleep":
                    time.sleep(30)
                if event == "exit":
                    os._exit(3)
                return open("/proc/self/cgroup").read() if event == "group" else event
            """;

    private final Kind kind;

    @TempDir
    private Path directory;

    private Machine machine;

    ExtensionProcessesIT(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void openMachine() {
        machine = Machine.open(directory, new EnvironmentSettings(Duration.ofSeconds(10), Duration.ofMillis(5)), kind);
        assumeTrue(machine.runtimes.find(RuntimeIdentifier.PYTHON3_12).isPresent(), "no Python on this machine");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "no curl on this machine");
    }

    @AfterEach
    void closeMachine() {
        machine.close();
    }

    private void example(String name) throws IOException {
        machine.layer(
                name, Map.of("extensions/" + name, Files.readString(EXAMPLES.resolve(name + "/extensions/" + name))));
    }

    private void extension(String name, String script) throws IOException {
        machine.layer(name, Map.of("extensions/" + name, script));
    }

    private Function function(int timeoutSeconds, String... layers) throws IOException {
        return machine.function(
                RuntimeIdentifier.PYTHON3_12,
                "app.handler",
                timeoutSeconds,
                Map.of("app.py", HANDLER),
                Map.of("STAGE", "test"),
                List.of(layers));
    }

    private void eventuallyLogged(String start, String... parts) {
        machine.eventually(
                start + " in " + machine.log,
                () -> machine.log.stream()
                        .filter(line -> line.startsWith(start))
                        .anyMatch(line -> List.of(parts).stream().allMatch(line::contains)));
    }

    @Test
    void extensionsHearTheirFunctionAndItsEnd() throws Exception {
        example("telemetry-printer");
        example("invocation-counter");
        var function = function(20, "telemetry-printer", "invocation-counter");

        assertThat(function.invoke("\"one\"").payload()).isEqualTo("\"one\"");
        assertThat(function.invoke("\"two\"").payload()).isEqualTo("\"two\"");
        machine.pool.close();

        eventuallyLogged("invocation-counter counted 2");
        var ids = machine.log.stream()
                .filter(line -> line.startsWith("line of "))
                .map(line -> line.substring(8))
                .toList();
        assertThat(ids).hasSize(2);
        eventuallyLogged(
                "telemetry-printer heard",
                "\"reason\": \"SPINDOWN\"",
                "\"lines\": [\"line of " + ids.getFirst() + "\", \"line of " + ids.getLast() + "\"]",
                "\"reported\": [\"" + ids.getFirst() + "\", \"" + ids.getLast() + "\"]");
        assertThat(machine.log)
                .contains("EXTENSION\tName: telemetry-printer\tState: Ready\tEvents: [INVOKE, SHUTDOWN]")
                .contains("TELEMETRY\tName: telemetry-printer\tState: Subscribed\tTypes: [Platform, Function]");
    }

    @Test
    void extensionsAreToldOfATimeoutAndStartAnewWithTheRuntime() throws Exception {
        example("telemetry-printer");
        var function = function(5, "telemetry-printer");

        assertThat(function.invoke("\"sleep\"").payload()).contains("Sandbox.Timedout");
        eventuallyLogged("telemetry-printer heard", "\"reason\": \"TIMEOUT\"");
        assertThat(function.invoke("\"after\"").payload()).isEqualTo("\"after\"");
        assertThat(function.invoke("\"exit\"").payload()).contains("Runtime exited with error: exit status 3");
        eventuallyLogged("telemetry-printer heard", "\"reason\": \"FAILURE\"");
    }

    @Test
    void anExtensionThatEndsFailsTheInvocation() throws Exception {
        extension("brief", "#!/bin/sh\necho not for long\nexit 7\n");

        assertThat(function(20, "brief").invoke("1").payload())
                .contains("\"errorType\":\"Extension.Crash\"", "Error: exit status 7");
        assertThat(machine.log).contains("not for long");
    }

    @Test
    void whatIsNoProgramCannotBeLaunched() throws Exception {
        extension("broken", "#!/no/such/interpreter\n");

        assertThat(function(20, "broken").invoke("1").payload())
                .contains("\"errorType\":\"Extension.LaunchError\"", "fork/exec /opt/extensions/broken: ");
    }

    @Test
    void anExtensionWithinTheRuntimeHearsOfInvocations() throws Exception {
        var function = machine.function(RuntimeIdentifier.PYTHON3_12, "app.handler", 20, Map.of("app.py", """
                import json, os, threading, urllib.request
                api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2020-01-01/extension/"
                register = urllib.request.Request(
                    api + "register", b'{"events":["INVOKE"]}',
                    {"Lambda-Extension-Name": "inside", "Lambda-Extension-Accept-Feature": "accountId"})
                with urllib.request.urlopen(register) as answer:
                    me = {"Lambda-Extension-Identifier": answer.headers["Lambda-Extension-Identifier"]}
                    told = json.load(answer)
                heard = []
                came = threading.Condition()
                def listen():
                    while True:
                        with urllib.request.urlopen(urllib.request.Request(api + "event/next", None, me)) as event:
                            with came:
                                heard.append(json.load(event)["requestId"])
                                came.notify()
                threading.Thread(target=listen, daemon=True).start()
                def handler(event, context):
                    with came:
                        came.wait_for(lambda: context.aws_request_id in heard)
                    return told
                """));

        assertThat(function.invoke("1").payload())
                .contains("\"handler\": \"app.handler\"", "\"accountId\": \"123456789012\"");
        assertThat(function.invoke("2").error()).isFalse();
        assertThat(machine.log).contains("EXTENSION\tName: inside\tState: Ready\tEvents: [INVOKE]");
    }

    @Test
    void noSnapshotIsTakenOfFunctionsWithExtensions() throws Exception {
        assumeTrue(machine.takesSnapshots(), "no snapshots on this machine");
        example("invocation-counter");
        var function = function(20, "invocation-counter").published();

        assertThat(function.takeSnapshot())
                .isInstanceOfSatisfying(
                        SnapshotTaker.Outcome.NotTaken.class,
                        refusal -> assertThat(refusal.reason()).contains("extensions"));
        assertThat(function.invoke("1").payload()).isEqualTo("1");
    }

    @Test
    void extensionsSeeTheVariablesThatAreForThem() throws Exception {
        extension("variables", "#!/bin/sh\nenv | sort | sed 's/^/variable /'\nexit 1\n");

        function(20, "variables").invoke("1");

        assertThat(machine.log)
                .contains("variable STAGE=test", "variable AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128")
                .anyMatch(line -> line.startsWith("variable AWS_LAMBDA_RUNTIME_API="))
                .noneMatch(line -> line.startsWith("variable _HANDLER")
                        || line.startsWith("variable AWS_EXECUTION_ENV")
                        || line.startsWith("variable LAMBDA_TASK_ROOT")
                        || line.startsWith("variable AWS_XRAY")
                        || line.startsWith("variable AWS_LAMBDA_LOG_GROUP"));
    }

    @Test
    void twoEnvironmentsListenAtTheSamePortWhereTheirNameIsTheirOwn() throws Exception {
        assumeTrue(kind == Kind.OCI, "sandboxes of this kind have the machine's names");
        extension("listening", """
                #!/usr/bin/python3
                import http.server, os, urllib.request
                api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2020-01-01/extension/"
                http.server.HTTPServer(("sandbox.localdomain", 4243), http.server.BaseHTTPRequestHandler)
                register = urllib.request.Request(api + "register", b'{"events":[]}', {"Lambda-Extension-Name": "listening"})
                headers = {"Lambda-Extension-Identifier": urllib.request.urlopen(register).headers["Lambda-Extension-Identifier"]}
                urllib.request.urlopen(urllib.request.Request(api + "event/next", None, headers))
                """);
        var one = function(20, "listening");
        var other = function(20, "listening");

        assertThat(one.invoke("1").payload()).isEqualTo("1");
        assertThat(other.invoke("2").payload()).isEqualTo("2");
        assertThat(one.invoke("3").payload()).isEqualTo("3");
    }
}
