package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.ImageConfiguration;
import io.kappa.worker.code.UnpackedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageStartTest {
    @TempDir
    private Path root;

    @BeforeEach
    void fill() throws IOException {
        file("usr/bin/run", "rwxr-xr-x");
        file("app/plain", "rw-r--r--");
        file("app/mine", "rwx------");
        Files.createSymbolicLink(root.resolve("bin"), Path.of("/usr/bin"));
        Files.createSymbolicLink(root.resolve("out"), Path.of("../../../../../../usr/bin"));
        Files.createSymbolicLink(root.resolve("round"), Path.of("round"));
    }

    private void file(String name, String permissions) throws IOException {
        Files.createDirectories(root.resolve(name).getParent());
        Files.writeString(root.resolve(name), "");
        Files.setPosixFilePermissions(root.resolve(name), PosixFilePermissions.fromString(permissions));
    }

    private ImageStart start(@Nullable ImageConfiguration configuration) {
        var image =
                new UnpackedImage(root, List.of("/bin/run"), List.of("own"), Map.of("A", "1", "PATH", "/bin"), "/app");
        return ImageStart.of(image, configuration, Map.of());
    }

    private static ImageConfiguration program(String program) {
        return new ImageConfiguration(List.of(program), List.of(), null);
    }

    private static String reason(ImageStart start) {
        var failure = start.failure();
        return failure == null ? "" : failure.payload("ID").toString(StandardCharsets.UTF_8);
    }

    @Test
    void anImageIsStartedAsItSays() {
        var start = start(null);

        assertThat(start.failure()).isNull();
        assertThat(start.command()).containsExactly("/bin/run", "own");
        assertThat(start.workingDirectory()).isEqualTo("/app");
        assertThat(start.environment()).containsEntry("A", "1").containsEntry("PWD", "/app");
    }

    @Test
    void entryPointAndCommandAreReplacedIndependently() {
        assertThat(start(program("run")).command()).containsExactly("run", "own");
        assertThat(start(new ImageConfiguration(List.of(), List.of("a", "b"), "/usr"))
                        .command())
                .containsExactly("/bin/run", "a", "b");
        assertThat(start(new ImageConfiguration(List.of(), List.of(), "/usr")).workingDirectory())
                .isEqualTo("/usr");
    }

    @Test
    void anImageThatSaysNothingCannotBeStarted() {
        var start = ImageStart.of(new UnpackedImage(root, List.of(), List.of(), Map.of(), ""), null, Map.of());

        assertThat(start.workingDirectory()).isEqualTo("/");
        assertThat(reason(start)).contains("Runtime.InvalidEntrypoint");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/nope | fork/exec /nope: no such file or directory",
                "./nope | fork/exec ./nope: no such file or directory",
                "nope | exec: \\\"nope\\\": executable file not found in $PATH",
                "/app/plain | fork/exec /app/plain: permission denied",
                "/app/mine | fork/exec /app/mine: permission denied",
                "/app | fork/exec /app: permission denied",
                "/round | fork/exec /round: no such file or directory"
            })
    void whatCannotBeExecutedIsNoEntryPoint(String program, String reason) {
        assertThat(reason(start(program(program))))
                .isEqualTo("{\"errorType\":\"Runtime.InvalidEntrypoint\",\"errorMessage\":\"RequestId: ID Error: "
                        + reason + "\"}");
    }

    @Test
    void linksAreFollowedInsideOfTheImage() {
        assertThat(start(program("/bin/run")).failure()).isNull();
        assertThat(start(program("/out/run")).failure()).isNull();
        assertThat(start(program("/out/env")).failure()).isNotNull();
        assertThat(start(program("../bin/run")).failure()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/nope | the working directory doesn't exist: /nope",
                "/app/plain | the working directory doesn't exist: /app/plain",
                "app | the working directory 'app' is invalid, it needs to be an absolute path"
            })
    void aWorkingDirectoryThatIsNoneIsInvalid(String directory, String reason) {
        assertThat(reason(start(new ImageConfiguration(List.of(), List.of(), directory))))
                .isEqualTo("{\"errorType\":\"Runtime.InvalidWorkingDir\",\"errorMessage\":\"RequestId: ID Error: "
                        + reason + "\"}");
    }

    @Test
    void theFunctionsOwnPathCounts() {
        var image = new UnpackedImage(root, List.of("run"), List.of(), Map.of("PATH", "/nowhere"), "");

        assertThat(ImageStart.of(image, null, Map.of()).failure()).isNotNull();
        assertThat(ImageStart.of(image, null, Map.of("PATH", "/nowhere:/usr/bin"))
                        .failure())
                .isNull();
    }
}
