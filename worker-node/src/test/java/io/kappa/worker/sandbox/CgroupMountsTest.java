package io.kappa.worker.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CgroupMountsTest {

    @Test
    void findsTheHierarchyOfEachControllerOfVersion1() throws IOException {
        var mounts = CgroupMounts.parse(List.of(
                "25 1 0:22 / / rw,relatime shared:1 - ext4 /dev/vda rw",
                "31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct",
                "32 30 0:28 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory",
                "33 30 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd",
                "34 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw"));
        assertThat(mounts.v1("cpu")).contains(Path.of("/sys/fs/cgroup/cpu,cpuacct"));
        assertThat(mounts.v1("memory")).contains(Path.of("/sys/fs/cgroup/memory"));
        assertThat(mounts.v1("pids")).isEmpty();
        assertThat(mounts.hierarchies()).hasSize(3);
        assertThat(mounts.v2()).isEqualTo(Path.of("/sys/fs/cgroup/unified"));
    }

    @Test
    void findsVersion2() throws IOException {
        var mounts = CgroupMounts.parse(
                List.of(
                        "29 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate"));
        assertThat(mounts.v1("memory")).isEmpty();
        assertThat(mounts.v2()).isEqualTo(Path.of("/sys/fs/cgroup"));
        assertThat(mounts.disturbing()).isEmpty();
    }

    @Test
    void saysWhereThereAreNone() {
        var mounts = CgroupMounts.parse(List.of("25 1 0:22 / / rw,relatime - ext4 /dev/vda rw"));
        assertThatThrownBy(mounts::v2).isInstanceOf(IOException.class).hasMessageContaining("no control groups");
    }
}
