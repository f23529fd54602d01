package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of a container that is started before it is known what is to be seen there: the function's code, or its layers. The
 * container binds this directory, which is shared in the namespace of all mounts and followed in the container's: what is mounted here
 * later shows inside.
 */
final class LateRoot {
    private static final Logger LOG = LoggerFactory.getLogger(LateRoot.class);

    private final MountNamespace namespace;
    private final Path directory;
    private final Path staging;
    private final Deque<Path> mounted = new ArrayDeque<>();

    private LateRoot(MountNamespace namespace, Path directory, Path staging) {
        this.namespace = namespace;
        this.directory = directory;
        this.staging = staging;
    }

    /**
     * @param own directory of the sandbox
     * @param name of this one in it
     */
    static LateRoot make(MountNamespace namespace, Path own, String name) throws IOException {
        var directory = Files.createDirectory(own.resolve(name));
        // Directories that the dynamic linker has once found missing are not looked into again.
        Files.createDirectory(directory.resolve("lib"));
        var root = new LateRoot(namespace, directory, Files.createDirectory(own.resolve(name + "-staging")));
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

    /** Mounts a directory of files: by way of another place, because what shows inside must be read-only from the beginning. */
    void show(Path unpacked) throws IOException {
        namespace.call(() -> {
            bind(unpacked, staging);
            Linux.mount(
                    "none",
                    staging,
                    null,
                    Linux.MS_REMOUNT | Linux.MS_BIND | Linux.MS_RDONLY | Linux.MS_NOSUID | Linux.MS_NODEV,
                    null);
            bind(staging, directory);
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
            LOG.atWarn()
                    .addKeyValue("directory", directory)
                    .setCause(e)
                    .log("files of a function could not be unmounted");
        }
    }
}
