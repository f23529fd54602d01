package io.kappa.runtimes;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An interpreter found on this machine.
 *
 * @param executable itself, not a script or a link that leads to it
 * @param hostPaths see {@link InstalledRuntime}
 * @param details what else its language wants to know of it
 */
record Interpreter(Path executable, InterpreterVersion version, List<Path> hostPaths, Map<String, String> details) {

    Interpreter {
        hostPaths = List.copyOf(hostPaths);
        details = Map.copyOf(details);
    }

    Path directory() {
        return Objects.requireNonNull(executable.getParent());
    }

    String detail(String name) {
        return details.getOrDefault(name, "");
    }
}
