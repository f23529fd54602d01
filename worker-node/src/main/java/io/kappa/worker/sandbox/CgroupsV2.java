package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Version 2: one hierarchy for all controllers. */
final class CgroupsV2 implements Cgroups {
    private static final Logger LOG = LoggerFactory.getLogger(CgroupsV2.class);
    private static final List<String> CONTROLLERS = List.of("memory", "cpu", "pids");

    private final Path root;
    private final String path;
    private final Path worker;

    CgroupsV2(Path root, String path) throws IOException {
        this.root = root;
        this.path = path;
        this.worker = root.resolve(path);
        Files.createDirectories(worker);
        Cgroups.removeLeftovers(worker, name -> new Group(name, 0));
        enableAtRoot();
        var group = root;
        for (var name : Path.of(path)) {
            group = group.resolve(name);
            enableControllers(group);
        }
    }

    /**
     * Inside a container the root has processes, and a group that has may not limit those below it: they move to one beside the worker's.
     */
    private void enableAtRoot() throws IOException {
        try {
            enableControllers(root);
        } catch (IOException e) {
            var host = Files.createDirectories(root.resolve(path.split("/")[0] + "-host"));
            for (var pid : Files.readAllLines(root.resolve("cgroup.procs"))) {
                Cgroups.write(host.resolve("cgroup.procs"), pid);
            }
            enableControllers(root);
        }
    }

    private static void enableControllers(Path group) throws IOException {
        var enabled = List.of(
                Files.readString(group.resolve("cgroup.subtree_control")).trim().split(" "));
        for (var controller : CONTROLLERS) {
            if (!enabled.contains(controller)) {
                Cgroups.write(group.resolve("cgroup.subtree_control"), "+" + controller);
            }
        }
    }

    @Override
    public Cgroup create(String name, int memoryMegabytes) throws IOException {
        var group = new Group(name, memoryMegabytes);
        group.make();
        return group;
    }

    @Override
    public void close() {
        try {
            Cgroups.removeWorker(root, path);
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("cgroup", worker).setCause(e).log("control group could not be removed");
        }
    }

    private final class Group implements Cgroup {
        private final Path own;
        private volatile int memoryMegabytes;
        private long killsSeen;

        Group(String name, int memoryMegabytes) {
            this.own = worker.resolve(name);
            this.memoryMegabytes = memoryMegabytes;
        }

        void make() throws IOException {
            Files.createDirectory(own);
            Cgroups.write(own.resolve("memory.max"), Long.toString(memoryMegabytes * 1024L * 1024));
            if (Files.exists(own.resolve("memory.swap.max"))) {
                Cgroups.write(own.resolve("memory.swap.max"), "0");
            }
            Cgroups.write(own.resolve("pids.max"), Integer.toString(MOST_PROCESSES));
        }

        @Override
        public String path() {
            return "/" + root.relativize(own);
        }

        @Override
        public List<Path> below(String child) throws IOException {
            return List.of(Files.createDirectory(own.resolve(child)).resolve("cgroup.procs"));
        }

        @Override
        public void limitMemory(int megabytes) throws IOException {
            Cgroups.write(own.resolve("memory.max"), Long.toString(megabytes * 1024L * 1024));
            memoryMegabytes = megabytes;
        }

        @Override
        public void limitCpu() throws IOException {
            Cgroups.write(own.resolve("cpu.max"), Cgroups.cpuQuotaMicros(memoryMegabytes) + " " + CPU_PERIOD_MICROS);
        }

        @Override
        public void unlimitCpu() throws IOException {
            Cgroups.write(own.resolve("cpu.max"), "max " + CPU_PERIOD_MICROS);
        }

        @Override
        public void freeze() {
            freezer("1");
        }

        @Override
        public void thaw() {
            freezer("0");
        }

        private void freezer(String state) {
            try {
                Cgroups.write(own.resolve("cgroup.freeze"), state);
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("cgroup", own).setCause(e).log("control group could not be frozen or thawed");
            }
        }

        @Override
        public List<Integer> processes() {
            return Cgroups.processesBelow(own);
        }

        @Override
        public boolean outOfMemory() {
            try {
                long kills = Files.readAllLines(own.resolve("memory.events")).stream()
                        .filter(line -> line.startsWith("oom_kill "))
                        .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length())))
                        .sum();
                boolean more = kills > killsSeen;
                killsSeen = kills;
                return more;
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public void remove() {
            try {
                Cgroups.removeTree(own);
            } catch (IOException e) {
                LOG.atWarn().addKeyValue("cgroup", own).setCause(e).log("control group could not be removed");
            }
        }
    }
}
