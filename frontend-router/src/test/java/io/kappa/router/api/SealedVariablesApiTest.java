package io.kappa.router.api;

import static io.kappa.router.api.RunningApi.FUNCTIONS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.router.registry.ConfigurationChange;
import io.kappa.router.registry.RegistryCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Environment variables as the API shows them, and as it has them recorded. */
class SealedVariablesApiTest {
    private static final String SECRET = "\"Environment\":{\"Variables\":{\"PASSWORD\":\"abracadabra\"}}";
    private static final String OTHER = "\"Environment\":{\"Variables\":{\"PASSWORD\":\"open sesame\"}}";
    private static final String CONFIGURATION = FUNCTIONS + "/f/configuration";
    private static final FunctionArn FUNCTION = FunctionArn.parse(RunningApi.ARN + "f");

    private final RunningApi api = new RunningApi();

    @AfterEach
    void close() {
        api.close();
    }

    private FunctionConfiguration recorded() {
        return api.registry
                .view()
                .version(new VersionArn(FUNCTION, new Version.Latest()))
                .orElseThrow()
                .requested()
                .configuration();
    }

    /** All keys are lost, and there are others. */
    private void replaceKeys() throws IOException {
        Files.writeString(api.keyFile, "another " + "A".repeat(43) + "=\n");
        Files.setLastModifiedTime(api.keyFile, FileTime.fromMillis(1));
    }

    @Test
    void variablesAreShownAndNeverRecordedAsTheyAre() {
        assertThat(api.create("f", SECRET + ",").body()).contains(SECRET);
        assertThat(api.get(CONFIGURATION).body()).contains(SECRET);
        assertThat(api.get(FUNCTIONS + "/f").body()).contains(SECRET);
        assertThat(api.get(FUNCTIONS).body()).contains(SECRET);
        assertThat(api.put(CONFIGURATION, "{" + OTHER + "}").body()).contains(OTHER);
        assertThat(api.get(CONFIGURATION).body()).contains(OTHER);

        var codec = RecordCodec.of(RegistryCommand.class);
        assertThat(api.registry.asked)
                .hasSize(2)
                .allSatisfy(command -> assertThat(codec.encode(command))
                        .asString(UTF_8)
                        .contains("\"sealedEnvironment\":{")
                        .doesNotContain("abracadabra")
                        .doesNotContain("open sesame")
                        .doesNotContain("PASSWORD"));
    }

    @Test
    void variablesThatAreThereAlreadyStayAsTheyAreSealed() {
        api.create("f", SECRET + ",\"Publish\":true,");
        var first = recorded().sealedEnvironment();

        api.put(CONFIGURATION, "{" + SECRET + "}");
        assertThat(recorded().sealedEnvironment()).isEqualTo(first);

        api.put(CONFIGURATION, "{\"Description\":\"d\"}");
        assertThat(recorded().sealedEnvironment()).isEqualTo(first);

        api.put(CONFIGURATION, "{" + OTHER + "}");
        assertThat(recorded().sealedEnvironment()).isNotEqualTo(first);

        api.put(CONFIGURATION, "{" + SECRET + "}");
        assertThat(recorded().sealedEnvironment()).as("as version 1 has them").isEqualTo(first);
    }

    @Test
    void noVariablesNeedNoSeal() {
        api.create("f", SECRET + ",");

        assertThat(api.put(CONFIGURATION, "{\"Environment\":{\"Variables\":{}}}")
                        .body())
                .doesNotContain("Environment");

        assertThat(recorded().sealedEnvironment()).isNull();
        assertThat(recorded().environment()).isEmpty();
    }

    @Test
    void variablesOfBeforeTheyWereSealedAreShownUntilTheyAreChanged() {
        api.create("f", "");
        var plain = new ConfigurationChange(
                null, null, null, null, null, null, null, Map.of("PASSWORD", "abracadabra"), null, null, null, null);
        api.registry.submit(new RegistryCommand.UpdateFunctionConfiguration(FUNCTION, plain, null));
        assertThat(api.get(CONFIGURATION).body()).contains(SECRET);

        assertThat(api.put(CONFIGURATION, "{\"Timeout\":5}").body()).contains(SECRET);
        assertThat(recorded().sealedEnvironment()).isNull();
        assertThat(api.put(CONFIGURATION, "{" + SECRET + "}").body()).contains(SECRET);
        assertThat(recorded().sealedEnvironment()).isNotNull();
        assertThat(recorded().environment()).isEmpty();
    }

    @Test
    void variablesWhoseKeyIsLostAreShownAsAnErrorAndCanBeSetAnew() throws IOException {
        api.create("f", SECRET + ",");
        replaceKeys();

        var error =
                "\"Environment\":{\"Error\":{\"ErrorCode\":\"KMSNotFoundException\",\"Message\":\"Lambda was unable to "
                        + "decrypt the environment variables because the KMS key was not found. Please check the function's KMS "
                        + "key settings.\"}}";
        assertThat(api.get(CONFIGURATION).statusCode()).isEqualTo(200);
        assertThat(api.get(CONFIGURATION).body()).contains(error);
        assertThat(api.get(FUNCTIONS).body()).contains(error);
        assertThat(api.put(CONFIGURATION, "{\"Timeout\":5}").body()).contains(error);

        assertThat(api.put(CONFIGURATION, "{" + SECRET + "}").body()).contains(SECRET);
        assertThat(api.get(CONFIGURATION).body()).contains(SECRET);
    }
}
