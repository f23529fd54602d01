package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.worker.sandbox.SandboxSettings.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.AssertionFailedError;

/** What a function can tell of whether its runtime was parked: nothing. */
@ParameterizedClass
@MethodSource("kinds")
class ParkedRuntimesIT {
    private static final EnvironmentSettings SETTINGS =
            new EnvironmentSettings(Duration.ofSeconds(10), Duration.ofMillis(5));
    private static final WarmSettings WARM = new WarmSettings(512, Duration.ofHours(1));

    private final Kind kind;
    private final Language language;

    @TempDir
    private Path directory;

    private Machine machine;

    /** Functions that tell all that they see, in JSON, and fail where they are asked to. */
    enum Language {
        PYTHON(RuntimeIdentifier.PYTHON3_12, "app.handler", "app.py", """
                import json, os, subprocess, sys, locale, time, tempfile
                seen = {
                    "environment": dict(sorted(os.environ.items())),
                    "child": sorted(subprocess.run(["env"], capture_output=True, text=True).stdout.splitlines()),
                    "path": sys.path,
                    "arguments": [sys.argv, sys.orig_argv, sys.flags, sys.executable, sys.prefix],
                    "directory": [os.getcwd(), os.path.abspath("x"), tempfile.gettempdir()],
                    "streams": [sys.stdout.encoding, sys.stdout.line_buffering, sys.getfilesystemencoding()],
                    "locale": [locale.getlocale(), time.tzname],
                    "process": [open("/proc/self/comm").read(), open("/proc/self/cmdline").read()],
                    "globals": sorted(globals()),
                }
                modules = sorted(name for name in sys.modules if name.startswith(("kappa", "__", "app")))
                def handler(event, context):
                    if event == "crash": os._exit(7)
                    return seen if event == "seen" else [os.environ["AWS_LAMBDA_LOG_STREAM_NAME"], modules]
                """),
        NODEJS(RuntimeIdentifier.NODEJS20_X, "index.handler", "index.js", """
                const fs = require('fs');
                const { Module } = require('module');
                const v8 = require('v8');
                const seen = {
                    environment: Object.entries(process.env).sort(),
                    child: require('child_process').execFileSync('env').toString().split('\\n').sort(),
                    arguments: [process.argv, process.execArgv, process.execPath, process.title, __filename],
                    paths: [module.paths, Module.globalPaths, require.main.filename, require.main.paths],
                    directory: [process.cwd(), require('path').resolve('x'), require('os').tmpdir()],
                    zone: [new Date(0).toString(), Intl.DateTimeFormat().resolvedOptions()],
                    process: [fs.readFileSync('/proc/self/comm', 'utf8'), fs.readFileSync('/proc/self/cmdline', 'utf8')],
                    globals: Object.getOwnPropertyNames(globalThis).sort(),
                    listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
                    heap: v8.getHeapStatistics().heap_size_limit,
                    modules: Object.keys(require.cache),
                };
                exports.handler = async (event) => {
                    if (event === 'crash') { process.exit(7); }
                    return event === 'seen' ? seen : process.env.AWS_LAMBDA_LOG_STREAM_NAME;
                };
                """);

        final RuntimeIdentifier runtime;
        final String handler;
        final String file;
        final String code;

        Language(RuntimeIdentifier runtime, String handler, String file, String code) {
            this.runtime = runtime;
            this.handler = handler;
            this.file = file;
            this.code = code;
        }
    }

    static Stream<Arguments> kinds() {
        return Stream.of(Language.values())
                .flatMap(language -> Stream.of(Kind.PROCESS, Kind.OCI).map(kind -> Arguments.of(kind, language)));
    }

    ParkedRuntimesIT(Kind kind, Language language) {
        this.kind = kind;
        this.language = language;
    }

    @BeforeEach
    void openMachine() throws IOException {
        machine = Machine.open(Files.createDirectory(directory.resolve("m1")), SETTINGS, WARM, kind);
        assumeTrue(
                machine.runtimes.find(language.runtime).isPresent(),
                "this machine has no " + language.runtime.wireName());
    }

    @AfterEach
    void closeMachine() {
        machine.close();
    }

