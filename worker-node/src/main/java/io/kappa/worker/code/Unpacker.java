package io.kappa.worker.code;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Unpacks one archive into a directory. Trusts nothing in it: neither names, which may lead out of the directory, nor sizes, nor links.
 * Files come first and links last, so that no file can be written through a link. Everything becomes readable by everybody, because
 * functions run as users of their own, and writable by nobody else.
 */
final class Unpacker {
    private static final int COPY_BUFFER = 64 * 1024;
    /** Who packs on a system without such modes says none. */
    private static final int DEFAULT_MODE = 0644;

    private final Path target;
    private final long mostBytes;
    private final int mostEntries;
    private final byte[] buffer = new byte[COPY_BUFFER];
    private long bytes;

    private Unpacker(Path target, long mostBytes, int mostEntries) {
        this.target = target;
        this.mostBytes = mostBytes;
        this.mostEntries = mostEntries;
    }

    /**
     * Unpacks a zip.
     *
     * @param target an existing, empty directory
     * @return how many bytes the files have
     * @throws PackageException where the archive is damaged, too large, or would write elsewhere
     */
    static long unpack(Path zip, Path target, long mostBytes, int mostEntries) throws IOException {
        var unpacker = new Unpacker(target, mostBytes, mostEntries);
        try {
            unpacker.unpack(zip);
        } catch (ZipException e) {
            throw new PackageException("package is not a zip that can be read: " + e.getMessage(), e);
        }
        return unpacker.bytes;
    }

    private void unpack(Path zip) throws IOException {
        try (var archive = ZipFile.builder().setPath(zip).get()) {
            var entries = Collections.list(archive.getEntriesInPhysicalOrder());
            if (entries.size() > mostEntries) {
                throw new PackageException("package has more than " + mostEntries + " entries");
            }
            makeDirectory(target);
            var links = new ArrayList<ZipArchiveEntry>();
            for (var entry : entries) {
                if (entry.isUnixSymlink()) {
                    links.add(entry);
                } else if (entry.isDirectory()) {
                    makeDirectories(inside(entry.getName()));
                } else {
                    write(archive, entry);
                }
            }
            for (var link : links) {
                link(archive, link);
            }
        }
    }

    private void write(ZipFile archive, ZipArchiveEntry entry) throws IOException {
        var file = inside(entry.getName());
        if (file.equals(target)) {
            throw new PackageException("package has an entry without a name");
        }
        makeDirectories(parent(file));
        try (var in = archive.getInputStream(entry);
                var out = Files.newOutputStream(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                bytes += count;
                if (bytes > mostBytes) {
                    throw new PackageException("package has more than " + mostBytes + " bytes unpacked");
                }
                out.write(buffer, 0, count);
            }
        }
        int mode = entry.getUnixMode() == 0 ? DEFAULT_MODE : entry.getUnixMode();
        Files.setPosixFilePermissions(file, permissions((mode & 0755) | 0644));
    }

    private void link(ZipFile archive, ZipArchiveEntry entry) throws IOException {
        var link = inside(entry.getName());
        var text = targetOf(archive, entry);
        makeDirectories(parent(link));
        var led = link.resolveSibling(path(text)).normalize();
        if (path(text).isAbsolute() || !led.startsWith(target)) {
            throw new PackageException("link " + entry.getName() + " leads out of the package, to " + text);
        }
        try {
            Files.createSymbolicLink(link, path(text));
        } catch (FileAlreadyExistsException e) {
            throw new PackageException("package has two entries named " + entry.getName(), e);
        }
        // Through other links it may lead elsewhere than its text says.
        if (Files.exists(link) && !link.toRealPath().startsWith(target.toRealPath())) {
            Files.delete(link);
            throw new PackageException("link " + entry.getName() + " leads out of the package");
        }
    }

    private static String targetOf(ZipFile archive, ZipArchiveEntry entry) throws IOException {
        try (InputStream in = archive.getInputStream(entry)) {
            var bytes = in.readNBytes(4097);
            if (bytes.length == 0 || bytes.length > 4096) {
                throw new PackageException("link " + entry.getName() + " leads nowhere");
            }
            return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    /** Where an entry of that name belongs. */
    private Path inside(String name) {
        var resolved = target.resolve(path(name)).normalize();
        if (path(name).isAbsolute() || !resolved.startsWith(target)) {
            throw new PackageException("entry " + name + " leads out of the package");
        }
        return resolved;
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new PackageException("entry '" + name + "' has a name that this machine cannot write", e);
        }
    }

    private static Path parent(Path path) {
        return java.util.Objects.requireNonNull(path.getParent());
    }

    private void makeDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(directory)) {
            throw new PackageException(target.relativize(directory) + " is a file and a directory in one package");
        }
        makeDirectories(parent(directory));
        if (!Files.isDirectory(directory)) {
            makeDirectory(Files.createDirectory(directory));
        }
    }

    private static void makeDirectory(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, permissions(0755));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        var permissions = EnumSet.noneOf(PosixFilePermission.class);
        var all = PosixFilePermission.values(); // owner's, group's, others': each read, write, execute
        for (int i = 0; i < all.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                permissions.add(all[i]);
            }
        }
        return permissions;
    }
}
