package io.kappa.access.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.access.image.ImageException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** A directory in the OCI image layout: {@code index.json} says which manifests have which tags, {@code blobs} holds them. */
final class LayoutDirectory implements ImageStore {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TAG = "org.opencontainers.image.ref.name";

    private final Path directory;

    private LayoutDirectory(Path directory) {
        this.directory = directory;
    }

    /** That of a repository; empty where there is none. */
    static Optional<LayoutDirectory> find(Path root, String repository) {
        var directory = root.resolve(repository);
        return Files.isRegularFile(directory.resolve("oci-layout"))
                ? Optional.of(new LayoutDirectory(directory))
                : Optional.empty();
    }

    @Override
    public byte[] manifest(ImageReference image) throws ImageException {
        return blob(image, image.digest() != null ? image.digest() : tagged(image));
    }

    private String tagged(ImageReference image) throws ImageException {
        try {
            for (var manifest :
                    JSON.readTree(directory.resolve("index.json").toFile()).path("manifests")) {
                if (manifest.path("annotations").path(TAG).asText().equals(image.tag())) {
                    return manifest.path("digest").asText();
                }
            }
        } catch (IOException e) {
            throw unreadable(image, e);
        }
        throw new ImageException(Problem.MISSING, image + " is not in " + directory);
    }

    @Override
    public byte[] configuration(ImageReference manifest, String digest) throws ImageException {
        return blob(manifest, digest);
    }

    private byte[] blob(ImageReference image, String digest) throws ImageException {
        if (!Digests.isDigest(digest)) {
            throw new ImageException(Problem.UNSUPPORTED, image + " has the digest " + digest);
        }
        var file = directory.resolve("blobs").resolve(digest.replace(':', '/'));
        try (var content = Files.newInputStream(file)) {
            var bytes = content.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new ImageException(Problem.TOO_LARGE, file + " is too large");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new ImageException(Problem.MISSING, digest + " of " + image + " is not in " + directory, e);
        } catch (IOException e) {
            throw unreadable(image, e);
        }
    }

    private ImageException unreadable(ImageReference image, IOException cause) {
        return new ImageException(Problem.UNREACHABLE, image + " cannot be read in " + directory, cause);
    }

    /** The blobs are not copied: whoever unpacks them looks at their digests. */
    @Override
    public void copy(ImageReference manifest, Path layout, String tag) throws ImageException {
        var content = manifest(manifest);
        var index = JSON.createObjectNode().put("schemaVersion", 2);
        var descriptor = index.putArray("manifests").addObject();
        descriptor.put("mediaType", mediaType(content));
        descriptor.put("digest", manifest.digest()).put("size", content.length);
        descriptor.putObject("annotations").put(TAG, tag);
        try {
            Files.createDirectory(layout);
            Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
            Files.createSymbolicLink(
                    layout.resolve("blobs"), directory.resolve("blobs").toRealPath());
            Files.write(layout.resolve("index.json"), JSON.writeValueAsBytes(index));
        } catch (IOException e) {
            throw unreadable(manifest, e);
        }
    }

    private static String mediaType(byte[] manifest) throws ImageException {
        try {
            JsonNode read = JSON.readTree(manifest);
            return read.path("mediaType").asText(ImageManifest.OCI);
        } catch (IOException e) {
            throw new ImageException(Problem.UNSUPPORTED, "a manifest is no JSON", e);
        }
    }
}
