package io.kappa.router.api.code;

import io.kappa.router.registry.PackageBytes;

/** A package that can be run from. Closing it gives up its bytes, so whoever has taken it in stores it first. */
public final class TakenPackage implements AutoCloseable {
    private final PackageBytes bytes;
    private final long unzippedSize;
    private final Runnable release;

    TakenPackage(PackageBytes bytes, long unzippedSize, Runnable release) {
        this.bytes = bytes;
        this.unzippedSize = unzippedSize;
        this.release = release;
    }

    public PackageBytes bytes() {
        return bytes;
    }

    /** Of its files together. */
    public long unzippedSize() {
        return unzippedSize;
    }

    @Override
    public void close() {
        release.run();
    }
}
