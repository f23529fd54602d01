package io.kappa.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.worker.sandbox.Sandbox.Companion;
import io.kappa.worker.sandbox.Sandbox.Exit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every kind of sandbox does. */
abstract class SandboxContract {
    static final String PATH = "/usr/local/bin:/usr/bin:/bin";

    @TempDir
    Path directory;

    private @Nullable Sandboxes opened;
    private final List<Sandbox> made = new ArrayList<>();
    Path code = Path.of("");

    abstract Sandboxes open(Path directory) throws IOException;

    @BeforeEach
    void prepare() throws IOException {
        opened = open(directory.resolve("sandboxes"));
        code = Files.createDirectory(directory.resolve("code"));
        Files.createDirectory(directory.resolve("runtimes"));
        Files.writeString(code.resolve("greeting.txt"), "hello from the code");
        Files.writeString(directory.resolve("runtimes/client.txt"), "hello from the runtime");
    }

    @AfterEach
    void close() {
        if (opened != null) {
            made.forEach(Sandbox::close);
            opened.close();
        }
    }

    Sandboxes sandboxes() {
        return java.util.Objects.requireNonNull(opened);
    }

    Sandbox sandbox() throws IOException {
        return sandbox(128, 512, List.of());
    }

    Sandbox sandbox(int memoryMegabytes, int tmpMegabytes, List<Path> hostPaths) throws IOException {
        var id = UUID.randomUUID().toString().replace("-", "");
        var sandbox = sandboxes()
                .create(new SandboxSpec(
                        id, code, null, directory.resolve("runtimes"), hostPaths, memoryMegabytes, tmpMegabytes));
        made.add(sandbox);
        return sandbox;
    }

    Sandbox parked() throws IOException {
        var id = UUID.randomUUID().toString().replace("-", "");
        var sandbox = sandboxes().park(new ParkingSpec(id, directory.resolve("runtimes"), List.of(), 64, 512));
        made.add(sandbox);
        return sandbox;
    }

    @Test
    void showsTheCodeToAProcessThatWasStartedBeforeTheAssignment() throws Exception {
        var printed = new Printed();
        var sandbox = parked();
        var before = sandbox.layout().taskRoot();
        var exit = sh(sandbox, printed, """
                ls; echo parked
                until cat %s/greeting.txt 2>/dev/null; do sleep 0.01; done
                touch %s/x 2>/dev/null && echo writable
                ls %s/lib 2>/dev/null || true
                """.formatted(before, before, before));
        printed.await("parked");

        sandbox.assign(code, null, 128);

        assertThat(await(exit)).isEqualTo(new Exit(0, 0, false));
        assertThat(printed.text()).isEqualTo("lib\nparked\nhello from the code" + writable());
    }

    /** What a function that may write to its code finds out. */
    abstract String writable();

    @Test
    void startsAnotherProcessInAnAssignedSandboxAsInAnyOther() throws Exception {
        var sandbox = parked();
        var waiting = sh(sandbox, new Printed(), "while :; do sleep 0.01; done");
        sandbox.assign(code, null, 128);
        sandbox.kill();
        await(waiting);

        var printed = new Printed();
        var exit = sh(sandbox, printed, "pwd; cat greeting.txt");

        assertThat(await(exit)).isEqualTo(new Exit(0, 0, false));
        assertThat(printed.text()).isEqualTo(sandbox.layout().taskRoot() + "\nhello from the code");
    }

    @Test
    void leavesNothingOfASandboxThatWasParked() throws Exception {
        var assigned = parked();
        assigned.assign(code, null, 128);

        assigned.close();
        parked().close();

        try (var environments = Files.list(directory.resolve("sandboxes/environments"))) {
            assertThat(environments).isEmpty();
        }
        assertThat(code.resolve("greeting.txt")).hasContent("hello from the code");
    }

    static CompletionStage<Exit> sh(Sandbox sandbox, Printed printed, String script) throws IOException {
        return sandbox.start(List.of("/bin/sh", "-c", script), environment(sandbox), printed);
    }

