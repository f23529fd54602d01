package io.kappa.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.worker.sandbox.Sandbox.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class OciSandboxesIT extends SandboxContract {
    private static final SandboxSettings SETTINGS =
            new SandboxSettings(SandboxSettings.Kind.OCI, Optional.empty(), "kappa-test", 910_000, true, "");

    @Override
    Sandboxes open(Path directory) throws IOException {
        try {
            return Sandboxes.open(SETTINGS, directory);
        } catch (IOException e) {
            return Assumptions.abort("containers do not run here: " + e.getMessage());
        }
    }

    @Test
    void saysWhenMemoryRanOutAndEndsOnlyThatSandbox() throws Exception {
        var other = sandbox();
        var otherPrinted = new Printed();
        var otherExit = sh(other, otherPrinted, "echo ready; trap 'exit 5' TERM; while :; do sleep 0.01; done");
        otherPrinted.await("ready");

        var greedy = sandbox();
        var exit = await(sh(greedy, new Printed(), "x=$(head -c 300000000 /dev/zero | tr '\\0' x); echo ${#x}"));

        assertThat(exit).isEqualTo(new Exit(0, 9, true));
        other.terminate();
        assertThat(await(otherExit)).isEqualTo(new Exit(5, 0, false));
    }

    private Path layers() throws IOException {
        var layers = Files.createDirectories(directory.resolve("layers/lib"));
        Files.writeString(layers.resolve("tool.txt"), "hello from a layer");
        return directory.resolve("layers");
    }

    @Test
    void showsLayersReadOnlyFromTheStart() throws Exception {
        var spec = new SandboxSpec("f".repeat(32), code, layers(), directory.resolve("runtimes"), List.of(), 128, 512);
        try (var sandbox = sandboxes().create(spec)) {
            assertThat(output(sandbox, "cat /opt/lib/tool.txt; touch /opt/x 2>/dev/null || echo; cat greeting.txt"))
                    .isEqualTo("hello from a layer\nhello from the code");
        }
    }

    @Test
    void showsLayersToAProcessThatWasStartedBeforeTheAssignment() throws Exception {
        var printed = new Printed();
        var sandbox = parked();
        var exit = sh(sandbox, printed, """
                ls /opt; echo parked
                until cat /opt/lib/tool.txt 2>/dev/null; do sleep 0.01; done
                touch /opt/x 2>/dev/null || echo; ls /opt
                """);
        printed.await("parked");

        sandbox.assign(code, layers(), 128);

        assertThat(await(exit)).isEqualTo(new Exit(0, 0, false));
        assertThat(printed.text()).isEqualTo("lib\nparked\nhello from a layer\nlib\n");
        assertThat(output(sandbox, "cat /opt/lib/tool.txt")).isEqualTo("hello from a layer");
    }

    @Test
    void showsNoLayersAfterTheAssignmentOfAFunctionWithoutAny() throws Exception {
        var printed = new Printed();
        var sandbox = parked();
        var exit = sh(
                sandbox,
                printed,
                "echo parked; until cat /var/task/greeting.txt 2>/dev/null; do sleep 0.01; done; ls /opt");
        printed.await("parked");

        sandbox.assign(code, null, 128);

        assertThat(await(exit)).isEqualTo(new Exit(0, 0, false));
        assertThat(printed.text()).isEqualTo("parked\nhello from the code" + output(sandbox(), "ls /opt"));
    }

    @Test
    void takesNoLayersWhereTheyWouldHideAnInterpreter() {
        assertThat(sandboxes().assignsLayers(List.of(Path.of("/home/me/python"))))
                .isTrue();
        assertThat(sandboxes().assignsLayers(List.of(Path.of("/opt/java/openjdk"))))
                .isFalse();
    }

    @Test
    void showsAnInterpreterThatLivesAmongTheLayers() throws Exception {
        var interpreter = Path.of("/opt/kappa-test-" + ProcessHandle.current().pid());
        Assumptions.assumeTrue(Files.isWritable(Path.of("/opt")), "/opt cannot be written here");
        Files.createDirectory(interpreter);
        try {
            Files.writeString(interpreter.resolve("here"), "the interpreter");
            Files.createDirectories(layers().resolve(interpreter.getFileName()));
            var spec = new SandboxSpec(
                    "e".repeat(32), code, layers(), directory.resolve("runtimes"), List.of(interpreter), 128, 512);
            try (var sandbox = sandboxes().create(spec)) {
                assertThat(output(sandbox, "cat " + interpreter + "/here; cat /opt/lib/tool.txt"))
                        .isEqualTo("the interpreterhello from a layer");
            }
        } finally {
            SandboxDirectory.remove(interpreter);
        }
    }

    @Test
    void doesNotBlameMemoryForAnotherKill() throws Exception {
        var sandbox = sandbox();
        await(sh(sandbox, new Printed(), "x=$(head -c 300000000 /dev/zero | tr '\\0' x); echo ${#x}"));
        assertThat(await(sh(sandbox, new Printed(), "kill -9 $$"))).isEqualTo(new Exit(0, 9, false));
    }

    @Test
    void refusesMoreThanOneThousandProcesses() throws Exception {
        var printed = new Printed();
        await(sh(sandbox(512, 512, List.of()), printed, "for i in $(seq 1100); do sleep 1000 & done"));
        assertThat(printed.text()).containsIgnoringCase("fork");
    }

    @Test
    void letsNothingBeWrittenButTmp() throws Exception {
        assertThat(output(
                        sandbox(),
                        "for d in / /usr /etc /var/task /var/runtime /dev /opt /proc /proc/sys; do touch $d/x 2>/dev/null && echo $d;"
                                + " done; touch /tmp/x && echo tmp"))
                .isEqualTo("tmp\n");
    }

    @Test
    void endsTmpAtItsSizeAndDoesNotCountItAsMemory() throws Exception {
        var printed = new Printed();
        var exit = await(
                sh(
                        sandbox(128, 512, List.of()),
                        printed,
                        "head -c 530000000 /dev/zero > /tmp/big && echo fits; head -c 100000000 /dev/zero > /tmp/more || echo full; ls -l /tmp"));
        assertThat(exit).isEqualTo(new Exit(0, 0, false));
        assertThat(printed.text())
                .contains("fits")
                .contains("No space left on device")
                .contains("full");
    }

    @Test
    void runsAsAnUnprivilegedUserWithoutAWayToMoreRights() throws Exception {
        var sandbox = sandbox();
        assertThat(output(
                        sandbox,
                        "id -un; grep -E '^(NoNewPrivs|CapEff|CapBnd|Seccomp):' /proc/self/status | tr '\\t\\n' '  '"))
                .isEqualTo("sbx_user1051\nCapEff: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1 Seccomp: 2 ");
        assertThat(output(sandbox, "unshare -U true; unshare -m true")).contains("unshare failed");
    }

    @Test
    void givesEachSandboxAUserOfItsOwn() throws Exception {
        assertThat(output(sandbox(), "id -u")).isNotEqualTo(output(sandbox(), "id -u"));
    }

    @Test
    void showsNoProcessesButItsOwn() throws Exception {
        assertThat(output(sandbox(), "ls /proc | grep -c '^[0-9]'").trim()).isIn("3", "4", "5");
    }

    @Test
    void limitsTheProcessorOnceThrottled() throws Exception {
        var sandbox = (OciSandbox) sandbox(512, 512, List.of());
        sh(sandbox, new Printed(), "sleep 1000");
        assertThat(quota(sandbox)).isIn("-1", "max 20000");

        sandbox.throttle();

        assertThat(quota(sandbox)).isIn("5788", "5788 20000");
    }

    private static String quota(OciSandbox sandbox) throws IOException {
        var mounts = CgroupMounts.read();
        var path = sandbox.cgroup().path().substring(1);
        return Files.readString(
                        mounts.v1("cpu").isPresent()
                                ? mounts.v1("cpu").get().resolve(path).resolve("cpu.cfs_quota_us")
                                : mounts.v2().resolve(path).resolve("cpu.max"))
                .trim();
    }

    @Test
    void showsDirectoriesOfTheMachineThatItIsToldTo() throws Exception {
        var shown = Files.createDirectories(directory.resolve("interpreter/bin"));
        Files.writeString(shown.resolve("tool"), "a tool of this machine");
        var sandbox = sandbox(128, 512, List.of(directory.resolve("interpreter")));
        assertThat(output(sandbox, "cat " + shown.resolve("tool"))).isEqualTo("a tool of this machine");
        assertThat(output(sandbox, "ls " + directory.resolve("code"))).contains("No such file");
    }

    @Test
    void allowsOneThousandOpenFiles() throws Exception {
        assertThat(output(sandbox(), "ulimit -n")).isEqualTo("1024\n");
    }

    @Test
    void leavesNoMountsAndGroupsOnTheMachine() throws Exception {
        var sandbox = (OciSandbox) sandbox();
        await(sh(sandbox, new Printed(), "true"));
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(directory.toString());
        var group = sandbox.cgroup().path().substring(1);

        sandbox.close();

        for (var hierarchy : CgroupMounts.read().hierarchies()) {
            assertThat(hierarchy.directory().resolve(group)).doesNotExist();
        }
    }

    @Override
    String writable() {
        return "";
    }
}
