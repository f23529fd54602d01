package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.worker.sandbox.SandboxSettings.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
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
                    "layers": sorted(os.listdir("/opt")) if os.path.isdir("/opt") else None,
                }
                modules = sorted(name for name in sys.modules if name.startswith(("kappa", "__", "app")))
                def handler(event, context):
                    if event == "crash": os._exit(7)
                    seen["context"] = repr(context)
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
                    children: Object.values(require.cache).map((one) => one.children.map((child) => child.filename)),
                };
                exports.handler = async (event, context) => {
                    seen.context = context;
                    if (event === 'crash') { process.exit(7); }
                    return event === 'seen' ? seen : process.env.AWS_LAMBDA_LOG_STREAM_NAME;
                };
                """),
        JAVA(RuntimeIdentifier.JAVA25, "Seen::handle", "Seen.java", """
                import java.io.File;
                import java.nio.file.*;
                import com.amazonaws.services.lambda.runtime.Context;
                import java.util.*;

                public class Seen {
                    static final Map<String, Object> SEEN = new TreeMap<>();
                    static {
                        try {
                            SEEN.put("environment", new TreeMap<>(System.getenv()));
                            SEEN.put("child", child("env"));
                            SEEN.put("childDirectory", child("pwd"));
                            var changed = new ProcessBuilder("env");
                            changed.environment().put("MORE", "x");
                            SEEN.put("changedChild", sorted(changed.start()));
                            SEEN.put("files", List.of(new File("x").getAbsolutePath(), new File("Seen.class").exists(),
                                    Path.of("x").toAbsolutePath().toString(), Files.exists(Path.of("Seen.class")),
                                    new File(".").getCanonicalPath(), Path.of("x").toUri().toString(),
                                    new java.io.FileInputStream("Seen.class").read(), Path.of("").toRealPath().toString()));
                            var properties = new TreeMap<>(System.getProperties());
                            properties.remove("java.vm.compressedOopsMode");
                            SEEN.put("properties", properties.toString());
                            SEEN.put("arguments", ProcessHandle.current().info().commandLine().orElse(""));
                            SEEN.put("process", Files.readString(Path.of("/proc/self/cmdline")));
                            SEEN.put("memory", Runtime.getRuntime().maxMemory());
                            SEEN.put("zone", TimeZone.getDefault().getID() + Locale.getDefault());
                            SEEN.put("loaders", Thread.currentThread().getContextClassLoader().getClass().getName()
                                    + Seen.class.getClassLoader().getClass() + Thread.currentThread().getName());
                            SEEN.put("threads", Thread.getAllStackTraces().keySet().stream().map(Thread::getName).sorted().toList());
                        } catch (Exception e) {
                            throw new ExceptionInInitializerError(e);
                        }
                    }
                    static List<String> child(String command) throws Exception {
                        return sorted(new ProcessBuilder(command).start());
                    }
                    static List<String> sorted(Process process) throws Exception {
                        return new String(process.getInputStream().readAllBytes()).lines().sorted().toList();
                    }
                    public Object handle(Object event, Context context) {
                        SEEN.put("context", List.of(context.getFunctionName(), context.getMemoryLimitInMB(),
                                context.getLogStreamName(), context.getLogGroupName(), context.getFunctionVersion()));
                        if ("crash".equals(event)) { Runtime.getRuntime().halt(7); }
                        return "seen".equals(event) ? SEEN : System.getenv("AWS_LAMBDA_LOG_STREAM_NAME");
                    }
                }
                """),

        RUBY(RuntimeIdentifier.RUBY3_3, "app.handler", "app.rb", """
                require 'open3'
                require 'tmpdir'
                SEEN = {
                  environment: ENV.to_h.sort,
                  child: `env`.lines.sort,
                  paths: $LOAD_PATH, features: $LOADED_FEATURES,
                  gems: [Gem.path, Gem.dir],
                  arguments: [ARGV, $0, $PROGRAM_NAME, __FILE__],
                  directory: [Dir.pwd, File.expand_path('x'), Dir.tmpdir],
                  encodings: [Encoding.default_external, Encoding.default_internal, ENV['PATH'].encoding, Time.at(0).zone],
                  process: [File.read('/proc/self/comm'), File.read('/proc/self/cmdline')],
                  constants: Object.constants.sort, globals: global_variables.sort
                }
                def handler(event:, context:)
                  exit!(7) if event == 'crash'
                  shown = context.instance_variables.reject { |name| %w[@deadline_ms @aws_request_id].include?(name.to_s) }
                  SEEN[:context] = shown.map { |name| [name, context.instance_variable_get(name)] }
                  event == 'seen' ? SEEN : ENV['AWS_LAMBDA_LOG_STREAM_NAME']
                end
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
        awaitParked(machine);
        var parked = function(machine).invoke("\"seen\"");

        assertThat(hits()).isOne();
        try (var without = Machine.open(Files.createDirectory(directory.resolve("m2")), SETTINGS, kind)) {
            function(without).invoke("1"); // As many functions as above, so that it has the same name.
            var started = function(without).invoke("\"seen\"");
            assertThat(comparable(parked)).isEqualTo(comparable(started)).doesNotContain("KAPPA_PARKED");
        }
    }

    /** In a container; elsewhere the dynamic linker cannot be told later where layers are. */
    @Test
    void aFunctionFindsItsLayersAsInARuntimeThatWasStartedForIt() throws Exception {
        awaitParked(machine);
        var parked = layered(machine).invoke("1");

        assertThat(parked.payload()).isEqualTo("\"of the layer\"");
        assertThat(hits()).isEqualTo(kind == Kind.OCI ? 1 : 0);
    }

    private Machine.Function layered(Machine on) throws Exception {
        on.layer(
                "layer",
                Map.of(
                        "python/lib/python3.12/site-packages/tool.py", "NAME = 'of the layer'",
                        "nodejs/node20/node_modules/tool/index.js", "module.exports = 'of the layer';",
                        "ruby/lib/tool.rb", "TOOL = 'of the layer'",
                        "java/lib/readme", ""));
        try (var jar = new JarOutputStream(Files.newOutputStream(directory.resolve("m1/layer/java/lib/tool.jar")))) {
            jar.putNextEntry(new JarEntry("tool.txt"));
            jar.write("of the layer".getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        }
        var code = switch (language) {
            case PYTHON -> "import tool\ndef handler(event, context): return tool.NAME\n";
            case NODEJS -> "exports.handler = async () => require('tool');";
            case RUBY -> "require 'tool'\ndef handler(event:, context:) = TOOL\n";
            case JAVA -> """
                    public class Seen {
                        public Object handle(Object event) throws Exception {
                            try (var tool = Seen.class.getClassLoader().getResourceAsStream("tool.txt")) {
                                return new String(tool.readAllBytes());
                            }
                        }
                    }
                    """;
        };
        return compiled(on.function(
                language.runtime, language.handler, 10, Map.of(language.file, code), Map.of(), List.of("layer")));
    }

    @Test
    void theLogIsThatOfAnyColdStart() throws Exception {
        awaitParked(machine);
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
        awaitParked(machine);
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
        awaitParked(machine);
        var function = function(machine);
        function.invoke("1");
        assertThat(hits()).isOne();

        assertThat(function.invoke("\"crash\"").payload()).contains("Runtime.ExitError", "exit status 7");

        assertThat(comparable(function.invoke("\"seen\""))).contains("AWS_LAMBDA_FUNCTION_NAME");
        assertThat(hits()).isOne();
    }

    @Test
    void oneThatWasKilledIsNotGivenToAFunction() throws Exception {
        awaitParked(machine);
        var killed = Objects.requireNonNull(machine.warm.take(function(machine).configuration()));
        killed.sandbox().kill();
        killed.exit().toCompletableFuture().get(30, TimeUnit.SECONDS);
        machine.warm.giveBack(killed);

        assertThat(function(machine).invoke("1").error()).isFalse();
    }

    @Test
    void oneThatDiesJustBeforeItIsToldIsReplacedByAStart() throws Exception {
        awaitParked(machine);
        var unlucky = Objects.requireNonNull(machine.warm.take(function(machine).configuration()));
        unlucky.sandbox().kill();
        machine.warm.giveBack(unlucky); // It lives still, or not: nobody knows yet.

        assertThat(function(machine).invoke("1").error()).isFalse();
    }

    @Test
    void thoseThatNobodyHasTakenEndWithTheirWorker() throws Exception {
        var ended = Files.createDirectory(directory.resolve("m2"));
        try (var other = Machine.open(ended, SETTINGS, WARM, kind)) {
            awaitParked(other);
        }

        try (var left = Files.list(ended.resolve("sandboxes/environments"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void variablesThatActAtTheStartAreLeftToTheStart() throws Exception {
        awaitParked(machine);
        var function = compiled(machine.function(
                language.runtime,
                language.handler,
                10,
                Map.of(language.file, language.code),
                Map.of("TZ", "Asia/Tokyo")));

        assertThat(function.invoke("\"seen\"").payload()).contains("Asia/Tokyo");
        assertThat(hits()).isZero();
        assertThat(machine.sealed(function, false).invoke("\"seen\"").payload()).contains("Asia/Tokyo");
        assertThat(machine.sealed(function, true).invoke("1").payload()).contains("KEY_NOT_FOUND");
    }

    private Machine.Function function(Machine on) throws IOException {
        return compiled(on.function(language.runtime, language.handler, 10, Map.of(language.file, language.code)));
    }

    private Machine.Function compiled(Machine.Function function) {
        if (language == Language.JAVA) {
            var source = function.code().resolve(language.file).toString();
            assertThat(Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
                            .run(
                                    null,
                                    null,
                                    null,
                                    "-cp",
                                    interfaces(),
                                    "-d",
                                    function.code().toString(),
                                    source))
                    .as("compiles")
                    .isZero();
        }
        return function;
    }

    private String interfaces() {
        return machine.runtimes
                .directory()
                .resolve("java/lib/aws-lambda-java-core.jar")
                .toString();
    }

    private double hits() {
        return machine.meters.get("kappa.worker.warm.hits").counter().count();
    }

    /** The first function of a kind is started in the ordinary way; one of the kind is parked after it. */
    private void awaitParked(Machine on) throws Exception {
        var first = function(on).invoke("1");
        assertThat(first.error()).as(first.payload()).isFalse();
        var runtime = on.runtimes.find(language.runtime).orElseThrow().version();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (on.warm.parked(runtime) == 0) {
            if (System.nanoTime() > deadline) {
                throw new AssertionFailedError("no runtime was parked");
            }
            on.warm.refill();
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
                .replaceAll("[0-9a-f]{8}-0000-0000-0000-[0-9]{12}", "REQUEST")
                .replace(",", ",\n");
    }
}