    static Map<String, String> environment(Sandbox sandbox) {
        return Map.of("PATH", PATH, "TMP", sandbox.layout().tmp(), "GREETING", "grüß dich");
    }

    static Exit await(CompletionStage<Exit> exit) throws Exception {
        return exit.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** Runs a script to its end in a sandbox of its own. */
    String output(Sandbox sandbox, String script) throws Exception {
        var printed = new Printed();
        await(sh(sandbox, printed, script));
        return printed.text();
    }

    /** A number of seconds to sleep that tells one test's processes from all others. */
    static String uniqueSeconds() {
        return Integer.toString(ThreadLocalRandom.current().nextInt(1_000_000, 2_000_000_000));
    }

    /** Processes of this machine with such an argument. */
    static List<ProcessHandle> processes(String argument) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").matches("\\S*sleep " + argument))
                .toList();
    }

    /** Waits for what another process or thread is about to do. */
    static void eventually(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void handsOverBothOutputsInTheOrderInWhichTheyWerePrinted() throws Exception {
        var printed = new Printed();
        var expected = IntStream.rangeClosed(1, 3000)
                .mapToObj(i -> "line " + i + " of the output\n")
                .collect(Collectors.joining());

        var exit = await(sh(
                sandbox(),
                printed,
                "i=1; while [ $i -le 3000 ]; do echo line $i of the output >&$((1 + i % 2)); i=$((i + 1)); done"));

        assertThat(exit).isEqualTo(new Exit(0, 0, false));
        assertThat(printed.text()).isEqualTo(expected);
    }

    @Test
    void handsOverMoreThanAPipeHolds() throws Exception {
        var printed = new Printed();
        await(sh(sandbox(), printed, "head -c 5000000 /dev/zero | tr '\\0' x"));
        assertThat(printed.text()).hasSize(5_000_000).matches("x+");
    }

    @Test
    void hasHandedOverEverythingPrintedBeforeADrainReturns() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var sandbox = sandbox();
            var printed = new Printed();
            // Says by another way what it has printed, so that the test knows without looking at the output.
            var exit = sandbox.start(
                    List.of(
                            "/bin/bash",
                            "-c",
                            "exec 3<>/dev/tcp/127.0.0.1/" + server.getLocalPort()
                                    + "; for i in $(seq 200); do echo printed $i; echo $i >&3; read -u 3 answer; done"),
                    environment(sandbox),
                    printed);
            try (var connection = server.accept();
                    var told = new BufferedReader(
                            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
                for (int i = 1; i <= 200; i++) {
                    assertThat(told.readLine()).isEqualTo(Integer.toString(i));
                    sandbox.drainOutput();
                    assertThat(printed.text()).endsWith("printed " + i + "\n");
                    connection.getOutputStream().write('\n');
                }
            }
            await(exit);
        }
    }

    private static Companion beside(Sandbox sandbox, Printed printed, String script) throws IOException {
        return sandbox.startBeside(List.of("/bin/sh", "-c", script), environment(sandbox), printed);
    }

    @Test
    void companionsRunBesideTheRuntimeWithOutputsAndEndsOfTheirOwn() throws Exception {
        var sandbox = sandbox();
        var first = new Printed();
        var second = new Printed();
        var runtime = new Printed();
        var one =
                beside(sandbox, first, "echo $GREETING > $TMP/one; until [ -e $TMP/go ]; do sleep 0.01; done; exit 4");
        var other = beside(sandbox, second, "echo from the other; kill -TERM $$");
        second.await("from the other");

        var exit =
                sh(sandbox, runtime, "until [ -e $TMP/one ]; do sleep 0.01; done; cat $TMP/one; touch $TMP/go; exit 3");

        assertThat(await(exit)).isEqualTo(new Exit(3, 0, false));
        assertThat(await(one.ended())).isEqualTo(new Exit(4, 0, false));
        assertThat(await(other.ended())).isEqualTo(new Exit(0, 15, false));
        assertThat(runtime.text()).isEqualTo("grüß dich\n");
    }

