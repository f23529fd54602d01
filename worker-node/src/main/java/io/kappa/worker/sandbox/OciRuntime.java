package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command of an OCI runtime, by the options that all of them have.
 *
 * @param program such as {@code /usr/bin/crun}
 * @param state where it keeps what it knows of running containers
 */
record OciRuntime(Path program, Path state) {

    /** Runs a container in the foreground: the command ends when the container does, and with its code. */
    Spawn.Command run(String container, Path bundle) {
        return command(bundle, "run", "--bundle", bundle.toString(), container);
    }

    /** Runs a further process in a running container, in the foreground as well. */
    Spawn.Command execute(String container, Path bundle, Path process) {
        return command(bundle, "exec", "--process", process.toString(), container);
    }

    /** Fails where a container is not known to run. */
    Spawn.Command ask(String container, Path bundle) {
        return command(bundle, "state", container);
    }

    private Spawn.Command command(Path bundle, String... what) {
        var arguments = new ArrayList<String>();
        arguments.add(program.toString());
        if (program.endsWith("crun")) {
            arguments.add("--cgroup-manager=cgroupfs"); // others need no telling
        }
        arguments.addAll(
                List.of("--root", state.toString(), "--log", log(bundle).toString()));
        arguments.addAll(List.of(what));
        return new Spawn.Command(
                arguments, Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), bundle);
    }

    void forget(String container) {
        SandboxDirectory.remove(state.resolve(container)); // left by one that was killed itself
    }

    /** What the runtime says went wrong since this was last asked. */
    static String takeComplaints(Path bundle) {
        var log = log(bundle);
        try {
            var complaints = Files.readString(log).trim();
            Files.deleteIfExists(log);
            return complaints;
        } catch (IOException e) {
            return "";
        }
    }

    private static Path log(Path bundle) {
        return bundle.resolve("oci.log");
    }
}
