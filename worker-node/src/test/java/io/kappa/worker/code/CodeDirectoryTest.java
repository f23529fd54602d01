package io.kappa.worker.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeDirectoryTest {
    private static final String ONE = "1".repeat(64);
    private static final String TWO = "2".repeat(64);

    @TempDir
    Path root;

    private static CodeDirectory.Download zip() {
        return file -> Files.write(file, new Zips().file("app.py", "pass").bytes());
    }

    @Test
    void findsWhatAnEarlierRunHasUnpacked() throws IOException {
        var unpacked = CodeDirectory.open(root, "boot 1").unpack(ONE, zip());
        assertThat(CodeDirectory.open(root, "boot 1").present()).containsExactly(unpacked);
        assertThat(unpacked.bytes()).isEqualTo(4);
        assertThat(unpacked.path().resolve("app.py")).hasContent("pass");
    }

    @Test
    void trustsNothingThatWasWrittenBeforeTheMachineStarted() throws IOException {
        var unpacked = CodeDirectory.open(root, "boot 1").unpack(ONE, zip());
        assertThat(CodeDirectory.open(root, "boot 2").present()).isEmpty();
        assertThat(unpacked.path()).doesNotExist();
    }

    @Test
    void leavesNothingOfAPackageThatCouldNotBeUnpacked() throws IOException {
        var directory = CodeDirectory.open(root, "boot 1");
        assertThatThrownBy(() -> directory.unpack(
                        ONE,
                        file -> Files.write(
                                file,
                                new Zips().file("a", "x").link("b", "/etc").bytes())))
                .isInstanceOf(PackageException.class);
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void clearsAwayWhatAKilledRunHadBegun() throws IOException {
        var directory = CodeDirectory.open(root, "boot 1");
        var whole = directory.unpack(ONE, zip());
        Files.move(directory.takeOut(directory.unpack(TWO, zip()).sha256()), root.resolve(".work-99"));
        Files.writeString(root.resolve("3".repeat(64) + ".whole"), "5 boot 1");
        Files.createDirectory(root.resolve("4".repeat(64)));

        assertThat(CodeDirectory.open(root, "boot 1").present()).containsExactly(whole);
        try (var left = Files.list(root)) {
            assertThat(left).containsExactlyInAnyOrder(root.resolve(ONE), root.resolve(ONE + ".whole"));
        }
    }
}
