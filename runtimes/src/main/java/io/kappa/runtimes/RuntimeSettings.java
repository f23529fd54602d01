package io.kappa.runtimes;

import io.kappa.contracts.function.RuntimeFamily;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where the runtimes are.
 *
 * @param directory where the runtime clients are unpacked to, beside those of other builds
 * @param interpreters executables to use for a language instead of searching the machine for some
 */
public record RuntimeSettings(Path directory, Map<RuntimeFamily, Path> interpreters) {

    public RuntimeSettings {
        directory = directory.toAbsolutePath().normalize();
        interpreters = Map.copyOf(interpreters);
    }

    /** Runtimes as the machine has them. */
    public RuntimeSettings(Path directory) {
        this(directory, Map.of());
    }
}
