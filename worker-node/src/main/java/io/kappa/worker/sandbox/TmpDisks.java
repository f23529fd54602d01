package io.kappa.worker.sandbox;

import static io.kappa.worker.sandbox.Posix.INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sized disks for {@code /tmp}: each a sparse file with an ext4 file system, mounted through a loop device. Written pages go to the
 * machine's disk under memory pressure, as a tmpfs's would not, so they never count against the function; see
 * {@code docs/decisions/0003-tmp-on-a-disk-of-its-own.md}.
 *
 * <p>Formatting takes longer than all the rest of a sandbox, so it is done once for each size, and the few blocks that it wrote are
 * copied into the next files. A file's name is removed as soon as it is mounted: unmounting frees everything.
 */
final class TmpDisks {
    private static final Logger LOG = LoggerFactory.getLogger(TmpDisks.class);

    private static final long LOOP_CTL_GET_FREE = 0x4C82;
    private static final long LOOP_CONFIGURE = 0x4C0A;
    /** Size of {@code struct loop_config}, and where the flags of the {@code loop_info64} inside it are. */
    private static final int LOOP_CONFIG = 304;

    private static final int LOOP_FLAGS_AT = 60;
    private static final int LO_FLAGS_AUTOCLEAR = 4;

    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int MOST_TEMPLATES = 16;
    private static final long FLAGS = Linux.MS_NOSUID | Linux.MS_NODEV | Linux.MS_NOATIME;
    /** Scratch space: no flushes to the disk, and no thread that writes zeros over tables that nobody reads. */
    private static final String OPTIONS = "barrier=0,noinit_itable";

    private final MountNamespace namespace;
    private final Path directory;
    private final boolean disks;
    private final AtomicLong made = new AtomicLong();
    private final Map<Integer, Template> templates = new LinkedHashMap<>();

    /** A freshly formatted file: its length, and the parts of it that are not zero. */
    private record Template(long length, List<Part> parts) {
        record Part(long offset, ByteBuffer bytes) {}
    }

    /** @param directory for the files, before they are mounted */
    TmpDisks(MountNamespace namespace, Path directory) throws IOException {
        this.namespace = namespace;
        this.directory = Files.createDirectories(directory);
        this.disks = work();
    }

    /** Tries it out, because containers often lack the devices or the command. */
    private boolean work() throws IOException {
        var trial = Files.createDirectories(directory.resolve("trial"));
        try {
            mountDisk(512, trial);
            unmount(trial);
            return true;
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("reason", e.getMessage())
                    .log(
                            "files in /tmp count as memory of the function, because loop devices with ext4 do not work here");
            return false;
        }
    }

    /** Makes an empty disk, writable by everybody, and mounts it. */
    void mount(int megabytes, Path target) throws IOException {
        if (disks) {
            mountDisk(megabytes, target);
        } else {
            namespace.call(() -> {
                Linux.mount("tmpfs", target, "tmpfs", FLAGS, "mode=1777,size=" + megabytes + "m");
                return true;
            });
        }
    }

    /** Unmounts a disk, which frees all of it. Its files go first, or the kernel would save them to where nobody can read them. */
    void unmount(Path target) throws IOException {
        namespace.callSlow(() -> {
            SandboxDirectory.clear(target);
            Linux.unmount(target);
            return true;
        });
    }