    @Test
    void companionsOutliveTheRuntimeUntilEverythingIsKilledAndOthersFollow() throws Exception {
        var seconds = uniqueSeconds();
        var sandbox = sandbox();
        var lives = new Printed();
        var companion = beside(sandbox, lives, "trap '' TERM; echo lives; sleep " + seconds + " & wait");
        lives.await("lives");
        var started = new Printed();
        var exit = sh(sandbox, started, "trap 'exit 5' TERM; echo started; while :; do sleep 0.01; done");
        started.await("started");

        sandbox.terminate();
        assertThat(await(exit)).isEqualTo(new Exit(5, 0, false));
        assertThat(companion.ended().toCompletableFuture()).isNotDone();
        assertThat(processes(seconds)).isNotEmpty();

        sandbox.kill();
        assertThat(await(companion.ended()).signal()).isEqualTo(9);
        eventually("descendants have been killed too", () -> processes(seconds).isEmpty());
        var again = new Printed();
        beside(sandbox, again, "echo again; while :; do sleep 0.01; done");
        again.await("again");
        assertThat(await(sh(sandbox, new Printed(), "exit 6"))).isEqualTo(new Exit(6, 0, false));
    }

    @Test
    void theRuntimeOrOneCompanionCanBeKilledAlone() throws Exception {
        var sandbox = sandbox();
        var ready = new Printed();
        var one = beside(sandbox, ready, "echo one; while :; do sleep 0.01; done");
        var other = beside(sandbox, ready, "echo two; while :; do sleep 0.01; done");
        var exit = sh(sandbox, ready, "trap '' TERM; echo runs; while :; do sleep 0.01; done");
        ready.await("one");
        ready.await("two");
        ready.await("runs");

        sandbox.killRuntime();
        assertThat(await(exit).signal()).isEqualTo(9);
        one.kill();
        assertThat(await(one.ended()).signal()).isEqualTo(9);

        assertThat(other.ended().toCompletableFuture()).isNotDone();
    }

    @Test
    void companionsAreFrozenWithTheRuntime() throws Exception {
        var sandbox = sandbox();
        var counts = new Printed();
        beside(sandbox, counts, "while :; do echo x; sleep 0.01; done");
        counts.await("x");

        sandbox.freeze();
        sandbox.drainOutput();
        var frozen = counts.text();
        sandbox.drainOutput();
        assertThat(counts.text()).isEqualTo(frozen);
        sandbox.thaw();

        counts.await(frozen + "x");
    }

    @Test
    void tellsTheExitCode() throws Exception {
        assertThat(await(sh(sandbox(), new Printed(), "exit 7"))).isEqualTo(new Exit(7, 0, false));
    }

    @Test
    void tellsTheSignalThatEndedTheRuntime() throws Exception {
        var printed = new Printed();
        assertThat(await(sh(sandbox(), printed, "kill -9 $$"))).isEqualTo(new Exit(0, 9, false));
        assertThat(await(sh(sandbox(), printed, "kill -11 $$"))).isEqualTo(new Exit(0, 11, false));
        assertThat(printed.text()).isEmpty();
    }

    @Test
    void killsTheRuntimeWithAllItsDescendants() throws Exception {
        var seconds = uniqueSeconds();
        var sandbox = sandbox();
        var printed = new Printed();
        var exit =
                sh(sandbox, printed, "(sleep %1$s & exec sleep %1$s) & echo ready; exec sleep %1$s".formatted(seconds));
        printed.await("ready");
        eventually("three processes", () -> processes(seconds).size() == 3);

        sandbox.kill();

        assertThat(await(exit)).isEqualTo(new Exit(0, 9, false));
        eventually("none of them left", () -> processes(seconds).isEmpty());
    }

    @Test
    void killsWhatTheRuntimeLeavesBehind() throws Exception {
        var seconds = uniqueSeconds();
        var exit = sh(sandbox(), new Printed(), "set -m; sleep %1$s & sleep %1$s & exit 3".formatted(seconds));
        assertThat(await(exit)).isEqualTo(new Exit(3, 0, false));
        eventually("none of them left", () -> processes(seconds).isEmpty());
    }

