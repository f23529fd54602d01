package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * The control groups of one worker, in which each sandbox has one: made and limited here, so that limits, counters and the freezer
 * outlive the runtime processes. The OCI runtime makes a group of its own below it for each start.
 */
interface Cgroups extends AutoCloseable {
    int MOST_PROCESSES = 1024;
    /** Shares are dealt in periods of 20 ms: with the usual 100 ms, a small function would stand still for most of each. */
    int CPU_PERIOD_MICROS = 20_000;

    /**
     * Finds out which version of control groups the machine has.
     *
     * @param path of the worker's group below the root of each hierarchy; what an earlier run has left in it is ended
     * @throws IOException where there is none that can limit memory, CPU and processes, or this process may not use it
     */
    static Cgroups open(String path) throws IOException {
        var mounts = CgroupMounts.read();
        return mounts.v1("memory").isPresent() ? new CgroupsV1(mounts, path) : new CgroupsV2(mounts.v2(), path);
    }

    /** Makes the group of a sandbox: limited memory and processes, unlimited CPU. */
    Cgroup create(String name, int memoryMegabytes) throws IOException;

    /** Removes the worker's group, which no longer holds any. */
    @Override
    void close();

    /** The group of one sandbox. */
    interface Cgroup {
        /** As the OCI runtime's configuration names it. */
        String path();

        /**
         * Makes a group below it for processes that no OCI runtime starts.
         *
         * @return the files that a process writes its id into to be in there
         */
        List<Path> below(String name) throws IOException;

        /** Sets another limit of memory, which the CPU share follows too. */
        void limitMemory(int megabytes) throws IOException;

        void limitCpu() throws IOException;

        void unlimitCpu() throws IOException;

        void freeze();

        void thaw();

        /** Ids of all processes in it, frozen ones too. */
        List<Integer> processes();

        /** Whether the kernel has killed something in it for want of memory since this was last asked. */
        boolean outOfMemory();

        /** Thaws and kills everything in it, if anything is. */
        default boolean kill() {
            thaw();
            var processes = processes();
            processes.forEach(pid -> Posix.signal(pid, Posix.SIGKILL));
            return !processes.isEmpty();
        }

        /** Kills everything in it, and comes back when that is gone. */
        default void empty() {
            for (int attempt = 0; kill() && attempt < 1000; attempt++) {
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
        }

        /** Takes the empty group away. */
        void remove();
    }

    /** CPU time in each period: one vCPU for 1769 MB. */
    static long cpuQuotaMicros(int memoryMegabytes) {
        return Math.max(1000, (long) memoryMegabytes * CPU_PERIOD_MICROS / 1769);
    }

    static void write(Path file, String value) throws IOException {
        Files.writeString(file, value, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    }

    /** Processes of a group and of all groups below it. */
    static List<Integer> processesBelow(Path group) {
        var found = new ArrayList<Integer>();
        try {
            for (var pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
                found.add(Integer.valueOf(pid));
            }
            for (var below : groupsBelow(group)) {
                found.addAll(processesBelow(below));
            }
        } catch (IOException e) {
            return found; // The group has gone meanwhile, as the OCI runtime's ones do.
        }
        return found;
    }

    static List<Path> groupsBelow(Path group) throws IOException {
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(group, Files::isDirectory)) {
            entries.forEach(found::add);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return found;
    }

    /**
     * Ends what an earlier run has left in groups below one, and takes these away.
     *
     * @param groups finds a group by its name
     */
    static void removeLeftovers(Path parent, Function<String, Cgroup> groups) throws IOException {
        for (var directory : groupsBelow(parent)) {
            var leftover = groups.apply(directory.getFileName().toString());
            leftover.empty();
            leftover.remove();
        }
    }

    /** Removes a worker's group, and the one above it where no other worker has one there. */
    static void removeWorker(Path hierarchy, String path) throws IOException {
        var group = hierarchy.resolve(path);
        removeTree(group);
        for (var above = group.getParent(); above != null && !above.equals(hierarchy); above = above.getParent()) {
            try {
                Files.deleteIfExists(above);
            } catch (IOException e) {
                return; // It is in use.
            }
        }
    }

    /** Removes a group and those below it. The kernel may take a moment to let go of what ran there. */
    static void removeTree(Path group) throws IOException {
        for (var below : groupsBelow(group)) {
            removeTree(below);
        }
        for (int attempt = 1; ; attempt++) {
            try {
                Files.deleteIfExists(group);
                return;
            } catch (IOException e) {
                if (attempt == 1000) {
                    throw e;
                }
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
        }
    }
}
