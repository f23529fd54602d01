package io.kappa.runtimes;

import static io.kappa.runtimes.FunctionProcess.RUNTIMES;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.RuntimeFamily;
import io.kappa.contracts.function.RuntimeIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class InstalledRuntimesIT {

    private static InstalledRuntime.Start start(RuntimeIdentifier runtime, Map<String, String> environment) {
        return RUNTIMES.find(runtime)
                .orElseThrow()
                .commandLine()
                .start("/var/task", "/var/runtime", "/opt", 512, "app.handler", environment);
    }

    @Test
    void unpacksTheClientsReadableByEverybody(@TempDir Path directory) throws IOException {
        var clients = ClientFiles.unpack(directory);
        try (var files = Files.walk(clients)) {
            assertThat(files)
                    .allSatisfy(file -> assertThat(Files.getPosixFilePermissions(file))
                            .contains(PosixFilePermission.OTHERS_READ)
                            .doesNotContain(PosixFilePermission.OTHERS_WRITE));
        }
        assertThat(clients.resolve("python/bootstrap.py")).isRegularFile();
        assertThat(clients.resolve("java/lib/launcher.jar")).isRegularFile();
    }

    @Test
    void unpacksOnce(@TempDir Path directory) throws IOException {
        var clients = ClientFiles.unpack(directory);
        var before = Files.getLastModifiedTime(clients.resolve("nodejs/bootstrap.cjs"));
        assertThat(ClientFiles.unpack(directory)).isEqualTo(clients);
        assertThat(Files.getLastModifiedTime(clients.resolve("nodejs/bootstrap.cjs")))
                .isEqualTo(before);
        try (var builds = Files.list(directory)) {
            assertThat(builds).containsExactly(clients);
        }
    }

    @Test
    void namesAnInterpreterItselfRatherThanAScriptThatLeadsToIt(@TempDir Path directory) throws IOException {
        FunctionProcess.assumeInstalled(RuntimeIdentifier.PYTHON3_13);
        var real = start(RuntimeIdentifier.PYTHON3_13, Map.of()).command().getFirst();
        var shim = directory.resolve("python3");
        Files.writeString(shim, "#!/bin/sh\nexec " + real + " \"$@\"\n");
        Files.setPosixFilePermissions(shim, PosixFilePermissions.fromString("rwxr-xr-x"));
        var runtimes = new InstalledRuntimes(
                new RuntimeSettings(directory.resolve("clients"), Map.of(RuntimeFamily.PYTHON, shim)));

        var found = runtimes.find(RuntimeIdentifier.PYTHON3_9).orElseThrow();

        assertThat(found.commandLine()
                        .start("/t", "/r", "/opt", 128, "h.h", Map.of())
                        .command()
                        .getFirst())
                .isEqualTo(real);
    }

    @Test
    void lacksALanguageWhoseExecutableIsSomethingElse(@TempDir Path directory) {
        var nothing = Map.of(RuntimeFamily.NODEJS, Path.of("/bin/true"), RuntimeFamily.RUBY, directory.resolve("none"));
        var runtimes = new InstalledRuntimes(new RuntimeSettings(directory, nothing));
        // Asked of all languages, so that nothing writes into the directory any more when the test ends.
        assertThat(runtimes.available()).doesNotContain(RuntimeIdentifier.NODEJS20_X, RuntimeIdentifier.RUBY3_4);
    }

    @Test
    void findsTheJavaThatRunsKappaWhateverElseThereIs() {
        assertThat(RUNTIMES.available()).contains(RuntimeIdentifier.JAVA21, RuntimeIdentifier.JAVA25);
    }

    @Test
    void lacksWhatItHasNoClientForAndWhatLambdaNoLongerCreates() {
        assertThat(RUNTIMES.available())
                .doesNotContain(RuntimeIdentifier.DOTNET8, RuntimeIdentifier.GO1_X, RuntimeIdentifier.PYTHON2_7);
    }

    @Test
    void asksOnlyForDirectoriesThatExistAndThatSandboxesDoNotShowAnyway() {
        for (var runtime : RUNTIMES.available()) {
            assertThat(RUNTIMES.find(runtime).orElseThrow().hostPaths())
                    .as(runtime.wireName())
                    .allSatisfy(path -> {
                        assertThat(path).isDirectory().isAbsolute();
                        assertThat(path.toString())
                                .doesNotStartWith("/usr")
                                .doesNotStartWith("/lib")
                                .doesNotStartWith("/bin");
                    });
        }
    }

    @Test
    void startsTheBootstrapThatAFunctionBringsItself() {
        var start = start(RuntimeIdentifier.PROVIDED_AL2023, Map.of("AWS_LAMBDA_EXEC_WRAPPER", "/opt/wrapper"));
        assertThat(start.command()).containsExactly("/var/task/bootstrap");
        assertThat(start.entrypoints()).containsExactly("/var/task/bootstrap", "/opt/bootstrap");
        assertThat(start.with("/opt/bootstrap").command()).containsExactly("/opt/bootstrap");
        assertThat(RUNTIMES.find(RuntimeIdentifier.PROVIDED_AL2023)
                        .orElseThrow()
                        .executionEnvironment())
                .isEmpty();
    }

    @Test
    void givesEveryRuntimeLambdasSearchPaths() {
        var environment = start(RuntimeIdentifier.PROVIDED_AL2, Map.of()).environment();
        assertThat(environment)
                .containsEntry("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin")
                .containsEntry(
                        "LD_LIBRARY_PATH",
                        "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib");
        assertThat(environment.get("LANG")).endsWith("UTF-8");
    }

    @Test
    void findsPackagesOfLayers() {
        FunctionProcess.assumeInstalled(RuntimeIdentifier.NODEJS20_X);
        assertThat(start(RuntimeIdentifier.NODEJS20_X, Map.of()).environment().get("NODE_PATH"))
                .contains("/opt/nodejs/node_modules", ":/var/runtime/node_modules:");
    }

    @Test
    void findsPackagesOfLayersForTheVersionThatWasAskedFor() {
        FunctionProcess.assumeInstalled(RuntimeIdentifier.NODEJS18_X);
        assertThat(start(RuntimeIdentifier.NODEJS18_X, Map.of()).environment().get("NODE_PATH"))
                .startsWith("/opt/nodejs/node18/node_modules:");
        FunctionProcess.assumeInstalled(RuntimeIdentifier.RUBY4_0);
        assertThat(start(RuntimeIdentifier.RUBY4_0, Map.of()).environment().get("GEM_PATH"))
                .contains(":/opt/ruby/gems/4.0.0:");
    }

    @Test
    void looksForLayersWhereTheyAre() {
        var own = RUNTIMES.find(RuntimeIdentifier.PROVIDED_AL2023)
                .orElseThrow()
                .commandLine()
                .start("/t", "/r", "/x/layers", 512, "h", Map.of());
        assertThat(own.entrypoints()).containsExactly("/t/bootstrap", "/x/layers/bootstrap");
        assertThat(own.environment())
                .containsEntry("PATH", "/usr/local/bin:/usr/bin:/bin:/x/layers/bin")
                .containsEntry("_KAPPA_LAYERS", "/x/layers");
        assertThat(own.environment().get("LD_LIBRARY_PATH")).endsWith(":/x/layers/lib");

        FunctionProcess.assumeInstalled(RuntimeIdentifier.PYTHON3_12);
        var wrapped = RUNTIMES.find(RuntimeIdentifier.PYTHON3_12)
                .orElseThrow()
                .commandLine()
                .start("/t", "/r", "/x/layers", 512, "h", Map.of("AWS_LAMBDA_EXEC_WRAPPER", "/opt/wrapper"));
        assertThat(wrapped.command()).contains("/x/layers/wrapper");
        assertThat(start(RuntimeIdentifier.PYTHON3_12, Map.of()).environment()).doesNotContainKey("_KAPPA_LAYERS");
    }

    @Test
    void saysWhatIsInstalledAndWhatLambdaWouldCallIt() {
        FunctionProcess.assumeInstalled(RuntimeIdentifier.PYTHON3_12);
        var python = RUNTIMES.find(RuntimeIdentifier.PYTHON3_12).orElseThrow();
        assertThat(python.version()).matches("python:3\\.\\d+\\.\\d+");
        assertThat(python.executionEnvironment()).isEqualTo("AWS_Lambda_python3.12");
    }

    @Test
    void startsARuntimeThroughTheUsersWrapper() throws Exception {
        FunctionProcess.assumeInstalled(RuntimeIdentifier.PYTHON3_12);
        try (var function = new FunctionProcess(
                        FunctionProcess.Beginning.STARTED, RuntimeIdentifier.PYTHON3_12, "app.handler")
                .file(
                        "app.py",
                        "import os, sys\ndef handler(event, context): return [os.environ['WRAPPED'], sys.flags.optimize]")) {
            // Options go before the last argument, as wrappers for Lambda are written.
            function.file("wrapper", """
                    #!/bin/bash
                    export WRAPPED=yes
                    args=("$@")
                    exec "${args[@]:0:$#-1}" -O "${args[@]: -1}"
                    """);
            var wrapper = function.taskRoot().resolve("wrapper");
            Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
            function.variable("AWS_LAMBDA_EXEC_WRAPPER", wrapper.toString()).start();
            assertThat(function.result("{}")).hasToString("[\"yes\",1]");
        }
    }

    @Test
    void endsWith127WhereTheWrapperIsMissing() throws Exception {
        FunctionProcess.assumeInstalled(RuntimeIdentifier.PYTHON3_12);
        try (var function = new FunctionProcess(
                        FunctionProcess.Beginning.STARTED, RuntimeIdentifier.PYTHON3_12, "app.handler")
                .variable("AWS_LAMBDA_EXEC_WRAPPER", "/opt/gone")
                .start()) {
            assertThat(function.exitCode()).isEqualTo(127);
        }
    }

    @Test
    void keepsSystemDirectoriesAndNestedOnesOutOfWhatItAsksFor(@TempDir Path directory) throws IOException {
        var inner = Files.createDirectories(directory.resolve("a/b"));
        assertThat(SystemPaths.outside(List.of(
                        Path.of("/usr/lib"),
                        Path.of("/lib64"),
                        inner,
                        directory.resolve("a"),
                        directory.resolve("no"))))
                .containsExactly(directory.resolve("a"));
    }
}
