package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.testkit.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.Runtime;

/** The whole platform beside a server of S3: code comes from there, and records of failures go there. */
class CodeInS3IT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path directory;

    private static RunningPlatform platform;
    private static LambdaClient lambda;
    private String bucket;

    @BeforeAll
    static void start() throws IOException {
        var credentials = Files.writeString(
                directory.resolve("credentials"),
                "[default]\naws_access_key_id = kappa\naws_secret_access_key = abracadabra\n");
        platform = RunningPlatform.start(
                Files.createDirectory(directory.resolve("data")),
                "objects.endpoint=" + S3Server.url(),
                "objects.credentials-file=" + credentials,
                "async-queue.retry-delays=10ms,20ms");
        lambda = platform.lambda();
    }

    @AfterAll
    static void stop() {
        lambda.close();
        platform.close();
    }

    @BeforeEach
    void makeBucket() {
        bucket = S3Server.bucket();
    }

    private String put(String key, DeploymentPackage content) {
        return S3Server.put(bucket, key, content.zip());
    }

    private static DeploymentPackage answering(String answer) {
        return DeploymentPackage.of("app.py", "def handler(event, context): return " + answer + "\n");
    }

    private String create(String... layers) {
        var name = Functions.newName("s3");
        lambda.createFunction(request -> request.functionName(name)
                .runtime(Runtime.PYTHON3_13)
                .handler("app.handler")
                .role(Functions.ROLE)
                .layers(layers)
                .code(code -> code.s3Bucket(bucket).s3Key("app.zip")));
        lambda.waiter().waitUntilFunctionActiveV2(request -> request.functionName(name));
        return name;
    }

    private static String answer(String name) {
        return lambda.invoke(request -> request.functionName(name)).payload().asUtf8String();
    }

    @Test
    void aFunctionRunsFromAnObjectAndIsUpdatedByAnotherVersionOfIt() {
        var first = put("app.zip", answering("'first'"));
        var name = create();
        assertThat(answer(name)).isEqualTo("\"first\"");

        put("app.zip", answering("'second'"));
        lambda.updateFunctionCode(
                request -> request.functionName(name).s3Bucket(bucket).s3Key("app.zip"));
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));
        assertThat(answer(name)).isEqualTo("\"second\"");

        lambda.updateFunctionCode(request ->
                request.functionName(name).s3Bucket(bucket).s3Key("app.zip").s3ObjectVersion(first));
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));
        assertThat(answer(name)).isEqualTo("\"first\"");

        assertThatThrownBy(() -> lambda.updateFunctionCode(
                        request -> request.functionName(name).s3Bucket(bucket).s3Key("none.zip")))
                .isInstanceOf(InvalidParameterValueException.class)
                .hasMessageContaining("Error occurred while GetObject. S3 Error Code: NoSuchKey. "
                        + "S3 Error Message: The specified key does not exist.");
    }

    @Test
    void aLayerComesFromAnObject() {
        put("layer.zip", DeploymentPackage.of("python/tool.py", "NAME = 'tool'\n"));
        put("app.zip", DeploymentPackage.of("app.py", "import tool\ndef handler(event, context): return tool.NAME\n"));

        var layer = lambda.publishLayerVersion(request -> request.layerName(Functions.newName("l"))
                .content(content -> content.s3Bucket(bucket).s3Key("layer.zip")));

        assertThat(answer(create(layer.layerVersionArn()))).isEqualTo("\"tool\"");
    }

    @Test
    void anEventThatFailedForGoodIsAnObjectWithItsPayload() throws IOException {
        put("app.zip", DeploymentPackage.of("app.py", "def handler(event, context): raise ValueError('never')\n"));
        var name = create();
        lambda.putFunctionEventInvokeConfig(request -> request.functionName(name)
                .maximumRetryAttempts(1)
                .destinationConfig(to -> to.onFailure(failure -> failure.destination("arn:aws:s3:::" + bucket))));

        lambda.invoke(request -> request.functionName(name)
                .invocationType(InvocationType.EVENT)
                .payload(SdkBytes.fromUtf8String("{\"order\":7}")));

        var prefix = "aws/lambda/async/" + name + "/";
        try (var s3 = S3Server.client()) {
            Waiting.until(
                    PATIENCE,
                    () -> !s3.listObjectsV2(request -> request.bucket(bucket).prefix(prefix))
                            .contents()
                            .isEmpty());
            var key = s3.listObjectsV2(request -> request.bucket(bucket).prefix(prefix))
                    .contents()
                    .getFirst()
                    .key();
            var told = new ObjectMapper()
                    .readTree(s3.getObjectAsBytes(
                                    request -> request.bucket(bucket).key(key))
                            .asByteArray());
            assertThat(told.at("/requestContext/condition").asText()).isEqualTo("RetriesExhausted");
            assertThat(told.at("/requestContext/approximateInvokeCount").asInt())
                    .isEqualTo(2);
            assertThat(told.at("/requestPayload/order").asInt()).isEqualTo(7);
            assertThat(told.at("/responsePayload/errorType").asText()).isEqualTo("ValueError");
        }
    }
}
