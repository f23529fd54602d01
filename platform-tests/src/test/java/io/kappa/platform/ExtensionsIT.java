package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.Runtime;

/** The examples' extensions, deployed as layers with the AWS SDK, hear what their function does. */
class ExtensionsIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String HANDLER = """
            import sys, time
            def handler(event, context):
                print("line of", context.aws_request_id)
                sys.stdout.flush()
                if event == "sleep":
                    time.sleep(60)
                return event
            """;

    private final RunningPlatform platform = RunningPlatform.shared();
    private final LambdaClient lambda = platform.lambda();
    private final Functions functions = new Functions(lambda);

    @BeforeEach
    void needsTools() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "no curl on this machine");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no python3 on this machine");
    }

    private String layer(String example) throws IOException {
        var file = Path.of("..", "examples", example, "extensions", example);
        var content = DeploymentPackage.of("extensions/" + example, Files.readString(file));
        return lambda.publishLayerVersion(request -> request.layerName(Functions.newName(example))
                        .content(to -> to.zipFile(SdkBytes.fromByteArray(content.zip()))))
                .layerVersionArn();
    }

    private String create(int timeoutSeconds, String... layers) {
        return functions.create(
                Runtime.PYTHON3_13,
                "app.handler",
                DeploymentPackage.of("app.py", HANDLER),
                request -> request.layers(layers).timeout(timeoutSeconds));
    }

    /** Lines of the function's log until one begins with the text. */
    private List<String> logUntil(String function, String start) {
        var lines = new ArrayList<String>();
        new TopicContents(platform.kafkaBootstrapServers()).await("kappa.functions.logs", PATIENCE, record -> {
            var batch = read(record.value());
            if (batch.path("logGroup").asText().equals("/aws/lambda/" + function)) {
                batch.path("lines")
                        .forEach(line -> lines.add(line.path("message").asText()));
            }
            return lines.stream().anyMatch(line -> line.startsWith(start));
        });
        return lines;
    }

    /** What follows the text in the first line that begins with it. */
    private static String said(List<String> lines, String start) {
        return lines.stream()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow()
                .substring(start.length());
    }

    private static JsonNode read(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void extensionsHearOfInvocationsOfLinesAndOfTheEnd() throws Exception {
        var function = create(20, layer("telemetry-printer"), layer("invocation-counter"));
        var first = functions.invoke(function, "1");
        var second = functions.invoke(function, "2");
        assertThat(List.of(first.payload().asUtf8String(), second.payload().asUtf8String()))
                .containsExactly("1", "2");

        // Environments of earlier code retire.
        lambda.updateFunctionConfiguration(
                request -> request.functionName(function).description("another"));

        var log = logUntil(function, "telemetry-printer heard ");
        var heard = JSON.readTree(said(log, "telemetry-printer heard "));
        var ids = List.of(
                first.responseMetadata().requestId(), second.responseMetadata().requestId());
        assertThat(heard.path("reason").asText()).isEqualTo("SPINDOWN");
        assertThat(heard.path("lines"))
                .extracting(JsonNode::asText)
                .containsExactly("line of " + ids.getFirst(), "line of " + ids.getLast());
        assertThat(heard.path("reported")).extracting(JsonNode::asText).containsExactlyElementsOf(ids);
        assertThat(log)
                .contains("EXTENSION\tName: telemetry-printer\tState: Ready\tEvents: [INVOKE, SHUTDOWN]")
                .contains("EXTENSION\tName: invocation-counter\tState: Ready\tEvents: [INVOKE, SHUTDOWN]");
        assertThat(logUntil(function, "invocation-counter counted 2")).isNotEmpty();
    }

    @Test
    void extensionsHearOfATimeoutAndOthersServeTheNextInvocation() throws Exception {
        var function = create(5, layer("telemetry-printer"));

        var late = functions.invoke(function, "\"sleep\"");
        assertThat(late.payload().asUtf8String()).contains("Task timed out after 5.00 seconds");
        assertThat(functions.invoke(function, "3").payload().asUtf8String()).isEqualTo("3");

        var log = logUntil(function, "telemetry-printer heard ");
        assertThat(said(log, "telemetry-printer heard ")).contains("\"reason\": \"TIMEOUT\"");
    }
}