    @Test
    void aFunctionSeesTheSameAsInARuntimeThatWasStartedForIt() throws Exception {
        awaitParked();
        var parked = function(machine).invoke("\"seen\"");

        assertThat(hits()).isOne();
        try (var without = Machine.open(Files.createDirectory(directory.resolve("m2")), SETTINGS, kind)) {
            function(without).invoke("1"); // As many functions as above, so that it has the same name.
            var started = function(without).invoke("\"seen\"");
            assertThat(comparable(parked)).isEqualTo(comparable(started)).doesNotContain("KAPPA_PARKED");
        }
    }

    @Test
    void theLogIsThatOfAnyColdStart() throws Exception {
        awaitParked();
        machine.log.clear();

        function(machine).invoke("1");

        assertThat(hits()).isOne();
        assertThat(machine.log.poll()).startsWith("INIT_START Runtime Version: ");
        assertThat(machine.log.poll()).startsWith("START RequestId: ");
        assertThat(machine.log.poll()).startsWith("END RequestId: ");
        assertThat(machine.log.poll()).startsWith("REPORT RequestId: ").contains("Init Duration: ");
        assertThat(machine.log).isEmpty();
    }

    @Test
    void eachIsGivenToOneFunctionOnly() throws Exception {
        awaitParked();
        var first = function(machine);
        var second = function(machine);

        var processes = List.of(
                first.invoke("1").payload(),
                second.invoke("1").payload(),
                first.invoke("1").payload());

        assertThat(processes.get(1)).isNotEqualTo(processes.get(0));
        assertThat(processes.get(2)).isEqualTo(processes.get(0));
    }

    @Test
    void aCrashIsFollowedByARuntimeThatIsStartedInTheSameEnvironment() throws Exception {
        awaitParked();
        var function = function(machine);
        function.invoke("1");
        assertThat(hits()).isOne();

        assertThat(function.invoke("\"crash\"").payload()).contains("Runtime.ExitError", "exit status 7");

        assertThat(comparable(function.invoke("\"seen\""))).contains("AWS_LAMBDA_FUNCTION_NAME");
        assertThat(hits()).isOne();
    }

    @Test
    void oneThatWasKilledIsNotGivenToAFunction() throws Exception {
        awaitParked();
        var killed = Objects.requireNonNull(machine.warm.take(function(machine).configuration()));
        killed.sandbox().kill();
        killed.exit().toCompletableFuture().get(30, TimeUnit.SECONDS);
        machine.warm.giveBack(killed);

        assertThat(function(machine).invoke("1").error()).isFalse();
    }

    @Test
    void oneThatDiesJustBeforeItIsToldIsReplacedByAStart() throws Exception {
        awaitParked();
        var unlucky = Objects.requireNonNull(machine.warm.take(function(machine).configuration()));
        unlucky.sandbox().kill();
        machine.warm.giveBack(unlucky); // It lives still, or not: nobody knows yet.

        assertThat(function(machine).invoke("1").error()).isFalse();
    }

    @Test
    void variablesThatActAtTheStartAreLeftToTheStart() throws Exception {
        awaitParked();
        var function = machine.function(
                language.runtime,
                language.handler,
                3,
                Map.of(language.file, language.code),
                Map.of("TZ", "Asia/Tokyo"));

        assertThat(function.invoke("\"seen\"").payload()).contains("Asia/Tokyo");
        assertThat(hits()).isZero();
    }

    private Machine.Function function(Machine on) throws IOException {
        return on.function(language.runtime, language.handler, 10, Map.of(language.file, language.code));
    }

    private double hits() {
        return machine.meters.get("kappa.worker.warm.hits").counter().count();
    }

    /** The first function of a kind is started in the ordinary way; one of the kind is parked after it. */
    private void awaitParked() throws Exception {
        assertThat(function(machine).invoke("1").error()).isFalse();
        var runtime = machine.runtimes.find(language.runtime).orElseThrow().version();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (machine.warm.parked(runtime) == 0) {
            if (System.nanoTime() > deadline) {
                throw new AssertionFailedError("no runtime was parked");
            }
            machine.warm.refill();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** Without what differs between any two environments of one function. */
    private String comparable(Machine.Told told) {
        assertThat(told.error()).as(told.payload()).isFalse();
        return told.payload()
                .replaceAll("m[12]/", "m/")
                .replaceAll("[0-9a-f]{32}", "ID")
                .replaceAll("127.0.0.1:\\d{4,5}", "ADDRESS")
                .replace(",", ",\n");
    }
}
