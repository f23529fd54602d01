package io.kappa.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written where. A directory plays the hierarchy: it takes every value and does nothing about it. */
class CgroupsV2Test {
    @TempDir
    Path root;

    @BeforeEach
    void likeTheKernel() throws IOException {
        for (var group : new String[] {"", "kappa", "kappa/worker"}) {
            Files.createDirectories(root.resolve(group));
            Files.writeString(root.resolve(group).resolve("cgroup.subtree_control"), "memory\n");
            Files.writeString(root.resolve(group).resolve("cgroup.procs"), "");
        }
    }

    @Test
    void limitsMemoryAndProcessesAndLaterTheProcessor() throws IOException {
        var group = new CgroupsV2(root, "kappa/worker").create("one", 1769);
        var own = root.resolve("kappa/worker/one");
        assertThat(group.path()).isEqualTo("/kappa/worker/one");
        assertThat(own.resolve("memory.max")).hasContent("1854930944");
        assertThat(own.resolve("pids.max")).hasContent("1024");

        group.unlimitCpu();
        assertThat(own.resolve("cpu.max")).hasContent("max 20000");
        group.limitCpu();
        assertThat(own.resolve("cpu.max")).content().startsWith("20000 20000");
    }

    @Test
    void asksForControllersThatAreNotThereYet() throws IOException {
        new CgroupsV2(root, "kappa/worker");
        for (var group : new String[] {"", "kappa", "kappa/worker"}) {
            assertThat(root.resolve(group).resolve("cgroup.subtree_control"))
                    .content()
                    .startsWith("+pids");
        }
    }

    @Test
    void freezesAndThaws() throws IOException {
        var group = new CgroupsV2(root, "kappa/worker").create("one", 128);
        group.freeze();
        assertThat(root.resolve("kappa/worker/one/cgroup.freeze")).hasContent("1");
        group.thaw();
        assertThat(root.resolve("kappa/worker/one/cgroup.freeze")).hasContent("0");
    }

    @Test
    void tellsEachKillForWantOfMemoryOnce() throws IOException {
        var group = new CgroupsV2(root, "kappa/worker").create("one", 128);
        var events = root.resolve("kappa/worker/one/memory.events");
        Files.writeString(events, "low 0\nhigh 0\nmax 7\noom 1\noom_kill 0\noom_group_kill 0\n");
        assertThat(group.outOfMemory()).isFalse();
        Files.writeString(events, "low 0\nhigh 0\nmax 9\noom 1\noom_kill 1\noom_group_kill 0\n");
        assertThat(group.outOfMemory()).isTrue();
        assertThat(group.outOfMemory()).isFalse();
    }

    @Test
    void findsProcessesInTheGroupsThatContainersMake() throws IOException {
        var group = new CgroupsV2(root, "kappa/worker").create("one", 128);
        Files.writeString(root.resolve("kappa/worker/one/cgroup.procs"), "");
        Files.createDirectory(root.resolve("kappa/worker/one/1"));
        Files.writeString(root.resolve("kappa/worker/one/1/cgroup.procs"), "17\n18\n");
        assertThat(group.processes()).containsExactly(17, 18);
    }
}
