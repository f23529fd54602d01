package io.kappa.worker.sandbox;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Version 1: a hierarchy for each controller. */
final class CgroupsV1 implements Cgroups {
    private static final Logger LOG = LoggerFactory.getLogger(CgroupsV1.class);

    private final List<Path> hierarchies;
    private final String path;
    private final Path memory;
    private final Path cpu;
    private final Path pids;
    private final Path freezer;

    CgroupsV1(CgroupMounts mounts, String path) throws IOException {
        this.hierarchies = mounts.hierarchies().stream()
                .map(CgroupMounts.Hierarchy::directory)
                .toList();
        this.path = path;
        this.memory = group(mounts, "memory");
        this.cpu = group(mounts, "cpu");
        this.pids = group(mounts, "pids");
        this.freezer = group(mounts, "freezer");
        Cgroups.removeLeftovers(freezer, name -> new Group(name, 0));
        for (var group : List.of(memory, cpu, pids, freezer)) {
            Files.createDirectories(group);
        }
        try {
            Cgroups.write(memory.resolve("memory.use_hierarchy"), "1"); // always so since Linux 5.11
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("memory.use_hierarchy not written");
        }
    }

    private Path group(CgroupMounts mounts, String controller) throws IOException {
        return mounts.v1(controller)
                .orElseThrow(() -> new IOException("no control groups for " + controller + " are mounted"))
                .resolve(path);
    }

    @Override
    public Cgroup create(String name, int memoryMegabytes) throws IOException {
        var group = new Group(name, memoryMegabytes);
        group.make();
        return group;
    }

    @Override
    public void close() {
        inEveryHierarchy(hierarchy -> Cgroups.removeWorker(hierarchy, path));
    }

    private interface Removal {
        void from(Path hierarchy) throws IOException;
    }

    /** The OCI runtime makes groups in every hierarchy, also in those that are not used here. */
    private void inEveryHierarchy(Removal removal) {
        for (var hierarchy : hierarchies) {
            try {
                removal.from(hierarchy);
            } catch (IOException e) {
                LOG.atWarn()
                        .addKeyValue("cgroup", hierarchy.resolve(path))
                        .setCause(e)
                        .log("control group could not be removed");
            }
        }
    }

    private final class Group implements Cgroup {
        private final String name;
        private volatile int memoryMegabytes;
        private int memoryControl = -1;
        private int memoryEvents = -1;

        Group(String name, int memoryMegabytes) {
            this.name = name;
            this.memoryMegabytes = memoryMegabytes;
        }

        void make() throws IOException {
            var own = memory.resolve(name);
            for (var parent : List.of(memory, cpu, pids, freezer)) {
                Files.createDirectory(parent.resolve(name));
            }
            var limit = Long.toString(memoryMegabytes * 1024L * 1024);
            Cgroups.write(own.resolve("memory.limit_in_bytes"), limit);
            if (Files.exists(own.resolve("memory.memsw.limit_in_bytes"))) {
                Cgroups.write(own.resolve("memory.memsw.limit_in_bytes"), limit); // so there is no swap
            }
            Cgroups.write(pids.resolve(name).resolve("pids.max"), Integer.toString(MOST_PROCESSES));
            Cgroups.write(cpu.resolve(name).resolve("cpu.cfs_period_us"), Integer.toString(CPU_PERIOD_MICROS));

            memoryEvents = Linux.eventCounter();
            memoryControl = Linux.open(own.resolve("memory.oom_control"), Linux.O_RDONLY);
            Cgroups.write(own.resolve("cgroup.event_control"), memoryEvents + " " + memoryControl);
        }

        @Override
        public String path() {
            return "/" + path + "/" + name;
        }

        @Override
        public List<Path> below(String child) throws IOException {
            var files = new ArrayList<Path>();
            for (var parent : List.of(memory, cpu, pids, freezer)) {
                files.add(Files.createDirectory(parent.resolve(name).resolve(child))
                        .resolve("cgroup.procs"));
            }
            return files;
        }

        /** The limit with swap is never below the one without. */
        @Override
        public void limitMemory(int megabytes) throws IOException {
            var own = memory.resolve(name);
            var limit = Long.toString(megabytes * 1024L * 1024);
            var files = Stream.of("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
                    .map(own::resolve)
                    .filter(Files::exists)
                    .toList();
            for (var file : megabytes > memoryMegabytes ? files.reversed() : files) {
                Cgroups.write(file, limit);
            }
            memoryMegabytes = megabytes;
        }

        @Override
        public void limitCpu() throws IOException {
            quota(Cgroups.cpuQuotaMicros(memoryMegabytes));
        }

        @Override
        public void unlimitCpu() throws IOException {
            quota(-1);
        }

        private void quota(long micros) throws IOException {
            Cgroups.write(cpu.resolve(name).resolve("cpu.cfs_quota_us"), Long.toString(micros));
        }

        @Override
        public void freeze() {
            freezer("FROZEN");
        }

        @Override
        public void thaw() {
            freezer("THAWED");
        }

        private void freezer(String state) {
            try {
                Cgroups.write(freezer.resolve(name).resolve("freezer.state"), state);
            } catch (IOException e) {
                LOG.atWarn()
                        .addKeyValue("cgroup", path())
                        .setCause(e)
                        .log("control group could not be frozen or thawed");
            }
        }

        @Override
        public List<Integer> processes() {
            return Cgroups.processesBelow(freezer.resolve(name));
        }

        @Override
        public boolean outOfMemory() {
            try (var arena = Arena.ofConfined()) {
                return Posix.read(memoryEvents, arena.allocate(8)) == 8;
            }
        }

        @Override
        public void remove() {
            if (memoryEvents >= 0) {
                Posix.close(memoryControl);
                Posix.close(memoryEvents);
                memoryEvents = -1;
            }
            inEveryHierarchy(
                    hierarchy -> Cgroups.removeTree(hierarchy.resolve(path).resolve(name)));
        }
    }
}