    @Test
    void killsWhatWasJustStarted() throws Exception {
        var sandbox = sandbox();
        for (int i = 0; i < 10; i++) {
            var exit = sh(sandbox, new Printed(), "sleep 1000");
            sandbox.kill();
            assertThat(await(exit).signal()).isEqualTo(9);
        }
    }

    @Test
    void asksTheRuntimeToEndWhenTerminated() throws Exception {
        var sandbox = sandbox();
        var printed = new Printed();
        var exit = sh(sandbox, printed, "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done");
        printed.await("ready");
        sandbox.freeze();

        sandbox.terminate();

        assertThat(await(exit)).isEqualTo(new Exit(3, 0, false));
        assertThat(printed.text()).isEqualTo("ready\nbye\n");
    }

    @Test
    void endsARuntimeThatDoesNotListenToBeingTerminated() throws Exception {
        var sandbox = sandbox();
        var printed = new Printed();
        var exit = sh(sandbox, printed, "echo ready; exec sleep 1000");
        printed.await("ready");
        sandbox.terminate();
        assertThat(await(exit)).isEqualTo(new Exit(0, 15, false));
    }

    @Test
    void doesNothingToARuntimeThatHasEnded() throws Exception {
        var sandbox = sandbox();
        await(sh(sandbox, new Printed(), "exit 0"));
        sandbox.freeze();
        sandbox.thaw();
        sandbox.throttle();
        sandbox.drainOutput();
        sandbox.terminate();
        sandbox.kill();
        assertThat(output(sandbox, "echo again")).isEqualTo("again\n");
    }

    @Test
    void takesTheProcessorFromAFrozenRuntimeUntilItIsThawed() throws Exception {
        var sandbox = sandbox();
        var seconds = uniqueSeconds();
        var printed = new Printed();
        sh(sandbox, printed, "sleep %s & echo ready; while :; do :; done".formatted(seconds));
        printed.await("ready");
        eventually("processes", () -> processes(seconds).size() == 1);
        var busy = processes(seconds).getFirst().parent().orElseThrow();

        sandbox.freeze();
        eventually("frozen", () -> {
            var before = cpuTime(busy);
            useProcessor();
            return cpuTime(busy).equals(before);
        });
        var before = cpuTime(busy);
        useProcessor();
        assertThat(cpuTime(busy)).isEqualTo(before);

        sandbox.thaw();
        eventually("running again", () -> !cpuTime(busy).equals(before));
    }

