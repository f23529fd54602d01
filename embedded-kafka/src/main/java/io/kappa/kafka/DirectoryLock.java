package io.kappa.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps every other process out of a directory. Ends with the process, however that ends, because the operating system holds it. */
public final class DirectoryLock implements AutoCloseable {
    private static final String FILE = "in-use";

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the directory, which is made where it does not exist.
     *
     * @throws IOException in one line, where somebody else has it
     */
    public static DirectoryLock take(Path directory) throws IOException {
        Files.createDirectories(directory);
        var file = directory.resolve(FILE);
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (tryLock(channel) == null) {
            channel.close();
            throw new IOException("data directory " + directory + " is in use by another process"
                    + (Files.size(file) > 0 ? " (" + Files.readString(file) + ")" : ""));
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(("process " + ProcessHandle.current().pid()).getBytes(UTF_8)));
        return new DirectoryLock(channel);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // Held by this very process.
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
