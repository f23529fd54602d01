package io.kappa.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Container images in a directory of the OCI image layout, made up by tests. */
public final class OciLayout {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final int EXECUTABLE = 0100755;

    private final Path directory;
    private final Map<String, ObjectNode> tagged = new TreeMap<>();

    /**
     * What an image says and holds.
     *
     * @param architecture as images name it, such as {@code amd64}
     * @param configuration {@code Entrypoint}, {@code Cmd}, {@code Env}, {@code WorkingDir}: what of these it says
     * @param files executable ones, by their paths without a slash at the beginning
     * @param layerType media type of its layer
     */
    public record Image(
            String architecture, Map<String, ?> configuration, Map<String, byte[]> files, String layerType) {
        public Image(String architecture, Map<String, ?> configuration, Map<String, byte[]> files) {
            this(architecture, configuration, files, "application/vnd.oci.image.layer.v1.tar+gzip");
        }
    }

    /** @param directory may be there already, without anything in it */
    public OciLayout(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory.resolve("blobs/sha256"));
            Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds an image under a tag, which then names no other. Answers with the digest of its manifest. */
    public String add(String tag, Image image) {
        var manifest = manifest(image);
        tag(tag, manifest);
        return manifest.path("digest").asText();
    }

    /** Adds a list of images for several architectures. */
    public void addList(String tag, List<Image> images) {
        var list = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", INDEX);
        var manifests = list.putArray("manifests");
        for (var image : images) {
            var manifest = manifest(image);
            manifest.putObject("platform").put("os", "linux").put("architecture", image.architecture());
            manifests.add(manifest);
        }
        tag(tag, descriptor(INDEX, bytes(list)));
    }

    private ObjectNode manifest(Image image) {
        var tar = tar(image.files());
        var configuration = JSON.createObjectNode();
        configuration.put("architecture", image.architecture()).put("os", "linux");
        configuration.set("config", JSON.valueToTree(image.configuration()));
        configuration
                .putObject("rootfs")
                .put("type", "layers")
                .putArray("diff_ids")
                .add(digest(tar));
        var manifest = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", MANIFEST);
        manifest.set("config", descriptor("application/vnd.oci.image.config.v1+json", bytes(configuration)));
        manifest.putArray("layers").add(descriptor(image.layerType(), gzip(tar)));
        return descriptor(MANIFEST, bytes(manifest));
    }

    private void tag(String tag, ObjectNode descriptor) {
        var named = descriptor.deepCopy();
        named.putObject("annotations").put("org.opencontainers.image.ref.name", tag);
        tagged.put(tag, named);
        var index = JSON.createObjectNode().put("schemaVersion", 2);
        index.putArray("manifests").addAll(tagged.values());
        write(directory.resolve("index.json"), bytes(index));
    }

    private ObjectNode descriptor(String mediaType, byte[] content) {
        var digest = digest(content);
        write(blob(digest), content);
        return JSON.createObjectNode()
                .put("mediaType", mediaType)
                .put("digest", digest)
                .put("size", content.length);
    }

    /** The file that holds what has that digest. */
    public Path blob(String digest) {
        return directory.resolve("blobs").resolve(digest.replace(':', '/'));
    }

    private static void write(Path file, byte[] content) {
        try {
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(ObjectNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] tar(Map<String, byte[]> files) {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            for (var file : new TreeMap<>(files).entrySet()) {
                var entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                entry.setMode(EXECUTABLE);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] content) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
