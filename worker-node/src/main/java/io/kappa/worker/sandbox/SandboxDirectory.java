package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the sandboxes of one process keep what they make, one directory each. Locked, because whoever opens it ends what others left in
 * it.
 */
final class SandboxDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxDirectory.class);

    private final Path root;
    private final FileChannel lock;

    private SandboxDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /** @throws IOException also where another process uses the directory */
    static SandboxDirectory open(Path root) throws IOException {
        Files.createDirectories(root.resolve("environments"));
        var lock = FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // This very process has it open already.
        } finally {
            if (!locked) {
                lock.close();
            }
        }
        if (!locked) {
            throw new IOException("another worker uses " + root);
        }
        return new SandboxDirectory(root.toRealPath(), lock);
    }

    Path root() {
        return root;
    }

    Path make(String environmentId) throws IOException {
        return Files.createDirectory(root.resolve("environments").resolve(environmentId));
    }

    /** Directories of sandboxes that nobody has removed. */
    List<Path> present() throws IOException {
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve("environments"))) {
            entries.forEach(found::add);
        }
        return found;
    }

    /** Removes everything in a directory, as far as that goes. */
    static void clear(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(SandboxDirectory::remove);
        }
    }

    /** Removes a directory with everything in it, as far as that goes. Follows no links. */
    static void remove(Path directory) {
        try {
            Files.walkFileTree(directory, new Removal());
        } catch (NoSuchFileException e) {
            // Nothing to do.
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", directory).setCause(e).log("directory could not be removed");
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        private Path opened = Path.of("");

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            if (!Files.isWritable(directory) || !Files.isExecutable(directory)) {
                makeAccessible(directory); // Functions may take their own rights away.
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) && !file.equals(opened)) {
                opened = file; // An unreadable directory: once more with its rights back.
                makeAccessible(file);
                Files.walkFileTree(file, this);
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(
                Path directory, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }

        private static void makeAccessible(Path directory) throws IOException {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("directory", root).setCause(e).log("lock could not be given back");
        }
    }
}
