package io.kappa.worker.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnpackerTest {
    @TempDir
    Path directory;

    private Path target = Path.of("");

    @BeforeEach
    void makeTarget() throws IOException {
        target = Files.createDirectory(directory.resolve("target")).toRealPath();
    }

    private long unpack(Zips zip) throws IOException {
        var file = directory.resolve("package.zip");
        Files.write(file, zip.bytes());
        return Unpacker.unpack(file, target, 1000, 10);
    }

    private String mode(String name) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(target.resolve(name), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void writesFilesWithTheirDirectories() throws IOException {
        long bytes = unpack(new Zips().file("app.py", "import lib").file("lib/deep/__init__.py", "pass"));
        assertThat(target.resolve("app.py")).hasContent("import lib");
        assertThat(target.resolve("lib/deep/__init__.py")).hasContent("pass");
        assertThat(bytes).isEqualTo(14);
    }

    @Test
    void keepsWhatIsExecutableAndLetsEverybodyReadAndNobodyWrite() throws IOException {
        unpack(new Zips()
                .directory("closed", 0700)
                .file("closed/secret.txt", 0600, "")
                .file("bootstrap", 0755, "")
                .file("open.txt", 0666, "")
                .file("odd", 04777, "")
                .fileWithoutMode("from-elsewhere.txt", ""));
        assertThat(mode("")).isEqualTo("rwxr-xr-x");
        assertThat(mode("closed")).isEqualTo("rwxr-xr-x");
        assertThat(mode("closed/secret.txt")).isEqualTo("rw-r--r--");
        assertThat(mode("bootstrap")).isEqualTo("rwxr-xr-x");
        assertThat(mode("open.txt")).isEqualTo("rw-r--r--");
        assertThat(mode("odd")).isEqualTo("rwxr-xr-x");
        assertThat(mode("from-elsewhere.txt")).isEqualTo("rw-r--r--");
    }

    @Test
    void keepsLinksThatStayInside() throws IOException {
        unpack(new Zips()
                .link("node_modules/.bin/tool", "../tool/cli.js")
                .link("dangling", "not/there")
                .file("node_modules/tool/cli.js", "run"));
        assertThat(target.resolve("node_modules/.bin/tool")).isSymbolicLink().hasContent("run");
        assertThat(Files.readSymbolicLink(target.resolve("dangling"))).isEqualTo(Path.of("not/there"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil", "a/../../evil", "/etc/evil", "a/b/../../../target-evil"})
    void refusesNamesThatLeadOut(String name) {
        assertThatThrownBy(() -> unpack(new Zips().file(name, "x")))
                .isInstanceOf(PackageException.class)
                .hasMessageContaining("leads out of the package");
        assertThat(directory.resolve("evil")).doesNotExist();
        assertThat(directory.resolve("target-evil")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../outside", "/etc/passwd", "deep/../../outside"})
    void refusesLinksThatLeadOut(String to) {
        assertThatThrownBy(() -> unpack(new Zips().link("link", to)))
                .isInstanceOf(PackageException.class)
                .hasMessageContaining("leads out of the package");
    }

    @Test
    void refusesLinksThatLeadOutThroughOtherLinks() {
        // By its text "up" stays inside, but a/b/here is the package itself, and what is above that is outside.
        assertThatThrownBy(() -> unpack(new Zips()
                        .file("a/b/file", "x")
                        .link("a/b/here", "../..")
                        .link("up", "a/b/here/..")))
                .isInstanceOf(PackageException.class)
                .hasMessageContaining("leads out of the package");
    }

    @Test
    void writesNothingThroughALink() {
        assertThatThrownBy(() -> unpack(new Zips().link("lib", "other").file("lib/file", "x")))
                .isInstanceOf(PackageException.class);
        assertThat(target.resolve("other")).doesNotExist();
    }

    @Test
    void refusesWhatUnpacksToTooMuch() {
        assertThatThrownBy(() -> unpack(new Zips().file("bomb", "0".repeat(1001))))
                .isInstanceOf(PackageException.class)
                .hasMessageContaining("more than 1000 bytes");
    }

    @Test
    void refusesTooManyEntries() {
        var zip = new Zips();
        for (int i = 0; i < 11; i++) {
            zip.file("file" + i, "");
        }
        assertThatThrownBy(() -> unpack(zip))
                .isInstanceOf(PackageException.class)
                .hasMessageContaining("10 entries");
    }

    @Test
    void refusesWhatIsNoZip() throws IOException {
        var file = directory.resolve("package.zip");
        Files.writeString(file, "not a zip");
        assertThatThrownBy(() -> Unpacker.unpack(file, target, 1000, 10)).isInstanceOf(PackageException.class);
    }

    @Test
    void refusesAFileThatIsADirectoryToo() {
        assertThatThrownBy(() -> unpack(new Zips().file("a", "x").file("a/b", "x")))
                .isInstanceOf(PackageException.class);
    }
}
