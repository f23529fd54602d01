package io.kappa.worker.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageMergeTest {
    @TempDir
    Path root;

    private Path file(String name, String content) throws IOException {
        var path = root.resolve(name);
        Files.createDirectories(path.resolveSibling("."));
        return Files.writeString(path, content);
    }

    private Path link(String name, String target) throws IOException {
        var path = root.resolve(name);
        Files.createDirectories(path.resolveSibling("."));
        return Files.createSymbolicLink(path, Path.of(target));
    }

    private long merge() throws IOException {
        return PackageMerge.merge(List.of(root.resolve("a"), root.resolve("b")), List.of(), root.resolve("merged"));
    }

    private Path merged(String name) {
        return root.resolve("merged").resolve(name);
    }

    @Test
    void directoriesAreOneAndLaterFilesAreOnTop() throws IOException {
        file("a/python/one.py", "first");
        file("a/python/both.py", "first");
        file("b/python/both.py", "second!");
        file("b/bin/tool", "second");

        assertThat(merge()).isEqualTo(5 + 5 + 7 + 6);

        assertThat(merged("python/one.py")).hasContent("first");
        assertThat(merged("python/both.py")).hasContent("second!");
        assertThat(merged("bin/tool")).hasContent("second");
        assertThat(root.resolve("a/python/both.py")).hasContent("first");
    }

    @Test
    void bytesAreNotCopied() throws IOException {
        var tool = file("a/bin/tool", "x");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        file("b/bin/other", "x");

        merge();

        assertThat(Files.getAttribute(merged("bin/tool"), "unix:ino")).isEqualTo(Files.getAttribute(tool, "unix:ino"));
        assertThat(merged("bin/tool")).isExecutable();
    }

    @Test
    void linksStayLinksAndNothingIsWrittenThroughThem() throws IOException {
        var outside = file("outside/kept", "kept");
        link("a/lib", "../outside");
        link("a/current", "python");
        file("a/python/x", "x");
        file("b/lib/kept", "another");

        merge();

        assertThat(outside).hasContent("kept");
        assertThat(merged("lib")).isDirectory();
        assertThat(Files.isSymbolicLink(merged("lib"))).isFalse();
        assertThat(merged("lib/kept")).hasContent("another");
        assertThat(Files.readSymbolicLink(merged("current"))).isEqualTo(Path.of("python"));
    }

    @Test
    void whatIsLaterReplacesAnotherKind() throws IOException {
        file("a/directory/x", "x");
        file("a/file", "x");
        file("a/target/x", "x");
        file("b/directory", "a file now");
        file("b/file/y", "y");
        link("b/target", "file");

        merge();

        assertThat(merged("directory")).hasContent("a file now");
        assertThat(merged("file/y")).hasContent("y");
        assertThat(Files.isSymbolicLink(merged("target"))).isTrue();
        assertThat(root.resolve("a/target/x")).exists();
    }

    @Test
    void whatIsMountedInsideHasAPlace() throws IOException {
        file("a/java/lib/x.jar", "x");

        PackageMerge.merge(List.of(root.resolve("a")), List.of(Path.of("java/openjdk")), root.resolve("merged"));

        assertThat(merged("java/openjdk")).isEmptyDirectory();
        assertThat(merged("java/lib/x.jar")).exists();
    }

    @Test
    void orderAndMountPointsMakeAnotherDirectory() {
        var key = PackageMerge.key(List.of("1", "2"), List.of());

        assertThat(key).matches("[0-9a-f]{64}").isEqualTo(PackageMerge.key(List.of("1", "2"), List.of()));
        assertThat(PackageMerge.key(List.of("2", "1"), List.of())).isNotEqualTo(key);
        assertThat(PackageMerge.key(List.of("1", "2"), List.of(Path.of("java"))))
                .isNotEqualTo(key);
    }
}
