package io.kappa.access.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kappa.access.image.ImageException.Problem;
import io.kappa.contracts.registry.ContainerImage;
import io.kappa.testkit.OciLayout;
import io.kappa.testkit.OciLayout.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerImagesTest {
    private static final Image AMD = new Image("amd64", Map.of("Cmd", List.of("/a")), Map.of("a", new byte[] {1}));
    private static final Image ARM = new Image("arm64", Map.of("Cmd", List.of("/b")), Map.of("a", new byte[] {2}));

    @TempDir
    private Path directory;

    private OciLayout layout;
    private ContainerImages images;

    @BeforeEach
    void makeLayout() {
        layout = new OciLayout(directory.resolve("images/team/hello"));
        images = new ContainerImages(new ImageSettings(
                Optional.of(directory.resolve("images")), Optional.empty(), Set.of(), Set.of(), Optional.empty()));
    }

    private Problem problem(String name, String architecture) {
        return catchThrowableOfType(ImageException.class, () -> images.resolve(name, architecture))
                .problem();
    }

    @Test
    void aTagStandsForTheManifestThatItNamesNow() throws ImageException {
        var digest = layout.add("1", AMD);

        var image = images.resolve("team/hello:1", "x86_64");

        assertThat(image).isEqualTo(new ContainerImage("team/hello:1", "team/hello@" + digest));
    }

    @Test
    void aRepositoryInTheDirectoryIsFoundWhateverItsRegistry() throws ImageException {
        var digest = layout.add("1", AMD);
        var name = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/hello";

        assertThat(images.resolve(name + ":1", "x86_64").resolvedImageUri()).isEqualTo(name + "@" + digest);
    }

    @Test
    void ofAListTheOneForTheArchitectureIsTaken() throws ImageException {
        var digest = layout.add("amd", AMD);
        layout.addList("1", List.of(ARM, AMD));

        assertThat(images.resolve("team/hello:1", "x86_64").resolvedImageUri()).endsWith(digest);
        assertThat(images.resolve("team/hello:1", "arm64").resolvedImageUri()).doesNotEndWith(digest);
    }

    @Test
    void whatIsResolvedStaysTheSameWhenTheTagMovesOn() throws ImageException {
        layout.add("1", AMD);
        var image = images.resolve("team/hello:1", "x86_64");
        layout.add("1", new Image("amd64", Map.of(), Map.of("a", new byte[] {3})));

        assertThat(images.resolve("team/hello:1", "x86_64").sha256()).isNotEqualTo(image.sha256());
        assertThat(images.resolve(image.resolvedImageUri(), "x86_64").sha256()).isEqualTo(image.sha256());
    }

    @Test
    void anImageIsCopiedByItsDigest() throws ImageException, IOException {
        layout.add("1", AMD);
        var image = images.resolve("team/hello:1", "x86_64");
        layout.add("1", ARM);

        images.copy(image, directory.resolve("copy"));

        var index = Files.readString(directory.resolve("copy/index.json"));
        assertThat(index).contains(image.sha256()).contains("\"" + ContainerImages.TAG + "\"");
        assertThat(directory.resolve("copy/blobs/sha256/" + image.sha256())).exists();
    }

    @Test
    void anImageForAnotherArchitectureIsNoneToRun() {
        layout.add("1", ARM);
        layout.addList("list", List.of(ARM));

        assertThat(problem("team/hello:1", "x86_64")).isEqualTo(Problem.OTHER_ARCHITECTURE);
        assertThat(problem("team/hello:list", "x86_64")).isEqualTo(Problem.OTHER_ARCHITECTURE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.oci.image.layer.v1.tar+zstd",
                "application/vnd.oci.image.layer.nondistributable.v1.tar",
                "text/plain"
            })
    void layersOfAnotherKindAreNotSupported(String type) {
        layout.add("1", new Image("amd64", Map.of(), Map.of(), type));

        assertThat(problem("team/hello:1", "x86_64")).isEqualTo(Problem.UNSUPPORTED);
    }

    @Test
    void whatIsNotThereIsMissing() {
        layout.add("1", AMD);

        assertThat(problem("team/hello:2", "x86_64")).isEqualTo(Problem.MISSING);
        assertThat(problem("team/hello@sha256:" + "0".repeat(64), "x86_64")).isEqualTo(Problem.MISSING);
        assertThat(problem("team/other:1", "x86_64")).isEqualTo(Problem.MISSING);
    }

    @Test
    void whatIsNotWhatItsDigestSaysIsNotTaken() throws IOException {
        var digest = layout.add("1", AMD);
        Files.writeString(layout.blob(digest), "{\"schemaVersion\":2}");

        assertThat(problem("team/hello@" + digest, "x86_64")).isEqualTo(Problem.UNREACHABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.org/team/hello:1", "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/hello:1"})
    void aRegistryThatIsNotAmongThoseThatMayBeAskedIsNot(String name) {
        images = new ContainerImages(new ImageSettings(
                Optional.empty(), Optional.empty(), Set.of(), Set.of("registry.example.org"), Optional.empty()));

        assertThat(problem(name, "x86_64")).isEqualTo(Problem.ACCESS_DENIED);
    }

    @Test
    void whatIsNoNameIsMisnamed() {
        assertThat(problem("team/hello", "x86_64")).isEqualTo(Problem.MISNAMED);
    }
}
