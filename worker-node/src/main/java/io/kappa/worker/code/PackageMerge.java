package io.kappa.worker.code;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Lays unpacked packages over one another in one directory, without copying their bytes: every file is a further name of the one that was
 * unpacked. Where two have something of the same name, the later one's is taken, unless both are directories. Follows no links.
 */
final class PackageMerge extends SimpleFileVisitor<Path> {
    private final Path target;
    private Path source = Path.of("");
    private long bytes;

    private PackageMerge(Path target) {
        this.target = target;
    }

    /** What the directory is called in the cache, in the place of a package's hash. */
    static String key(List<String> sha256s, List<Path> mountPoints) {
        try {
            var text = String.join("\n", sha256s) + "\n\n" + mountPoints;
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Fills a directory.
     *
     * @param target does not exist yet
     * @param mountPoints directories to be there besides, for what is mounted inside: paths below the target
     * @return how many bytes the files have
     */
    static long merge(List<Path> packages, List<Path> mountPoints, Path target) throws IOException {
        var merge = new PackageMerge(target);
        for (var directory : packages) {
            merge.source = directory;
            Files.walkFileTree(directory, merge);
        }
        for (var point : mountPoints) {
            var directory = target;
            for (var part : point) {
                directory = directory.resolve(part);
                merge.makeDirectory(directory);
            }
        }
        return merge.bytes;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
        makeDirectory(place(directory));
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        var place = place(file);
        CodeDirectory.remove(place);
        if (attributes.isSymbolicLink()) {
            Files.createSymbolicLink(place, Files.readSymbolicLink(file));
        } else {
            link(place, file);
            bytes += attributes.size();
        }
        return FileVisitResult.CONTINUE;
    }

    /** File systems that cannot, or not that often, get a copy. */
    private static void link(Path place, Path file) throws IOException {
        try {
            Files.createLink(place, file);
        } catch (IOException | UnsupportedOperationException e) {
            Files.copy(file, place, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private Path place(Path path) {
        return target.resolve(source.relativize(path).toString());
    }

    private void makeDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            CodeDirectory.remove(directory);
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }
}
