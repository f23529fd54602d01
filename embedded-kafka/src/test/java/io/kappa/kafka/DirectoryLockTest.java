package io.kappa.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    @TempDir
    Path directory;

    @Test
    void makesADirectoryThatDoesNotExist() throws IOException {
        var missing = directory.resolve("a/b");
        try (var _ = DirectoryLock.take(missing)) {
            assertThat(missing).isDirectory();
        }
    }

    @Test
    void nobodyElseGetsADirectoryThatIsTakenAndTheRefusalSaysWhoHasIt() throws IOException {
        try (var _ = DirectoryLock.take(directory)) {
            assertThatThrownBy(() -> DirectoryLock.take(directory))
                    .hasMessage("data directory " + directory + " is in use by another process (process "
                            + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void aDirectoryCanBeTakenAgainOnceItWasGivenBack() throws IOException {
        DirectoryLock.take(directory).close();
        DirectoryLock.take(directory).close();
    }
}
