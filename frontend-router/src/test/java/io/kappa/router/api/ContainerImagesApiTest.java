package io.kappa.router.api;

import static io.kappa.router.api.RunningApi.FUNCTIONS;
import static io.kappa.router.api.RunningApi.ROLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.router.registry.RegistryCommand;
import io.kappa.testkit.OciLayout;
import io.kappa.testkit.OciLayout.Image;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerImagesApiTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com/hello";
    private static final String PLEASE_UNLESS =
            "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.";

    private final RunningApi api = new RunningApi();
    private final OciLayout layout = new OciLayout(api.images.resolve("hello"));

    @BeforeEach
    void oneWorkerRunsImages() {
        api.workers.read(
                api.worker.name(),
                api.worker.statusWithImages(Set.of("x86_64"), RuntimeIdentifier.PYTHON3_13),
                api.clock.millis());
    }

    @AfterEach
    void close() {
        api.close();
    }

    private String add(String tag, int content) {
        return layout.add(tag, new Image("amd64", Map.of("Cmd", List.of("/a")), Map.of("a", new byte[] {(byte) content
        })));
    }

    private static String image(String members) {
        return "{\"FunctionName\":\"f\",\"Role\":\"" + ROLE + "\",\"PackageType\":\"Image\"," + members + "}";
    }

    private JsonNode create(String uri, String members) throws IOException {
        return JSON.readTree(api.post(FUNCTIONS, image("\"Code\":{\"ImageUri\":\"" + uri + "\"}" + members))
                .body());
    }

    private JsonNode get(String path) throws IOException {
        return JSON.readTree(api.get(path).body());
    }

    @Test
    void aFunctionOfAnImageIsShownWithoutWhatOnlyPackagesHave() throws IOException {
        var digest = add("1", 1);

        var made = create(ECR + ":1", "");

        assertThat(made.path("PackageType").asText()).isEqualTo("Image");
        assertThat(made.path("CodeSize").asLong(-1)).isZero();
        assertThat("sha256:" + made.path("CodeSha256").asText()).isEqualTo(digest);
        assertThat(made.has("Runtime")
                        || made.has("Handler")
                        || made.has("Layers")
                        || made.has("RuntimeVersionConfig")
                        || made.has("ImageConfigResponse"))
                .isFalse();
    }

    @Test
    void itsCodeIsWhereTheImageIs() throws IOException {
        var digest = add("1", 1);
        create(ECR + ":1", "");

        var code = get(FUNCTIONS + "/f").path("Code");

        assertThat(code)
                .isEqualTo(JSON.valueToTree(Map.of(
                        "RepositoryType", "ECR", "ImageUri", ECR + ":1", "ResolvedImageUri", ECR + "@" + digest)));
    }

    @Test
    void aTagThatMovesChangesNothingUntilTheCodeIsUpdated() throws IOException {
        var before = add("1", 1);
        create(ECR + ":1", "");
        var after = add("1", 2);
        assertThat("sha256:"
                        + get(FUNCTIONS + "/f/configuration").path("CodeSha256").asText())
                .isEqualTo(before);

        api.put(FUNCTIONS + "/f/code", "{\"ImageUri\":\"" + ECR + ":1\"}");

        assertThat("sha256:"
                        + get(FUNCTIONS + "/f/configuration").path("CodeSha256").asText())
                .isEqualTo(after);
    }

    @Test
    void whatIsSetInPlaceOfTheImagesOwnIsAnsweredReplacedAndRemoved() throws IOException {
        add("1", 1);
        var made = create(ECR + ":1", ",\"ImageConfig\":{\"EntryPoint\":[\"/e\"],\"Command\":[\"a\",\"b\"]}");
        assertThat(made.path("ImageConfigResponse"))
                .isEqualTo(JSON.readTree("{\"ImageConfig\":{\"EntryPoint\":[\"/e\"],\"Command\":[\"a\",\"b\"]}}"));

        api.put(FUNCTIONS + "/f/configuration", "{\"ImageConfig\":{\"WorkingDirectory\":\"/w\"}}");
        assertThat(get(FUNCTIONS + "/f/configuration").path("ImageConfigResponse"))
                .isEqualTo(JSON.readTree("{\"ImageConfig\":{\"WorkingDirectory\":\"/w\"}}"));
        api.put(FUNCTIONS + "/f/configuration", "{\"Timeout\":7}");
        assertThat(get(FUNCTIONS + "/f/configuration").has("ImageConfigResponse"))
                .isTrue();

        api.put(FUNCTIONS + "/f/configuration", "{\"ImageConfig\":{}}");
        assertThat(get(FUNCTIONS + "/f/configuration").has("ImageConfigResponse"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"Runtime\":\"python3.13\"",
                "\"Handler\":\"a.b\"",
                "\"Layers\":[\"arn:aws:lambda:us-east-1:000000000000:layer:l:1\"]"
            })
    void whatOnlyPackagesHaveIsRefused(String member) throws IOException {
        add("1", 1);
        assertThat(create(ECR + ":1", "," + member).path("message").asText()).isEqualTo(PLEASE_UNLESS);

        create(ECR + ":1", "");
        assertThat(api.put(FUNCTIONS + "/f/configuration", "{" + member + "}").body())
                .contains(PLEASE_UNLESS);
    }

    @Test
    void snapshotsAndSignedCodeAreNotForImages() throws IOException {
        add("1", 1);

        assertThat(create(ECR + ":1", ",\"SnapStart\":{\"ApplyOn\":\"PublishedVersions\"}")
                        .path("message")
                        .asText())
                .isEqualTo("ContainerImage is not supported for SnapStart enabled functions.");
        assertThat(create(
                                ECR + ":1",
                                ",\"CodeSigningConfigArn\":\"arn:aws:lambda:us-east-1:000000000000:"
                                        + "code-signing-config:csc-0123456789abcdefg\"")
                        .path("message")
                        .asText())
                .isEqualTo("Code signing is not supported for functions with packageType Image.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello:2 | Source image hello:2 does not exist. Provide a valid source image.",
                "hello | Source image hello is not valid. Provide a valid source image.",
                "hello:arm | Source image hello:arm is not for the architecture of the function, which is x86_64.",
                "hello:zstd | The image manifest, config or layer media type for the source image hello:zstd is not supported."
            })
    void anImageThatCannotBeRunIsRefusedAtOnce(String uri, String message) throws IOException {
        layout.add("arm", new Image("arm64", Map.of(), Map.of()));
        layout.add("zstd", new Image("amd64", Map.of(), Map.of(), "application/vnd.oci.image.layer.v1.tar+zstd"));

        var answer = create(uri, "");

        assertThat(answer.path("Type").asText()).isEqualTo("User");
        assertThat(answer.path("message").asText()).isEqualTo(message);
        assertThat(api.registry.asked).isEmpty();
    }

    @Test
    void imagesAreRefusedWhereNoWorkerCanRunThem() throws IOException {
        add("1", 1);

        assertThat(create(ECR + ":1", ",\"Architectures\":[\"arm64\"]")
                        .path("message")
                        .asText())
                .isEqualTo("PackageType Image cannot be used: no worker node can run container images of arm64.");
    }

    @Test
    void aRequestNamesTheKindOfCodeThatTheFunctionHas() throws IOException {
        add("1", 1);
        var zip = Base64.getEncoder().encodeToString(RunningApi.ZIP);
        assertThat(api.post(FUNCTIONS, image("\"Code\":{}")).body())
                .contains("Please provide ImageUri when creating a function with packageType Image.");
        assertThat(api.post(FUNCTIONS, image("\"Code\":{\"ZipFile\":\"" + zip + "\"}"))
                        .body())
                .contains(
                        "Please don't provide ZipFile or S3 location when creating a function with packageType Image.");
        create(ECR + ":1", "");

        assertThat(api.put(FUNCTIONS + "/f/code", "{\"Publish\":true}").body())
                .contains("Please provide ImageUri when updating a function with packageType Image.");
        api.post(
                FUNCTIONS,
                "{\"FunctionName\":\"g\",\"Role\":\"" + ROLE
                        + "\",\"Runtime\":\"python3.13\",\"Handler\":\"a.b\",\"Code\":{\"ZipFile\":\"" + zip + "\"}}");
        assertThat(api.put(FUNCTIONS + "/g/configuration", "{\"ImageConfig\":{\"Command\":[\"c\"]}}")
                        .body())
                .contains("Please don't provide ImageConfig when the intended function PackageType is Zip.");
    }

    @Test
    void settingsOfTheImageHaveALimit() throws IOException {
        add("1", 1);

        assertThat(create(ECR + ":1", ",\"ImageConfig\":{\"Command\":[\"" + "a".repeat(16 * 1024 + 1) + "\"]}")
                        .path("message")
                        .asText())
                .isEqualTo("The image settings must not have more than 16 KB together.");
        assertThat(create(ECR + ":1", ",\"ImageConfig\":{\"WorkingDirectory\":\"" + "a".repeat(1001) + "\"}")
                        .toString())
                .contains("workingDirectory");
    }

    @Test
    void aDryRunResolvesTheImageToo() throws IOException {
        add("1", 1);
        create(ECR + ":1", "");
        var next = add("2", 2);

        var shown = JSON.readTree(api.put(FUNCTIONS + "/f/code", "{\"DryRun\":true,\"ImageUri\":\"" + ECR + ":2\"}")
                .body());

        assertThat("sha256:" + shown.path("CodeSha256").asText()).isEqualTo(next);
        assertThat(api.registry.asked.getLast())
                .isInstanceOfSatisfying(
                        RegistryCommand.UpdateFunctionCode.class,
                        update -> assertThat(update.dryRun()).isTrue());
    }
}
