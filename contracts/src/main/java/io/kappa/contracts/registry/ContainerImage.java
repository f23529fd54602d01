package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * A container image, which stays where it is: in a registry or in a directory of the operator's.
 *
 * @param imageUri as the user has named it
 * @param resolvedImageUri the same repository with the digest of the manifest that the name stood for at that time, of one architecture
 */
public record ContainerImage(String imageUri, String resolvedImageUri) implements FunctionCode {
    private static final String DIGEST = "@sha256:";

    public ContainerImage {
        if (!resolvedImageUri.matches(".+" + DIGEST + "[0-9a-f]{64}")) {
            throw new IllegalArgumentException("no resolved image: " + resolvedImageUri);
        }
    }

    @JsonIgnore
    @Override
    public String sha256() {
        return resolvedImageUri.substring(resolvedImageUri.lastIndexOf(DIGEST) + DIGEST.length());
    }

    @JsonIgnore
    @Override
    public long size() {
        return 0;
    }

    @JsonIgnore
    @Override
    public String shownSha256() {
        return sha256();
    }
}
