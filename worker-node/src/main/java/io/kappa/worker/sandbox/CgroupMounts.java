package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the machine's hierarchies of control groups are mounted.
 *
 * @param hierarchies those of version 1
 * @param unified that of version 2
 */
record CgroupMounts(List<Hierarchy> hierarchies, Optional<Path> unified) {

    /** One of version 1: its directory, and its controllers or name. */
    record Hierarchy(Path directory, List<String> controllers) {}

    static CgroupMounts read() throws IOException {
        return parse(Files.readAllLines(Path.of("/proc/self/mountinfo")));
    }

    /** {@code ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [FIELDS] - TYPE SOURCE SUPEROPTIONS} in each line. */
    static CgroupMounts parse(List<String> mountinfo) {
        var lines = mountinfo.stream().map(line -> line.split(" - ", 2)).toList();
        var hierarchies = lines.stream()
                .filter(line -> line[1].startsWith("cgroup "))
                .map(line -> new Hierarchy(mountPoint(line[0]), List.of(line[1].split(" ")[2].split(","))))
                .toList();
        var unified = lines.stream()
                .filter(line -> line[1].startsWith("cgroup2 "))
                .map(line -> mountPoint(line[0]))
                .findFirst();
        return new CgroupMounts(hierarchies, unified);
    }

    private static Path mountPoint(String fields) {
        return Path.of(fields.split(" ")[4]);
    }

    Optional<Path> v1(String controller) {
        return hierarchies.stream()
                .filter(hierarchy -> hierarchy.controllers().contains(controller))
                .map(Hierarchy::directory)
                .findFirst();
    }

    Path v2() throws IOException {
        return unified.orElseThrow(() -> new IOException("no control groups are mounted"));
    }

    /**
     * The unified hierarchy of a machine that runs version 1 and has left controllers to version 2: crun refuses to work with such a
     * mixture, though nothing here uses what was left.
     */
    Optional<Path> disturbing() throws IOException {
        if (v1("memory").isEmpty() || unified.isEmpty()) {
            return Optional.empty();
        }
        var controllers = Files.readString(unified.get().resolve("cgroup.controllers"));
        return controllers.isBlank() ? Optional.empty() : unified;
    }
}
