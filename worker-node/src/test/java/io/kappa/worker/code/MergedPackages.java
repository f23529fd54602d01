package io.kappa.worker.code;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Merges packages as the cache does, for tests that have no cache. */
public final class MergedPackages {

    /** @param target does not exist yet */
    public static Path in(Path target, List<Path> packages) {
        try {
            PackageMerge.merge(packages, List.of(), target);
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MergedPackages() {}
}
