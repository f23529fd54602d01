package io.kappa.runtimes;

import io.kappa.contracts.function.RuntimeFamily;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A language whose functions run in an interpreter of the machine's, with a client of the Runtime API that Kappa
 * brings.
 */
sealed interface Language permits Python, NodeJs, Ruby, Java {

    RuntimeFamily family();

    /** The first word of {@link InstalledRuntime#version}. */
    String label();

    /** The oldest version that the client runs on. */
    InterpreterVersion oldest();

    Places places();

    /** Asks an executable what it is; empty where it does not say. */
    Optional<Interpreter> examine(Path candidate) throws IOException;

    /** @param at where the process will see things */
    InstalledRuntime.Start start(Interpreter interpreter, Roots at, int memoryMegabytes);

    /** Whether the client can be started before it is known for which function. */
    boolean parks(Interpreter interpreter);

    /** Whether the client goes on where a snapshot of its process is restored. */
    boolean restores(Interpreter interpreter);

    /** Whether a variable acts while the interpreter starts, so that setting it later would not do. */
    boolean actsAtStart(String variable);

    /**
     * Where a language may be installed.
     *
     * @param command what it is called
     * @param versioned what single versions of it are called on the {@code PATH}
     * @param directories of executables, apart from those on the {@code PATH}: with {@code *} for one part of a path
     *     and {@code ~} for home
     */
    record Places(String command, List<String> versioned, List<String> directories) {}

    /**
     * Paths as a runtime process will see them, and what it is given in any case.
     *
     * @param layers the files of the function's layers: {@code /opt}, unless the sandbox cannot show them there
     * @param asked the version that the function's runtime identifier names, which layers may be made for; another than the
     *     interpreter's where this machine has no such
     * @param handler as the function's configuration says it
     */
    record Roots(
            String task,
            String runtime,
            String layers,
            InterpreterVersion asked,
            String handler,
            Map<String, String> variables) {
        /** Where sandboxes show the files of layers if they can. */
        static final String LAYERS = "/opt";
    }
}
