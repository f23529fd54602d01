package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The task root of a container that is started before its code is known. The container binds this directory, which is shared in the
 * namespace of all mounts and followed in the container's: what is mounted here later shows inside.
 */
final class TaskRoot {
    private static final Logger LOG = LoggerFactory.getLogger(TaskRoot.class);

    private final MountNamespace namespace;
    private final Path directory;
    private final Path code;
    private final Deque<Path> mounted = new ArrayDeque<>();

    private TaskRoot(MountNamespace namespace, Path directory, Path code) {
        this.namespace = namespace;
        this.directory = directory;
        this.code = code;
    }

    /** @param own directory of the sandbox */
    static TaskRoot make(MountNamespace namespace, Path own) throws IOException {
        var directory = Files.createDirectory(own.resolve("task"));
        // Directories that the dynamic linker has once found missing are not looked into again.
        Files.createDirectory(directory.resolve("lib"));
        var root = new TaskRoot(namespace, directory, Files.createDirectory(own.resolve("code")));
        namespace.call(() -> {
            root.bind(directory, directory);
            Linux.mount("none", directory, null, Linux.MS_SHARED, null);
            return true;
        });
        return root;
    }

    Path directory() {
        return directory;
    }

    /** Mounts the code: by way of another place, because what shows inside must be read-only from the beginning. */
    void show(Path unpacked) throws IOException {
        namespace.call(() -> {
            bind(unpacked, code);
            Linux.mount(
                    "none",
                    code,
                    null,
                    Linux.MS_REMOUNT | Linux.MS_BIND | Linux.MS_RDONLY | Linux.MS_NOSUID | Linux.MS_NODEV,
                    null);
            bind(code, directory);
            return true;
        });
    }

    private void bind(Path source, Path target) throws IOException {
        Linux.mount(source.toString(), target, null, Linux.MS_BIND, null);
        mounted.push(target);
    }

    /** Unmounts everything, from a container in which nothing runs. */
    void remove() {
        try {
            namespace.call(() -> {
                while (!mounted.isEmpty()) {
                    Linux.unmount(mounted.pop());
                }
                return true;
            });
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", directory).setCause(e).log("code could not be unmounted");
        }
    }
}
