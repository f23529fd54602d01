package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import org.junit.jupiter.params.provider.EnumSource;

/** Node.js, and executables that functions bring along. */
@ParameterizedClass
@EnumSource(
        value = Kind.class,
        names = {"PROCESS", "OCI"})
class OtherRuntimesIT {
    private final Kind kind;

    @TempDir
    private Path directory;

    private Machine machine;

    OtherRuntimesIT(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void openMachine() {
        machine = Machine.open(directory, new EnvironmentSettings(Duration.ofSeconds(10), Duration.ofMillis(5)), kind);
    }

    @AfterEach
    void closeMachine() {
        machine.close();
    }

    @Test
    void nodeKeepsGlobalsAndLosesThemByATimeout() throws Exception {
        var function = node("""
                let calls = 0;
                exports.handler = async (event) => {
                    calls++;
                    if (event === 'hang') { await new Promise(() => setInterval(() => {}, 1000)); }
                    return calls;
                };
                """);

        assertThat(function.invoke("1").payload()).isEqualTo("1");
        assertThat(function.invoke("1").payload()).isEqualTo("2");
        assertThat(function.invoke("\"hang\"").payload()).contains("Sandbox.Timedout", "timed out after 1.00 seconds");
        assertThat(function.invoke("1").payload()).isEqualTo("1");
    }

    @Test
    void nodeThatExitsIsToldInLambdasWords() throws Exception {
        var function = node("""
                exports.handler = async (event) => { console.log('last words'); process.exit(event); };
                """);

        var ended = function.invoke("7");

        assertThat(ended.payload()).contains("Runtime.ExitError", "Runtime exited with error: exit status 7");
        assertThat(ended.tail()).contains("last words");
    }

    @Test
    void nodeTellsAnErrorOfTheHandler() throws Exception {
        var function = node("exports.handler = async () => { throw new RangeError('boom'); };");

        var failed = function.invoke("1");

        assertThat(failed.error()).isTrue();
        assertThat(failed.payload()).startsWith("{\"errorType\":\"RangeError\",\"errorMessage\":\"boom\"");
    }

    @Test
    void nodeTellsASyntaxErrorOnceTheSecondInitHasFailedToo() throws Exception {
        var function = node("exports.handler = {{{");

        assertThat(function.invoke("1").payload()).contains("Runtime.UserCodeSyntaxError");
    }

    @Test
    void aPackageWithoutABootstrapIsAnInvalidEntrypoint() throws Exception {
        var function = provided(Map.of("readme", ""));

        assertThat(function.invoke("1").payload())
                .endsWith("Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]\"}")
                .startsWith("{\"errorType\":\"Runtime.InvalidEntrypoint\",");
    }

    @Test
    void aBootstrapThatEndsIsToldInLambdasWords() throws Exception {
        var function = provided(Map.of("bootstrap", "#!/bin/sh\necho here I am\nexit 3\n"));

        var ended = function.invoke("1");

        assertThat(ended.payload()).contains("Runtime.ExitError", "exit status 3");
        assertThat(ended.tail()).contains("here I am");
    }

    @Test
    void aBootstrapThatIsNoProgramIsAnInvalidEntrypoint() throws Exception {
        assumeTrue(kind == Kind.PROCESS, "in a container a shell starts it, which ends with status 127");
        var function = provided(Map.of("bootstrap", "neither a script nor a binary"));

        assertThat(function.invoke("1").payload()).contains("Runtime.InvalidEntrypoint", "exec format error");
    }

    @Test
    void aRuntimeThatTheMachineLacksIsARefusal() throws Exception {
        assumeTrue(machine.runtimes.find(RuntimeIdentifier.DOTNET8).isEmpty(), "this machine has the runtime");
        var function = machine.function(RuntimeIdentifier.DOTNET8, "A::B::C", 3, Map.of());

        assertThat(function.invoke("1").payload()).contains("RUNTIME_UNAVAILABLE");
        assertThat(machine.pool.usage().usedMegabytes()).isZero();
    }

    private Machine.Function node(String code) throws IOException {
        assumeTrue(machine.runtimes.find(RuntimeIdentifier.NODEJS20_X).isPresent(), "no Node.js on this machine");
        return machine.function(RuntimeIdentifier.NODEJS20_X, "index.handler", 1, Map.of("index.js", code));
    }

    private Machine.Function provided(Map<String, String> files) throws IOException {
        return machine.function(RuntimeIdentifier.PROVIDED_AL2023, "unused", 3, files);
    }
}
