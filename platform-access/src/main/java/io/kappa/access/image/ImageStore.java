package io.kappa.access.image;

import java.nio.file.Path;

/** Something that images come from. */
interface ImageStore {
    /** More is no manifest and no configuration. */
    int MOST_BYTES = 4 * 1024 * 1024;

    /** The manifest, or the list of manifests, that is named. */
    byte[] manifest(ImageReference image) throws ImageException;

    /** The configuration that a manifest names. */
    byte[] configuration(ImageReference manifest, String digest) throws ImageException;

    /**
     * Makes an OCI layout that holds one manifest with all that belongs to it.
     *
     * @param manifest by its digest
     * @param layout directory to be made
     * @param tag that it has in there
     */
    void copy(ImageReference manifest, Path layout, String tag) throws ImageException;
}
