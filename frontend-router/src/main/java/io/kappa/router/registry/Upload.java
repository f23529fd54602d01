package io.kappa.router.registry;

import io.kappa.contracts.registry.CodePackage;
import java.util.Objects;

/**
 * One storing of a deployment package in {@code registry.code}: as much of a {@link CodePackage} as deleting it takes.
 *
 * @param chunks how many records it is
 */
record Upload(String account, String sha256, String uploadId, int partition, int chunks) {

    Upload {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(sha256, "sha256");
        Objects.requireNonNull(uploadId, "uploadId");
        if (partition < 0 || chunks < 0) {
            throw new IllegalArgumentException("no such upload: partition " + partition + ", " + chunks + " chunks");
        }
    }

    static Upload of(String account, CodePackage code) {
        return new Upload(
                account,
                code.sha256(),
                code.uploadId(),
                code.partition(),
                code.offsets().size());
    }

    String key() {
        return account + "/" + sha256 + "/" + uploadId;
    }

    String chunkKey(int index) {
        return CodePackage.chunkKey(sha256, uploadId, index);
    }
}
