package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A deployment package and where its bytes are: chunks of at most 1 MiB in {@code registry.code}, all in one partition.
 *
 * @param sha256 lower-case hex of the SHA-256 of the zip's bytes; names the package in caches
 * @param uploadId names this upload of it, so that deleting one upload never touches another of the same bytes
 * @param size of the zip, in bytes
 * @param offsets of the chunks, in order
 * @param unzippedSize of its files together, in bytes; null in records from before it was kept
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CodePackage(
        String sha256,
        String uploadId,
        long size,
        int partition,
        List<Long> offsets,
        @Nullable Long unzippedSize) implements FunctionCode {
    /** Longest chunk, in bytes. */
    public static final int CHUNK_BYTES = 1024 * 1024;

    public CodePackage {
        offsets = List.copyOf(offsets);
    }

    public CodePackage(String sha256, String uploadId, long size, int partition, List<Long> offsets) {
        this(sha256, uploadId, size, partition, offsets, null);
    }

    public CodePackage withUnzippedSize(long known) {
        return new CodePackage(sha256, uploadId, size, partition, offsets, known);
    }

    /** Bytes of its files together, or where that is not known, of the zip, which are hardly ever more. */
    @JsonIgnore
    public long leastUnzippedSize() {
        return unzippedSize == null ? size : unzippedSize;
    }

    /** The key of a chunk's record. */
    public String chunkKey(int index) {
        return chunkKey(sha256, uploadId, index);
    }

    public static String chunkKey(String sha256, String uploadId, int index) {
        return sha256 + "/" + uploadId + "/" + index;
    }

    @JsonIgnore
    @Override
    public String shownSha256() {
        return sha256Base64();
    }

    /** The hash as the API shows it. */
    @JsonIgnore
    public String sha256Base64() {
        return java.util.Base64.getEncoder()
                .encodeToString(java.util.HexFormat.of().parseHex(sha256));
    }
}
