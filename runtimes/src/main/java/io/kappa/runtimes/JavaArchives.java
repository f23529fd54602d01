package io.kappa.runtimes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Archives of the client's classes as a Java virtual machine has them in memory, which more than halve its start.
 * They fit one build of Java only, so they are made here: in the background, when a function first asks for one.
 */
final class JavaArchives {

    /** The first version that writes such archives when it ends. */
    private static final int OLDEST = 13;

    /** The first version that uses them although the sandbox shows the client at another path. */
    private static final int OLDEST_THAT_RELOCATES = 19;

    private static final String DIRECTORY = "java/archives";

    private final Path clients;
    private final Java java;
    private final Set<Path> begun = ConcurrentHashMap.newKeySet();

    JavaArchives(Path clients, Java java) {
        this.clients = clients;
        this.java = java;
    }

    /** The archive for an interpreter, as a process will see it; empty where there is none, or none yet. */
    Optional<String> find(Interpreter interpreter, String runtimeRoot) {
        int version = interpreter.version().major();
        boolean moved = !Path.of(runtimeRoot).equals(clients);
        if (version < (moved ? OLDEST_THAT_RELOCATES : OLDEST)) {
            return Optional.empty();
        }
        var name = Integer.toHexString(interpreter.detail(Java.BUILD).hashCode()) + ".jsa";
        var archive = clients.resolve(DIRECTORY).resolve(name);
        if (Files.exists(archive)) {
            return Optional.of(runtimeRoot + "/" + DIRECTORY + "/" + name);
        }
        if (begun.add(archive)) {
            Thread.ofPlatform().daemon().name("java-archive-" + version).start(() -> make(interpreter, archive));
        }
        return Optional.empty();
    }

    private void make(Interpreter interpreter, Path archive) {
        try (var training = new JavaTraining(java, clients)) {
            training.run(interpreter, archive);
        } catch (IOException | InterruptedException _) {
            // Starts stay slower; the next run of this program tries again.
        }
    }
}
