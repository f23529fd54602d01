package io.kappa.worker.extension;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a function's layers bring to be run beside its runtime. */
public final class ExtensionFiles {
    private ExtensionFiles() {}

    /**
     * Names of all executable files in the layers' directory of extensions, in their order.
     *
     * @param layers the files of the layers on this machine; null where there are none
     * @param directory of extensions, below that
     */
    public static List<String> names(@Nullable Path layers, String directory) {
        if (layers == null || !Files.isDirectory(layers.resolve(directory))) {
            return List.of();
        }
        try (var files = Files.list(layers.resolve(directory))) {
            return files.filter(Files::isRegularFile)
                    .filter(Files::isExecutable)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
