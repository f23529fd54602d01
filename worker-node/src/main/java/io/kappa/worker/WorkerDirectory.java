package io.kappa.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A node's own directory. One process at a time uses it, and the node keeps its name there across restarts. */
final class WorkerDirectory implements AutoCloseable {
    private final Path directory;
    private final FileChannel lock;

    /** @throws IOException where the directory cannot be used, or another process does */
    WorkerDirectory(Path directory) throws IOException {
        this.directory = directory.toAbsolutePath();
        Files.createDirectories(this.directory);
        lock = FileChannel.open(this.directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!locked(lock)) {
            lock.close();
            throw new IOException("another worker uses " + this.directory + "; set worker.directory to one of its own");
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock taken = channel.tryLock();
            return taken != null;
        } catch (OverlappingFileLockException e) {
            return false; // By another worker in this JVM.
        }
    }

    Path part(String name) {
        return directory.resolve(name);
    }

    /** The name that the node had before; a new one the first time. */
    String workerId() throws IOException {
        var file = directory.resolve("worker-id");
        if (Files.exists(file)) {
            return Files.readString(file).strip();
        }
        var id = hostName() + "-" + UUID.randomUUID().toString().substring(0, 8);
        Files.writeString(file, id + System.lineSeparator());
        return id;
    }

    static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "worker";
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
