package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * A deployment package and where its bytes are: chunks of at most 1 MiB in {@code registry.code}, all in one partition.
 *
 * @param sha256 lower-case hex of the SHA-256 of the zip's bytes; names the package in caches
 * @param uploadId names this upload of it, so that deleting one upload never touches another of the same bytes
 * @param size of the zip, in bytes
 * @param offsets of the chunks, in order
 */
public record CodePackage(String sha256, String uploadId, long size, int partition, List<Long> offsets) {
    /** Longest chunk, in bytes. */
    public static final int CHUNK_BYTES = 1024 * 1024;

    public CodePackage {
        offsets = List.copyOf(offsets);
    }

    /** The key of a chunk's record. */
    public String chunkKey(int index) {
        return chunkKey(sha256, uploadId, index);
    }

    public static String chunkKey(String sha256, String uploadId, int index) {
        return sha256 + "/" + uploadId + "/" + index;
    }

    /** The hash as the API shows it. */
    @JsonIgnore
    public String sha256Base64() {
        return java.util.Base64.getEncoder()
                .encodeToString(java.util.HexFormat.of().parseHex(sha256));
    }
}
