package io.kappa.worker.code;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cache on disk: a directory for each package, named by its hash, and for packages merged, named by a hash of theirs; beside it a
 * note that it is whole.
 *
 * <pre>
 *   SHA256/        the files
 *   SHA256.whole   how many bytes they have, and the boot of the machine during which they were written
 *   .work-N        what is being fetched, unpacked or removed; all of it is rubbish after a restart
 * </pre>
 *
 * A process that is killed leaves whole directories or rubbish, because directories get their names last. A machine that loses its power
 * may leave whole names with half files, because nothing is forced to disk; so what an earlier boot has written is fetched again.
 */
final class CodeDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(CodeDirectory.class);
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final String WHOLE = ".whole";
    private static final String WORK = ".work-";
    /** Lambda takes 250 MB unpacked; what the registry lets pass beyond that is still bounded here, to keep the disk. */
    private static final long MOST_BYTES = 1024L * 1024 * 1024;

    private static final int MOST_ENTRIES = 500_000;

    private final Path root;
    private final String boot;
    private final AtomicLong works = new AtomicLong();

    /** A whole package. */
    record Present(String sha256, Path path, long bytes) {}

    /** Writes a package's archive to a file that does not exist yet. */
    interface Download {
        void to(Path zip) throws IOException;
    }

    private CodeDirectory(Path root, String boot) {
        this.root = root;
        this.boot = boot;
    }

    static CodeDirectory open(Path root) throws IOException {
        return open(root, currentBoot());
    }

    /** @param boot names the machine's present boot */
    static CodeDirectory open(Path root, String boot) throws IOException {
        Files.createDirectories(root);
        return new CodeDirectory(root.toRealPath(), boot);
    }

    private static String currentBoot() throws IOException {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim();
        } catch (NoSuchFileException e) {
            return "unknown"; // Not Linux: what is there is trusted.
        }
    }

    /** Whole packages of this boot, the longest unused first; removes everything else. */
    List<Present> present() throws IOException {
        var whole = new ArrayList<Present>();
        var notes = new ArrayList<Path>();
        try (var files = Files.list(root)) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString();
                if (name.endsWith(WHOLE)) {
                    notes.add(file);
                } else if (SHA256.matcher(name).matches()) {
                    noted(name).ifPresentOrElse(whole::add, () -> remove(file));
                } else if (name.startsWith(WORK)) {
                    remove(file);
                }
            }
        }
        for (var note : notes) {
            var name = note.getFileName().toString();
            if (!Files.isDirectory(root.resolve(name.substring(0, name.length() - WHOLE.length())))) {
                Files.deleteIfExists(note);
            }
        }
        whole.sort(Comparator.comparing(present -> lastModified(present.path())));
        return whole;
    }

    private Optional<Present> noted(String sha256) {
        try {
            var note = Files.readString(note(sha256)).split(" ", 2);
            return note.length == 2 && note[1].equals(boot)
                    ? Optional.of(new Present(sha256, root.resolve(sha256), Long.parseLong(note[0])))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static java.nio.file.attribute.FileTime lastModified(Path path) {
        try {
            return Files.getLastModifiedTime(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fetches and unpacks a package that is not there yet. */
    Present unpack(String sha256, Download download) throws IOException {
        var zip = work();
        var unpacking = work();
        try {
            download.to(zip);
            Files.createDirectory(unpacking);
            return named(sha256, unpacking, Unpacker.unpack(zip, unpacking, MOST_BYTES, MOST_ENTRIES));
        } finally {
            Files.deleteIfExists(zip);
            remove(unpacking);
        }
    }

    /** Has something made that is not there yet. */
    Present fill(String sha256, CodeCache.Filling filling) throws IOException {
        var filled = Files.createDirectory(work());
        try {
            return named(sha256, filled, filling.into(filled));
        } finally {
            remove(filled);
        }
    }

    /** Merges packages that are there, see {@link PackageMerge}. */
    Present merge(String key, List<Path> packages, List<Path> mountPoints) throws IOException {
        var merging = work();
        try {
            return named(key, merging, PackageMerge.merge(packages, mountPoints, merging));
        } finally {
            remove(merging);
        }
    }

    private Present named(String sha256, Path whole, long bytes) throws IOException {
        remove(root.resolve(sha256)); // were one left that could not be taken out
        Files.writeString(note(sha256), bytes + " " + boot);
        Files.move(whole, root.resolve(sha256), StandardCopyOption.ATOMIC_MOVE);
        return new Present(sha256, root.resolve(sha256), bytes);
    }

    /** Takes a package's name away. What had the name is still to be removed. */
    Path takeOut(String sha256) {
        var doomed = work();
        try {
            Files.move(root.resolve(sha256), doomed, StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(note(sha256));
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("sha256", sha256).setCause(e).log("package could not be removed");
        }
        return doomed;
    }

    private Path note(String sha256) {
        return root.resolve(sha256 + WHOLE);
    }

    private Path work() {
        return root.resolve(WORK + works.incrementAndGet());
    }

    /** Removes a file or a directory with everything in it, as far as that goes. Follows no links. */
    static void remove(Path path) {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var files = Files.walk(path)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.atWarn().addKeyValue("path", path).setCause(e).log("files could not be removed");
        }
    }
}
