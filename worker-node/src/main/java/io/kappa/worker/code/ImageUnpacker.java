package io.kappa.worker.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.access.image.ContainerImages;
import io.kappa.access.image.ImageException;
import io.kappa.access.image.ImageException.Problem;
import io.kappa.access.image.Tool;
import io.kappa.contracts.registry.ContainerImage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Gets container images and unpacks them, by way of {@code umoci}: layers over one another, compared with their digests, without owners and
 * devices. See {@code docs/decisions/0014-container-images-by-skopeo-and-umoci.md}.
 */
public final class ImageUnpacker {
    /** Lambda's limit, and what keeps a layer that claims to be small from filling the disk. */
    private static final long MOST_BYTES = 10L * 1024 * 1024 * 1024;

    private static final long MOST_ENTRIES = 2_000_000;
    private static final Duration UNPACKS_WITHIN = Duration.ofMinutes(15);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ContainerImages images;
    private final long mostBytes;

    public ImageUnpacker(ContainerImages images) {
        this(images, MOST_BYTES);
    }

    ImageUnpacker(ContainerImages images, long mostBytes) {
        this.images = images;
        this.mostBytes = mostBytes;
    }

    /** Whether this machine has what unpacks images. */
    public static boolean isThere() {
        try {
            var _ = Tool.run(List.of("umoci", "--version"), 1024, Duration.ofSeconds(10));
            return true;
        } catch (Tool.Failure e) {
            return false;
        }
    }

    /**
     * Makes what {@link UnpackedImage} describes.
     *
     * @param directory that is there, and empty
     * @return bytes of the image's files
     */
    public long unpack(ContainerImage image, Path directory) throws IOException {
        var layout = directory.resolve("layout");
        var bundle = directory.resolve("bundle");
        try {
            images.copy(image, layout);
            var index = JSON.readTree(layout.resolve("index.json").toFile());
            var manifest = blob(layout, index.path("manifests").path(0).path("digest"));
            var read = JSON.readTree(manifest.toFile());
            long bytes = size(layout, read.path("layers"));
            var _ = Tool.run(
                    List.of(
                            "umoci",
                            "unpack",
                            "--rootless",
                            "--image",
                            layout + ":" + ContainerImages.TAG,
                            bundle.toString()),
                    64 * 1024,
                    UNPACKS_WITHIN);
            Files.move(bundle.resolve("rootfs"), UnpackedImage.root(directory));
            Files.copy(blob(layout, read.path("config").path("digest")), UnpackedImage.configuration(directory));
            prepareMountPoints(UnpackedImage.root(directory));
            return bytes;
        } catch (ImageException | Tool.Failure e) {
            throw new IOException("image " + image.resolvedImageUri(), e);
        } finally {
            CodeDirectory.remove(layout);
            CodeDirectory.remove(bundle);
        }
    }

    private static Path blob(Path layout, JsonNode digest) throws ImageException {
        if (!digest.asText().matches("sha256:[0-9a-f]{64}")) {
            throw new ImageException(Problem.UNSUPPORTED, "a digest is " + digest);
        }
        return layout.resolve("blobs").resolve(digest.asText().replace(':', '/'));
    }

    /** Looks at all layers before anything of them is written. */
    private long size(Path layout, JsonNode layers) throws IOException, ImageException {
        long bytes = 0;
        long entries = 0;
        for (var layer : layers) {
            try (var file = new BufferedInputStream(Files.newInputStream(blob(layout, layer.path("digest"))));
                    var tar = new TarArchiveInputStream(unzipped(file))) {
                for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    bytes += Math.max(0, entry.getSize());
                    entries++;
                    if (bytes > mostBytes || entries > MOST_ENTRIES) {
                        throw new ImageException(
                                Problem.TOO_LARGE, "more than " + mostBytes + " bytes or " + MOST_ENTRIES + " files");
                    }
                }
            }
        }
        return bytes;
    }

    private static InputStream unzipped(BufferedInputStream file) throws IOException {
        file.mark(2);
        boolean zipped = file.read() == 0x1f && file.read() == 0x8b;
        file.reset();
        return zipped ? new GZIPInputStream(file) : file;
    }

    /**
     * Makes what sandboxes mount at, which several of them would otherwise do at once. Where the image has a link in the place of a
     * directory, nothing is made: it may lead out of the image.
     */
    private static void prepareMountPoints(Path root) throws IOException {
        for (var name : List.of("proc", "dev", "tmp", "etc")) {
            var directory = root.resolve(name);
            if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(directory);
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
        if (Files.isDirectory(root.resolve("etc"), LinkOption.NOFOLLOW_LINKS)) {
            for (var name : List.of("etc/passwd", "etc/hosts", "etc/resolv.conf")) {
                if (!Files.exists(root.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                    Files.createFile(root.resolve(name));
                }
            }
        }
    }
}
