package io.kappa.worker.environment;

import io.kappa.worker.code.UnpackedCode;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a function brings along, on this machine's disk until it is closed.
 *
 * @param layers its layers over one another in one directory; null where it has none
 */
record FunctionFiles(UnpackedCode code, @Nullable UnpackedCode layers) implements AutoCloseable {

    @Nullable
    Path layersDirectory() {
        return layers == null ? null : layers.directory();
    }

    @Override
    public void close() {
        code.close();
        if (layers != null) {
            layers.close();
        }
    }
}
