package io.kappa.worker.code;

/** A deployment package that cannot be had: its chunks are gone, are not the bytes that were uploaded, or are no archive to unpack. */
public final class PackageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PackageException(String message) {
        super(message);
    }

    PackageException(String message, Throwable cause) {
        super(message, cause);
    }
}
