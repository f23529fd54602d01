package io.kappa.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.lambda.model.KmsNotFoundException;
import software.amazon.awssdk.services.lambda.model.Runtime;

/** Environment variables reach their function and nobody else, with keys that are rotated and lost while everything runs. */
class SealedVariablesIT {
    private static final String SECRET = "abracadabra";

    @TempDir
    private Path data;

    @Test
    void variablesAreReadByTheirFunctionAloneAsLongAsTheirKeyIsThere() throws IOException {
        try (var platform = RunningPlatform.start(data);
                var lambda = platform.lambda()) {
            var functions = new Functions(lambda);
            var code = DeploymentPackage.of(
                    "app.py", "import os\ndef handler(event, context):\n    return os.environ['PASSWORD']\n");
            var keys = data.resolve("encryption.keys");

            var first = functions.create(
                    Runtime.PYTHON3_13,
                    "app.handler",
                    code,
                    function -> function.environment(e -> e.variables(Map.of("PASSWORD", SECRET))));

            assertThat(functions.invoke(first, "{}").payload().asUtf8String()).isEqualTo("\"" + SECRET + "\"");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
                    .isEqualTo("rw-------");
            var topics = new TopicContents(platform.kafkaBootstrapServers());
            for (var topic :
                    new String[] {"kappa.registry.commands", "kappa.registry.replies", "kappa.registry.records"}) {
                assertThat(topics.of(topic))
                        .isNotEmpty()
                        .allSatisfy(
                                record -> assertThat(record.value() == null ? "" : new String(record.value(), UTF_8))
                                        .doesNotContain(SECRET)
                                        .doesNotContain("PASSWORD"));
            }
            assertThat(platform.output()).doesNotContain(SECRET);

            // Rotated: what is sealed from now on is sealed by the new key, and the old one still opens.
            var old = Files.readString(keys);
            Files.writeString(keys, "rotated " + "A".repeat(42) + "Q=\n" + old);
            var second = functions.create(
                    Runtime.PYTHON3_13,
                    "app.handler",
                    code,
                    function -> function.environment(e -> e.variables(Map.of("PASSWORD", "open sesame"))));
            assertThat(functions.invoke(second, "{}").payload().asUtf8String()).isEqualTo("\"open sesame\"");
            assertThat(topics.of("kappa.registry.records"))
                    .anySatisfy(record -> assertThat(new String(record.value(), UTF_8))
                            .contains(second)
                            .contains("\"keyId\":\"rotated\""));
            lambda.publishVersion(request -> request.functionName(first));
            assertThat(lambda.invoke(request -> request.functionName(first).qualifier("1"))
                            .payload()
                            .asUtf8String())
                    .isEqualTo("\"" + SECRET + "\"");

            // Lost: environments that run go on, and no new one starts.
            Files.writeString(keys, "rotated " + "A".repeat(42) + "Q=\n# the old one is gone\n");
            var shown = lambda.getFunctionConfiguration(request -> request.functionName(first))
                    .environment();
            assertThat(shown.variables()).isEmpty();
            assertThat(shown.error().errorCode()).isEqualTo("KMSNotFoundException");
            lambda.updateFunctionConfiguration(
                    request -> request.functionName(first).timeout(5));
            lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(first));
            assertThatThrownBy(() -> functions.invoke(first, "{}"))
                    .isInstanceOf(KmsNotFoundException.class)
                    .hasMessageContaining("unable to decrypt the environment variables");
            assertThat(functions.invoke(second, "{}").payload().asUtf8String()).isEqualTo("\"open sesame\"");
        }
    }
}
