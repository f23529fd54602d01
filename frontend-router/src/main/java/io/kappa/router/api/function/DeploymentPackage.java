package io.kappa.router.api.function;

import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.PackageBytes;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** What Lambda demands of a zip before it takes it. */
public final class DeploymentPackage {
    static final long LARGEST_ZIPPED = 52_428_800;
    public static final long LARGEST_UNZIPPED = 262_144_000;

    /** More than a zip of that size can hold, unless it was made to fill a disk with empty files. */
    private static final int MOST_ENTRIES = 500_000;

    private static final int LONGEST_LINK = 4096;

    /** As {@link #check(PackageBytes)}, for a package that stands in a request, where it must be smaller than elsewhere. */
    public static long check(byte[] zip) {
        return check(zip, LARGEST_ZIPPED, LARGEST_UNZIPPED);
    }

    static long check(byte[] zip, long largestZipped, long largestUnzipped) {
        if (zip.length > largestZipped) {
            throw new LambdaApiException(
                    ErrorCode.REQUEST_ENTITY_TOO_LARGE, "Zipped size must be smaller than " + largestZipped + " bytes");
        }
        return check(PackageBytes.of(zip), largestUnzipped);
    }

    /**
     * Refuses a package that could not be run from. Reads every entry, because what a zip states of them need not be true.
     *
     * @return how many bytes its files have together
     */
    public static long check(PackageBytes zip) {
        return check(zip, LARGEST_UNZIPPED);
    }

    private static long check(PackageBytes zip, long largestUnzipped) {
        try (var channel = zip.open()) {
            if (channel.size() == 0) {
                throw empty();
            }
            return unzipped(channel, largestUnzipped);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable();
        }
    }

    private static long unzipped(SeekableByteChannel channel, long largestUnzipped) throws IOException {
        try (var file = ZipFile.builder().setSeekableByteChannel(channel).get()) {
            int entries = 0;
            long unzipped = 0;
            var tree = new PackageTree();
            var buffer = new byte[64 * 1024];
            for (var entry : Collections.list(file.getEntries())) {
                entries++;
                if (entries > MOST_ENTRIES || isMisnamed(entry) || !takesItsPlace(tree, file, entry)) {
                    throw unreadable();
                }
                var checksum = new CRC32();
                try (var content = file.getInputStream(entry)) {
                    for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                        checksum.update(buffer, 0, read);
                        unzipped += read;
                        if (unzipped > largestUnzipped) {
                            throw tooLarge(largestUnzipped);
                        }
                    }
                }
                if (checksum.getValue() != entry.getCrc()) {
                    throw unreadable();
                }
            }
            if (entries == 0) {
                throw empty();
            }
            if (tree.leadsOut()) {
                throw unreadable();
            }
            return unzipped;
        }
    }

    private static boolean isMisnamed(ZipArchiveEntry entry) {
        var path = Path.of(entry.getName());
        return leadsOut(path)
                || (!entry.isDirectory() && path.normalize().toString().isEmpty());
    }

    /** Whether a file of that name would be written elsewhere than where the package is unpacked. */
    private static boolean leadsOut(Path path) {
        return path.isAbsolute() || path.normalize().startsWith("..");
    }

    private static boolean takesItsPlace(PackageTree tree, ZipFile file, ZipArchiveEntry entry) throws IOException {
        var path = Path.of(entry.getName());
        if (entry.isUnixSymlink()) {
            return takesItsPlace(tree, path, file, entry);
        }
        return entry.isDirectory() ? tree.addDirectory(path) : tree.addFile(path);
    }

    private static boolean takesItsPlace(PackageTree tree, Path link, ZipFile file, ZipArchiveEntry entry)
            throws IOException {
        try (var content = file.getInputStream(entry)) {
            var bytes = content.readNBytes(LONGEST_LINK + 1);
            var target = new String(bytes, StandardCharsets.UTF_8);
            return bytes.length > 0
                    && bytes.length <= LONGEST_LINK
                    && !leadsOut(link.resolveSibling(target))
                    && tree.addLink(link, target);
        }
    }

    /** What is too large even before it is unzipped. */
    public static LambdaApiException tooLarge() {
        return tooLarge(LARGEST_UNZIPPED);
    }

    private static LambdaApiException tooLarge(long largestUnzipped) {
        return invalid("Unzipped size must be smaller than " + largestUnzipped + " bytes");
    }

    private static LambdaApiException unreadable() {
        return invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
    }

    private static LambdaApiException empty() {
        return invalid("Uploaded file must be a non-empty zip");
    }

    private static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }

    private DeploymentPackage() {}
}
