package io.kappa.worker.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kappa.access.image.ContainerImages;
import io.kappa.access.image.ImageException;
import io.kappa.access.image.ImageSettings;
import io.kappa.contracts.registry.ContainerImage;
import io.kappa.testkit.OciLayout;
import io.kappa.testkit.OciLayout.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real {@code umoci}. */
class ImageUnpackerIT {
    @TempDir
    private Path directory;

    private OciLayout layout;
    private ContainerImages images;
    private Path into;

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue(ImageUnpacker.isThere(), "umoci is not installed");
        layout = new OciLayout(directory.resolve("images/hello"));
        images = new ContainerImages(new ImageSettings(
                Optional.of(directory.resolve("images")), Optional.empty(), Set.of(), Set.of(), Optional.empty()));
        into = Files.createDirectory(directory.resolve("into"));
    }

    private ContainerImage add(Map<String, byte[]> files) throws ImageException {
        var says = Map.of(
                "Entrypoint", List.of("/app/run"),
                "Cmd", List.of("a"),
                "Env", List.of("A=1=2", "B="),
                "WorkingDir", "/app");
        layout.add("1", new Image("amd64", says, files));
        return images.resolve("hello:1", "x86_64");
    }

    @Test
    void anImageIsUnpackedWithWhatItSays() throws Exception {
        var image = add(Map.of("app/run", new byte[1000]));

        long bytes = new ImageUnpacker(images).unpack(image, into);

        assertThat(bytes).isEqualTo(1000);
        var unpacked = UnpackedImage.read(into);
        assertThat(unpacked.root().resolve("app/run")).hasSize(1000).isExecutable();
        assertThat(unpacked)
                .isEqualTo(new UnpackedImage(
                        into.resolve("rootfs"),
                        List.of("/app/run"),
                        List.of("a"),
                        Map.of("A", "1=2", "B", ""),
                        "/app"));
        assertThat(into).isDirectoryNotContaining("glob:**/{layout,bundle}");
    }

    @Test
    void whatSandboxesMountAtIsThere() throws Exception {
        new ImageUnpacker(images).unpack(add(Map.of("etc/passwd", "own".getBytes(StandardCharsets.UTF_8))), into);

        var root = into.resolve("rootfs");
        assertThat(List.of("proc", "dev", "tmp"))
                .allSatisfy(name -> assertThat(root.resolve(name)).isDirectory());
        assertThat(root.resolve("etc/passwd")).hasContent("own");
        assertThat(root.resolve("etc/hosts")).isEmptyFile();
    }

    @Test
    void anImageThatIsMoreThanMayBeIsNotUnpacked() throws Exception {
        var image = add(Map.of("a", new byte[600], "b", new byte[600]));

        assertThatThrownBy(() -> new ImageUnpacker(images, 1000).unpack(image, into))
                .hasRootCauseInstanceOf(ImageException.class)
                .hasRootCauseMessage("more than 1000 bytes or 2000000 files");
        assertThat(into).isEmptyDirectory();
    }

    @Test
    void aLayerThatIsNotWhatItsDigestSaysIsNotUnpacked() throws Exception {
        var image = add(Map.of("a", new byte[600]));
        var other = new OciLayout(directory.resolve("other"));
        other.add("1", new Image("amd64", Map.of(), Map.of("a", new byte[601])));
        Files.copy(layer(other), layer(layout), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertThatThrownBy(() -> new ImageUnpacker(images).unpack(image, into))
                .hasMessageContaining(image.resolvedImageUri());
        assertThat(UnpackedImage.root(into)).doesNotExist();
    }

    /** The only blob that is no JSON. */
    private static Path layer(OciLayout layout) throws IOException {
        var blobs = layout.blob("sha256:" + "0".repeat(64)).getParent();
        try (var files = Files.list(blobs)) {
            for (var file : files.toList()) {
                if (Files.readAllBytes(file)[0] == 0x1f) {
                    return file;
                }
            }
        }
        throw new AssertionError("no layer in " + blobs);
    }

    @Test
    void anImageThatIsGoneCannotBeUnpacked() throws Exception {
        var image = add(Map.of("a", new byte[1]));
        Files.delete(layout.blob("sha256:" + image.sha256()));

        assertThatThrownBy(() -> new ImageUnpacker(images).unpack(image, into))
                .isInstanceOf(IOException.class)
                .hasCauseInstanceOf(ImageException.class);
    }
}