    private static java.time.Duration cpuTime(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** Lets time pass that a process which is not frozen would use. */
    private static void useProcessor() {
        var threads = ManagementFactory.getThreadMXBean();
        long until = threads.getCurrentThreadCpuTime() + TimeUnit.MILLISECONDS.toNanos(50);
        while (threads.getCurrentThreadCpuTime() < until) {
            Thread.onSpinWait();
        }
    }

    @Test
    void keepsTmpWhenTheRuntimeIsStartedAgain() throws Exception {
        var sandbox = sandbox();
        assertThat(output(sandbox, "echo kept > $TMP/file; echo written")).isEqualTo("written\n");
        assertThat(output(sandbox, "cat $TMP/file")).isEqualTo("kept\n");
    }

    @Test
    void givesEachSandboxAnEmptyTmpOfItsOwn() throws Exception {
        output(sandbox(), "echo one > $TMP/file");
        var other = sandbox();
        assertThat(output(other, "ls -A $TMP")).isEmpty();
    }

    @Test
    void startsInTheCodeWithTheRuntimeBeside() throws Exception {
        var sandbox = sandbox();
        assertThat(output(sandbox, "pwd; cat greeting.txt"))
                .isEqualTo(sandbox.layout().taskRoot() + "\nhello from the code");
        assertThat(output(sandbox, "cat " + sandbox.layout().runtimeRoot() + "/client.txt"))
                .isEqualTo("hello from the runtime");
    }

    @Test
    void givesTheRuntimeNoVariablesButItsOwn() throws Exception {
        var sandbox = sandbox();
        var printed = new Printed();
        await(sandbox.start(List.of("/usr/bin/env"), environment(sandbox), printed));
        assertThat(printed.text().lines().filter(line -> !line.matches("(PWD|OLDPWD|SHLVL|_)=.*")))
                .containsExactlyInAnyOrder(
                        "PATH=" + PATH, "TMP=" + sandbox.layout().tmp(), "GREETING=grüß dich");
    }

    @Test
    void leavesNoOpenFilesToTheRuntimeButItsOutput() throws Exception {
        assertThat(output(sandbox(), "ls /proc/self/fd | tr '\\n' ' '")).isEqualTo("0 1 2 3 ");
    }

    @Test
    void letsTheRuntimeOpenItsOutputByName() throws Exception {
        assertThat(output(sandbox(), "echo by name > /dev/stdout; echo and more > /proc/self/fd/2"))
                .isEqualTo("by name\nand more\n");
    }

    @Test
    void runsOneRuntimeAtATime() throws Exception {
        var sandbox = sandbox();
        sh(sandbox, new Printed(), "sleep 1000");
        assertThatThrownBy(() -> sh(sandbox, new Printed(), "true")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void saysWhenTheCommandDoesNotExist() throws Exception {
        var sandbox = sandbox();
        var printed = new Printed();
        try {
            var exit = await(sandbox.start(List.of("/nowhere/bootstrap"), environment(sandbox), printed));
            assertThat(exit.code()).isEqualTo(127);
            assertThat(printed.text()).contains("/nowhere/bootstrap");
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("/nowhere/bootstrap");
        }
    }

    @Test
    void tellsTheMostMemoryUsed() throws Exception {
        var sandbox = sandbox();
        var printed = new Printed();
        sh(sandbox, printed, "x=$(head -c 20000000 /dev/zero | tr '\\0' x); echo ready; sleep 1000");
        printed.await("ready");
        assertThat(sandbox.memoryPeakBytes()).isBetween(20_000_000L, 128L * 1024 * 1024);
    }

    @Test
    void runsFiftyAtOnceWithoutAThreadForEach() throws Exception {
        int before = ManagementFactory.getThreadMXBean().getThreadCount();
        var exits = new ArrayList<CompletionStage<Exit>>();
        var outputs = new ArrayList<Printed>();
        for (int i = 0; i < 50; i++) {
            var printed = new Printed();
            outputs.add(printed);
            exits.add(sh(sandbox(), printed, "echo ready; exec sleep 1000"));
        }
        for (var printed : outputs) {
            printed.await("ready");
        }
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThan(before + 10);
        for (var sandbox : made) {
            sandbox.kill();
        }
        for (var exit : exits) {
            assertThat(await(exit)).isEqualTo(new Exit(0, 9, false));
        }
    }

    @Test
    void removesEverythingWhenClosed() throws Exception {
        var seconds = uniqueSeconds();
        var sandbox = sandbox();
        var printed = new Printed();
        var exit =
                sh(sandbox, printed, "mkdir $TMP/a; touch $TMP/a/b; chmod 0 $TMP/a; echo ready; exec sleep " + seconds);
        printed.await("ready");

        sandbox.close();

        assertThat(await(exit).signal()).isEqualTo(9);
        assertThat(processes(seconds)).isEmpty();
        assertThat(directory.resolve("sandboxes/environments")).isEmptyDirectory();
    }

    @Test
    void endsWhatAPlatformThatWasKilledHadLeftRunning() throws Exception {
        var seconds = uniqueSeconds();
        var abandoned = directory.resolve("abandoned");
        var platform = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        AbandonedPlatform.class.getName(),
                        sandboxes().kind().toUpperCase(java.util.Locale.ROOT),
                        abandoned.toString(),
                        code.toString(),
                        seconds)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var said = platform.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.lines().anyMatch("started"::equals)).isTrue();
        }
        platform.destroyForcibly().waitFor();
        eventually("both of its processes run on", () -> processes(seconds).size() == 2);

        try (var _ = open(abandoned)) {
            eventually("none left", () -> processes(seconds).isEmpty());
            assertThat(abandoned.resolve("environments")).isEmptyDirectory();
        }
    }
}
