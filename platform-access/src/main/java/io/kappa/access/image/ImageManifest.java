package io.kappa.access.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.access.image.ImageException.Problem;
import java.io.IOException;
import java.util.Set;
import java.util.stream.StreamSupport;

/** What a manifest, a list of manifests, or the configuration of an image says, as far as that decides whether it can be run. */
final class ImageManifest {
    static final String OCI = "application/vnd.oci.image.manifest.v1+json";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> MANIFESTS = Set.of(OCI, "application/vnd.docker.distribution.manifest.v2+json");
    private static final Set<String> CONFIGURATIONS =
            Set.of("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json");
    private static final Set<String> LAYERS = Set.of(
            "application/vnd.oci.image.layer.v1.tar",
            "application/vnd.oci.image.layer.v1.tar+gzip",
            "application/vnd.docker.image.rootfs.diff.tar",
            "application/vnd.docker.image.rootfs.diff.tar.gzip");
    private static final int MOST_LAYERS = 127;
    private static final long MOST_BYTES = 10L * 1024 * 1024 * 1024;

    private final JsonNode json;

    private ImageManifest(JsonNode json) {
        this.json = json;
    }

    static ImageManifest read(byte[] content) throws ImageException {
        try {
            var json = JSON.readTree(content);
            if (json.isObject()) {
                return new ImageManifest(json);
            }
            throw new ImageException(Problem.UNSUPPORTED, "the manifest is no JSON object");
        } catch (IOException e) {
            throw new ImageException(Problem.UNSUPPORTED, "the manifest is no JSON", e);
        }
    }

    /** Whether it only names manifests for several architectures. */
    boolean isList() {
        return json.has("manifests");
    }

    /** The digest of the one for an architecture, in a list. */
    String digestFor(String architecture) throws ImageException {
        for (var manifest : json.path("manifests")) {
            var platform = manifest.path("platform");
            if (isFor(architecture, platform)
                    && Digests.isDigest(manifest.path("digest").asText())) {
                return manifest.path("digest").asText();
            }
        }
        throw new ImageException(Problem.OTHER_ARCHITECTURE, "there is none for " + architecture);
    }

    /** Refuses what cannot be run, of something that is no list. */
    void check() throws ImageException {
        require(MANIFESTS, json.path("mediaType").asText(OCI));
        require(CONFIGURATIONS, json.path("config").path("mediaType").asText());
        for (var layer : json.path("layers")) {
            require(LAYERS, layer.path("mediaType").asText());
        }
        long bytes = StreamSupport.stream(json.path("layers").spliterator(), false)
                .mapToLong(layer -> layer.path("size").asLong())
                .sum();
        if (json.path("layers").size() > MOST_LAYERS || bytes > MOST_BYTES) {
            throw new ImageException(Problem.TOO_LARGE, "it has too many layers, or too large ones");
        }
        if (!Digests.isDigest(configurationDigest())) {
            throw new ImageException(Problem.UNSUPPORTED, "its configuration has no digest");
        }
    }

    private static void require(Set<String> known, String mediaType) throws ImageException {
        if (!known.contains(mediaType)) {
            throw new ImageException(Problem.UNSUPPORTED, "the media type '" + mediaType + "' is not supported");
        }
    }

    String configurationDigest() {
        return json.path("config").path("digest").asText();
    }

    /** Refuses a configuration of an image for another architecture. */
    void checkPlatform(String architecture) throws ImageException {
        if (!isFor(architecture, json)) {
            throw new ImageException(
                    Problem.OTHER_ARCHITECTURE,
                    "it is for " + json.path("os").asText() + "/"
                            + json.path("architecture").asText());
        }
    }

    /** @param architecture as functions name it */
    private static boolean isFor(String architecture, JsonNode platform) {
        var name = architecture.equals("x86_64") ? "amd64" : architecture;
        return platform.path("os").asText().equals("linux")
                && platform.path("architecture").asText().equals(name);
    }
}
