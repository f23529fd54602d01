package io.kappa.worker.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtensionFilesTest {
    @TempDir
    private Path layers;

    private void file(String name, String permissions) throws IOException {
        Files.createDirectories(layers.resolve("extensions/lib"));
        var file = Files.writeString(layers.resolve("extensions").resolve(name), "");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void everyExecutableFileIsAnExtension() throws IOException {
        file("second", "rwxr-xr-x");
        file("first", "r-xr-xr-x");
        file("readme.txt", "rw-r--r--");
        file("lib/helper", "rwxr-xr-x");

        assertThat(ExtensionFiles.names(layers, "extensions")).containsExactly("first", "second");
    }

    @Test
    void layersNeedNotHaveAny() {
        assertThat(ExtensionFiles.names(layers, "extensions")).isEmpty();
        assertThat(ExtensionFiles.names(null, "extensions")).isEmpty();
    }
}