    private void mountDisk(int megabytes, Path target) throws IOException {
        var template = template(megabytes);
        var file = directory.resolve("disk-" + made.incrementAndGet());
        try {
            try (var channel = FileChannel.open(
                    file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
                for (var part : template.parts()) {
                    channel.write(part.bytes().duplicate(), part.offset());
                }
                channel.write(ByteBuffer.allocate(1), template.length() - 1);
            }
            mountFile(file, target);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private synchronized Template template(int megabytes) throws IOException {
        var known = templates.get(megabytes);
        if (known != null) {
            return known;
        }
        var made = format(megabytes);
        if (templates.size() >= MOST_TEMPLATES) {
            templates.remove(templates.keySet().iterator().next());
        }
        templates.put(megabytes, made);
        return made;
    }

    private Template format(int megabytes) throws IOException {
        // Room for ext4's own tables, so that the function finds no less than it was promised.
        long length = (megabytes + megabytes / 32 + 8) * 1024L * 1024;
        var file = directory.resolve("template");
        var mountPoint = Files.createDirectories(directory.resolve("template-mount"));
        try {
            try (var channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
                channel.write(ByteBuffer.allocate(1), length - 1);
            }
            run(
                    "mkfs.ext4",
                    "-q",
                    "-F",
                    "-m",
                    "0",
                    "-O",
                    "^has_journal,^resize_inode",
                    "-E",
                    "lazy_itable_init=1,nodiscard",
                    file.toString());
            mountFile(file, mountPoint);
            namespace.call(() -> {
                Files.deleteIfExists(mountPoint.resolve("lost+found"));
                Files.setAttribute(mountPoint, "unix:mode", 01777);
                return true;
            });
            namespace.call(() -> {
                Linux.unmount(mountPoint);
                return true;
            });
            return new Template(length, parts(file, length));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static List<Template.Part> parts(Path file, long length) throws IOException {
        var parts = new ArrayList<Template.Part>();
        int fd = Linux.open(file, Linux.O_RDONLY);
        try (var channel = FileChannel.open(file)) {
            long start = Linux.seek(fd, 0, SEEK_DATA);
            while (start >= 0) {
                long end = Linux.seek(fd, start, SEEK_HOLE);
                var bytes = ByteBuffer.allocate((int) (Math.min(end, length) - start));
                while (bytes.hasRemaining() && channel.read(bytes, start + bytes.position()) > 0) {}
                parts.add(new Template.Part(start, bytes.flip()));
                start = Linux.seek(fd, end, SEEK_DATA);
            }
        } finally {
            Posix.close(fd);
        }
        return parts;
    }

    private void mountFile(Path file, Path target) throws IOException {
        namespace.call(() -> {
            int fileFd = Linux.open(file, Linux.O_RDWR);
            try (var arena = Arena.ofConfined()) {
                var configuration = arena.allocate(LOOP_CONFIG, 8);
                configuration.set(INT, 0, fileFd);
                configuration.set(INT, LOOP_FLAGS_AT, LO_FLAGS_AUTOCLEAR);
                var device = attach(configuration);
                try {
                    Linux.mount(device.path(), target, "ext4", FLAGS, OPTIONS);
                } finally {
                    Posix.close(device.fd()); // frees the device as well where the mount has failed
                }
            } finally {
                Posix.close(fileFd);
            }
            return true;
        });
    }

    private record LoopDevice(String path, int fd) {}

    private static LoopDevice attach(MemorySegment configuration) throws IOException {
        int control = Linux.open(Path.of("/dev/loop-control"), Linux.O_RDWR);
        try {
            for (int attempt = 1; ; attempt++) {
                int number = Linux.control(control, LOOP_CTL_GET_FREE, MemorySegment.NULL);
                var path = "/dev/loop" + number;
                int fd = Linux.open(Path.of(path), Linux.O_RDWR);
                try {
                    Linux.control(fd, LOOP_CONFIGURE, configuration);
                    return new LoopDevice(path, fd);
                } catch (IOException e) {
                    Posix.close(fd);
                    if (attempt == 10) {
                        throw e; // Somebody else may take the free one first, but hardly ten times.
                    }
                }
            }
        } finally {
            Posix.close(control);
        }
    }

    private static void run(String name, String... arguments) throws IOException {
        var program = Programs.find(name).orElseThrow(() -> new IOException("there is no " + name));
        var command = Stream.concat(Stream.of(program.toString()), Arrays.stream(arguments));
        var process = new ProcessBuilder(command.toList())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            int code = process.start().waitFor();
            if (code != 0) {
                throw new IOException(name + " ended with " + code);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while formatting", e);
        }
    }
}
