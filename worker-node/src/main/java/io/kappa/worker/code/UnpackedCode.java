package io.kappa.worker.code;

import java.nio.file.Path;

/** A deployment package's directory on this machine, which stays until it is closed. Each asker has one of its own. */
public interface UnpackedCode extends AutoCloseable {

    /** Holds the files of the package, readable by everybody; the same directory for everyone who asks for the same bytes. */
    Path directory();

    /** Gives the directory back; from then on it may be removed to make room. Closing again does nothing. */
    @Override
    void close();
}
