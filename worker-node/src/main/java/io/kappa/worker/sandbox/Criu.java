package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Commands of CRIU, which writes processes down and makes them run again. Used by itself rather than by way of the OCI runtime, which may
 * be built without it and takes several times as long; see {@code docs/decisions/0011-snapshots-by-criu-alone.md}.
 *
 * @param program such as {@code /usr/sbin/criu}
 * @param privileges of this process: one bit for each capability
 */
record Criu(Path program, long privileges) {
    private static final int CAP_SYS_RESOURCE = 24;
    private static final int CAPABILITIES = 64;
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

    /** Moves itself into control groups, and becomes the command behind them. */
    private static final String ENTER =
            "while [ \"$1\" != -- ]; do echo $$ > \"$1\" || exit 1; shift; done; shift; exec \"$@\"";

    /** The descriptor that {@link Spawn} gives to a program besides the usual ones. */
    private static final int OUTPUT = 3;

    static Criu of(Path program) throws IOException {
        var effective = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> line.substring("CapEff:".length()).strip())
                .findFirst()
                .orElseThrow(() -> new IOException("the kernel does not tell capabilities"));
        return new Criu(program, HexFormat.fromHexDigitsToLong(effective));
    }

    /** Tells which build it is: another may write images otherwise. */
    Spawn.Command version(Path directory) {
        return new Spawn.Command(List.of(program.toString(), "--version"), ENVIRONMENT, directory);
    }

    /**
     * Writes down process 1 of a container and everything below it, and ends it all.
     *
     * @param uid of the processes
     */
    Spawn.Command dump(int pid, int uid, SandboxImage image) {
        var arguments = new ArrayList<String>();
        boolean mayReadLimits = (privileges >> CAP_SYS_RESOURCE & 1) == 1;
        if (!mayReadLimits) {
            // Root that lacks this one may not read the limits of other users' processes, but that user may.
            var all = String.join(
                    ",",
                    IntStream.range(0, CAPABILITIES)
                            .filter(capability -> (privileges >> capability & 1) == 1)
                            .mapToObj("+cap_%d"::formatted)
                            .toList());
            arguments.addAll(List.of(
                    "setpriv",
                    "--reuid=" + uid,
                    "--regid=" + OciRootfs.GROUP,
                    "--clear-groups",
                    "--inh-caps=" + all,
                    "--ambient-caps=" + all));
        }
        arguments.addAll(common("dump", image.directory()));
        if (!mayReadLimits) {
            arguments.add("--unprivileged");
        }
        arguments.addAll(List.of("--tree", Integer.toString(pid)));
        for (var mount : image.mounts()) {
            arguments.addAll(List.of("--external", "mnt[" + mount + "]:" + key(mount)));
        }
        return new Spawn.Command(arguments, ENVIRONMENT, image.directory());
    }

    /**
     * Makes an image's processes run. The first of them becomes a child of this process, and all print to the third descriptor.
     *
     * @param groups files that a process writes itself into to be in a control group
     * @param root of the container
     * @param sources what is seen at the image's mounts
     * @param own directory for notes
     */
    Spawn.Command restore(SandboxImage image, List<Path> groups, Path root, Map<String, Path> sources, Path own) {
        var arguments = new ArrayList<>(List.of("/bin/sh", "-c", ENTER, "enter"));
        groups.forEach(group -> arguments.add(group.toString()));
        arguments.add("--");
        arguments.addAll(common("restore", image.directory()));
        arguments.addAll(List.of(
                "--root",
                root.toString(),
                "--restore-detached",
                "--restore-sibling",
                "--pidfile",
                pidFile(own).toString(),
                "--inherit-fd",
                "fd[" + OUTPUT + "]:" + image.output()));
        sources.forEach(
                (mount, source) -> arguments.addAll(List.of("--external", "mnt[" + key(mount) + "]:" + source)));
        return new Spawn.Command(arguments, ENVIRONMENT, own);
    }

    private List<String> common(String action, Path image) {
        return List.of(
                program.toString(),
                action,
                "--images-dir",
                SandboxImage.processes(image).toString(),
                "--manage-cgroups=ignore",
                // Nobody keeps the other end of a connection for processes that run again, perhaps several times.
                "--tcp-close",
                "--ghost-limit=64M",
                "-v1");
    }

    private static String key(String mount) {
        return HexFormat.of().formatHex(mount.getBytes(StandardCharsets.UTF_8));
    }

    static Path pidFile(Path own) {
        return own.resolve("restored.pid");
    }
}
