package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.Architecture;
import software.amazon.awssdk.services.lambda.model.CreateFunctionRequest;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.Layer;
import software.amazon.awssdk.services.lambda.model.LayerVersionsListItem;
import software.amazon.awssdk.services.lambda.model.LayersListItem;
import software.amazon.awssdk.services.lambda.model.PreconditionFailedException;
import software.amazon.awssdk.services.lambda.model.PublishLayerVersionRequest;
import software.amazon.awssdk.services.lambda.model.PublishLayerVersionResponse;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.Runtime;

/** Layers are published, shared by functions and deleted, with the AWS SDK and the {@code aws} command, as on Lambda. */
class LayersIT {
    private static final String ARN = "arn:aws:lambda:us-east-1:000000000000:layer:";
    private static final String IMPORTING = """
            import tool
            def handler(event, context):
                return tool.NAME
            """;

    private final LambdaClient lambda = RunningPlatform.shared().lambda();
    private final Functions functions = new Functions(lambda);

    private static DeploymentPackage python(String toolName) {
        return DeploymentPackage.of("python/tool.py", "NAME = '" + toolName + "'\n");
    }

    private PublishLayerVersionResponse publish(String layer, DeploymentPackage content) {
        return publish(layer, content.zip(), _ -> {});
    }

    private PublishLayerVersionResponse publish(
            String layer, byte[] zip, Consumer<PublishLayerVersionRequest.Builder> more) {
        return lambda.publishLayerVersion(request -> {
            request.layerName(layer).content(content -> content.zipFile(SdkBytes.fromByteArray(zip)));
            more.accept(request);
        });
    }

    private String answer(String function) {
        var invoked = functions.invoke(function, "{}");
        assertThat(invoked.functionError()).as(invoked.payload().asUtf8String()).isNull();
        return invoked.payload().asUtf8String();
    }

    private String create(Runtime runtime, String handler, DeploymentPackage code, String... layers) {
        try {
            return functions.create(
                    runtime,
                    handler,
                    code,
                    request -> request.layers(layers).timeout(20).memorySize(256));
        } catch (InvalidParameterValueException e) {
            if (e.awsErrorDetails().errorMessage().contains("no worker node has")) {
                throw new TestAbortedException("nothing to run " + runtime + " with", e);
            }
            throw e;
        }
    }

    @Test
    void aVersionIsPublishedShownListedAndDownloaded() throws Exception {
        var layer = Functions.newName("l");
        var zip = python("a").zip();
        var published = publish(
                layer,
                zip,
                request -> request.description("tools")
                        .compatibleRuntimes(Runtime.PYTHON3_13)
                        .compatibleArchitectures(Architecture.X86_64)
                        .licenseInfo("MIT"));
        publish(layer, python("b"));

        assertThat(published.layerVersionArn()).isEqualTo(ARN + layer + ":1");
        assertThat(published.layerArn()).isEqualTo(ARN + layer);
        assertThat(published.createdDate()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\+0000");
        var shown = lambda.getLayerVersion(request -> request.layerName(layer).versionNumber(1L));
        assertThat(shown.description()).isEqualTo("tools");
        assertThat(shown.compatibleRuntimes()).containsExactly(Runtime.PYTHON3_13);
        assertThat(shown.licenseInfo()).isEqualTo("MIT");
        assertThat(shown.content().codeSize()).isEqualTo(zip.length);
        assertThat(shown.content().codeSha256())
                .isEqualTo(Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-256").digest(zip)));
        assertThat(download(shown.content().location())).isEqualTo(zip);
        assertThat(lambda.getLayerVersionByArn(request -> request.arn(ARN + layer + ":1"))
                        .createdDate())
                .isEqualTo(published.createdDate());
        assertThat(lambda.listLayerVersionsPaginator(
                                request -> request.layerName(layer).maxItems(1))
                        .layerVersions())
                .extracting(LayerVersionsListItem::version)
                .containsExactly(2L, 1L);
        assertThat(
                        lambda
                                .listLayersPaginator(request -> request.compatibleRuntime(Runtime.PYTHON3_13))
                                .layers()
                                .stream()
                                .filter(listed -> listed.layerName().equals(layer))
                                .map(LayersListItem::latestMatchingVersion))
                .extracting(LayerVersionsListItem::version)
                .containsExactly(1L);
    }

    private static byte[] download(String location) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(location)).build(), HttpResponse.BodyHandlers.ofByteArray())
                .body();
    }

    @Test
    void functionsShareALayerAndKeepItWhenItIsDeleted() {
        var layer = Functions.newName("l");
        var version = publish(layer, python("shared")).layerVersionArn();
        var first = functions.python(IMPORTING, request -> request.layers(version));
        var second = functions.python(IMPORTING, request -> request.layers(version));
        assertThat(answer(first)).isEqualTo("\"shared\"");

        lambda.deleteLayerVersion(request -> request.layerName(layer).versionNumber(1L));
        lambda.deleteLayerVersion(request -> request.layerName(layer).versionNumber(1L));

        assertThat(answer(second)).isEqualTo("\"shared\""); // Which had not run before.
        assertThatThrownBy(() -> lambda.getLayerVersion(
                        request -> request.layerName(layer).versionNumber(1L)))
                .isInstanceOf(ResourceNotFoundException.class)
                .hasMessageContaining("The resource you requested does not exist.");
        assertThatThrownBy(() -> functions.python(IMPORTING, request -> request.layers(version)))
                .isInstanceOf(InvalidParameterValueException.class)
                .hasMessageContaining("Layer version " + version + " does not exist.");
        assertThat(publish(layer, python("next")).version()).isEqualTo(2);
    }

    @Test
    void laterLayersAreOnTopAndVersionsKeepTheirOwn() {
        var one = publish(Functions.newName("l"), python("one")).layerVersionArn();
        var two = publish(Functions.newName("l"), python("two")).layerVersionArn();
        var name = functions.python(IMPORTING, request -> request.layers(one, two));
        assertThat(answer(name)).isEqualTo("\"two\"");
        assertThat(lambda.publishVersion(request -> request.functionName(name)).version())
                .isEqualTo("1");

        var updated = lambda.updateFunctionConfiguration(
                request -> request.functionName(name).layers(two, one));
        assertThat(updated.layers()).extracting(Layer::arn).containsExactly(two, one);
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));

        assertThat(answer(name)).isEqualTo("\"one\"");
        assertThat(answer(name + ":1")).isEqualTo("\"two\"");
        assertThat(lambda.publishVersion(request -> request.functionName(name)).version())
                .isEqualTo("2");
        var cleared = lambda.updateFunctionConfiguration(
                request -> request.functionName(name).layers(List.of()));
        assertThat(cleared.hasLayers()).isFalse();
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));
        assertThat(functions.invoke(name, "{}").payload().asUtf8String()).contains("No module named 'tool'");
    }

    @Test
    void nodeFindsItsModules() {
        var layer = publish(
                        Functions.newName("l"),
                        DeploymentPackage.of("nodejs/node_modules/tool/index.js", "module.exports = 'tool';"))
                .layerVersionArn();

        assertThat(answer(create(
                        Runtime.NODEJS22_X,
                        "app.handler",
                        DeploymentPackage.of("app.js", "exports.handler = async () => require('tool');"),
                        layer)))
                .isEqualTo("\"tool\"");
    }

    @Test
    void rubyFindsItsLibraries() {
        var layer = publish(Functions.newName("l"), DeploymentPackage.of("ruby/lib/tool.rb", "TOOL = 'tool'"))
                .layerVersionArn();

        assertThat(answer(create(
                        Runtime.RUBY3_3,
                        "app.handler",
                        DeploymentPackage.of("app.rb", "require 'tool'\ndef handler(event:, context:) = TOOL\n"),
                        layer)))
                .isEqualTo("\"tool\"");
    }

    @Test
    void javaFindsItsJars(@TempDir Path directory) throws Exception {
        var tool = compiled(
                directory,
                "tools/Tool",
                "package tools; public class Tool { public static String name() { return \"tool\"; } }");
        var app = compiled(
                directory, "App", "public class App { public Object handle(Object e) { return tools.Tool.name(); } }");
        var layer = publish(
                        Functions.newName("l"),
                        new DeploymentPackage(Map.of("java/lib/tools.jar", jar("tools/Tool.class", tool))))
                .layerVersionArn();

        assertThat(answer(
                        create(Runtime.JAVA25, "App::handle", new DeploymentPackage(Map.of("App.class", app)), layer)))
                .isEqualTo("\"tool\"");
    }

    private static byte[] compiled(Path directory, String name, String source) throws IOException {
        var file = directory.resolve("sources/" + name + ".java");
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, source);
        var classes = Files.createDirectories(directory.resolve("classes"));
        var status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", classes.toString(), "-d", classes.toString(), file.toString());
        assertThat(status).as("compiles").isZero();
        return Files.readAllBytes(classes.resolve(name + ".class"));
    }

    private static byte[] jar(String name, byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var jar = new JarOutputStream(bytes)) {
            jar.putNextEntry(new JarEntry(name));
            jar.write(content);
            jar.closeEntry();
        }
        return bytes.toByteArray();
    }

    @Test
    void permissionsAreAddedShownAndRemoved() {
        var layer = Functions.newName("l");
        publish(layer, python("a"));
        var added = lambda.addLayerVersionPermission(request -> request.layerName(layer)
                .versionNumber(1L)
                .statementId("friends")
                .action("lambda:GetLayerVersion")
                .principal("*")
                .organizationId("o-0123456789"));
        assertThat(added.statement())
                .isEqualTo("{\"Sid\":\"friends\",\"Effect\":\"Allow\",\"Principal\":\"*\","
                        + "\"Action\":\"lambda:GetLayerVersion\",\"Resource\":\"" + ARN + layer
                        + ":1\",\"Condition\":{\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-0123456789\"}}}");

        var policy =
                lambda.getLayerVersionPolicy(request -> request.layerName(layer).versionNumber(1L));
        assertThat(policy.revisionId()).isEqualTo(added.revisionId());
        assertThat(policy.policy())
                .isEqualTo("{\"Version\":\"2012-10-17\",\"Id\":\"default\",\"Statement\":[" + added.statement() + "]}");
        assertThatThrownBy(() -> lambda.addLayerVersionPermission(request -> request.layerName(layer)
                        .versionNumber(1L)
                        .statementId("friends")
                        .action("lambda:GetLayerVersion")
                        .principal("222222222222")))
                .isInstanceOf(ResourceConflictException.class)
                .hasMessageContaining("The statement id (friends) provided already exists.");
        assertThatThrownBy(() -> lambda.removeLayerVersionPermission(request -> request.layerName(layer)
                        .versionNumber(1L)
                        .statementId("friends")
                        .revisionId("stale")))
                .isInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("Call the GetLayerPolicy API to retrieve the latest Revision Id");
        lambda.removeLayerVersionPermission(
                request -> request.layerName(layer).versionNumber(1L).statementId("friends"));
        assertThatThrownBy(() -> lambda.getLayerVersionPolicy(
                        request -> request.layerName(layer).versionNumber(1L)))
                .isInstanceOf(ResourceNotFoundException.class)
                .hasMessageContaining("No policy is associated with the given resource.");
    }

    private void assertRefused(
            String code, int status, String message, Consumer<CreateFunctionRequest.Builder> request) {
        assertThatThrownBy(() -> functions.python(IMPORTING, request))
                .isInstanceOfSatisfying(LambdaException.class, refusal -> {
                    assertThat(refusal.awsErrorDetails().errorCode()).isEqualTo(code);
                    assertThat(refusal.awsErrorDetails().errorMessage()).isEqualTo(message);
                    assertThat(refusal.statusCode()).isEqualTo(status);
                });
    }

    @Test
    void whatAFunctionCannotHaveIsRefusedInLambdasWords() {
        var layer = Functions.newName("l");
        var version = publish(layer, python("a")).layerVersionArn();
        publish(layer, python("b"));
        var invalid = "InvalidParameterValueException";

        assertRefused(
                invalid,
                400,
                "Cannot reference more than 5 layers.",
                request -> request.layers(IntStream.range(0, 6)
                        .mapToObj(i -> ARN + "l" + i + ":1")
                        .toList()));
        assertRefused(
                invalid,
                400,
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                        + version + " and " + ARN + layer + ":2 are versions of the same layer.",
                request -> request.layers(version, ARN + layer + ":2"));
        assertRefused(
                invalid,
                400,
                "Layer version " + ARN + layer + ":3 does not exist.",
                request -> request.layers(ARN + layer + ":3"));
        assertRefused(
                invalid,
                400,
                "Layers are not in the same region as the function. Layers are expected to be in region us-east-1.",
                request -> request.layers(version.replace("us-east-1", "eu-west-1")));
        assertRefused(
                "AccessDeniedException",
                403,
                "User: arn:aws:iam::000000000000:root is not authorized to perform: lambda:GetLayerVersion on resource: "
                        + version.replace("000000000000", "222222222222")
                        + " because no resource-based policy allows the lambda:GetLayerVersion action",
                request -> request.layers(version.replace("000000000000", "222222222222")));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void damagedContentIsRefusedAndNeverAnErrorOfTheService(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 30; i++) {
            var zip = python("x".repeat(500)).zip();
            for (int damaged = random.nextInt(1, 20); damaged > 0; damaged--) {
                zip[random.nextInt(zip.length)] = (byte) random.nextInt();
            }
            try {
                publish("fuzzed", zip, _ -> {}); // Some damage is nobody's to find.
            } catch (LambdaException refusal) {
                assertThat(refusal.statusCode()).isEqualTo(400);
                assertThat(refusal.awsErrorDetails().errorMessage())
                        .isIn(
                                "Could not unzip uploaded file. Please check your file, then try to upload again.",
                                "Uploaded file must be a non-empty zip");
            }
        }
    }

    @Test
    void scrambledArnsAreRefusedAndNeverAnErrorOfTheService() {
        var random = new Random(7);
        for (int i = 0; i < 60; i++) {
            var parts = new ArrayList<>(List.of((ARN + "tools:1").split(":")));
            switch (random.nextInt(3)) {
                case 0 -> Collections.shuffle(parts, random);
                case 1 -> parts.remove(random.nextInt(parts.size()));
                default -> parts.set(random.nextInt(parts.size()), Integer.toString(random.nextInt()));
            }
            var arn = String.join(":", parts);
            assertThatThrownBy(() -> lambda.getLayerVersionByArn(request -> request.arn(arn)))
                    .as(arn)
                    .isInstanceOfSatisfying(
                            LambdaException.class,
                            refusal -> assertThat(refusal.statusCode()).isBetween(400, 404));
            assertThatThrownBy(() -> functions.python(IMPORTING, request -> request.layers(arn)))
                    .as(arn)
                    .isInstanceOfSatisfying(
                            LambdaException.class,
                            refusal -> assertThat(refusal.statusCode()).isBetween(400, 403));
        }
    }

    @Test
    void theCommandLinePublishesAndUsesALayer(@TempDir Path directory) throws Exception {
        var aws = new AwsCli(RunningPlatform.shared().endpoint(), directory);
        var layer = Functions.newName("l");
        Files.write(
                directory.resolve("layer.zip"), python("from the command line").zip());
        Files.write(
                directory.resolve("code.zip"),
                DeploymentPackage.of("app.py", IMPORTING).zip());

        var printed = aws.run("""
                layer=$(aws lambda publish-layer-version --layer-name %1$s --zip-file fileb://layer.zip \
                    --compatible-runtimes python3.13 --query LayerVersionArn --output text)
                echo $layer
                aws lambda create-function --function-name f-%1$s --runtime python3.13 --handler app.handler --role %2$s \
                    --zip-file fileb://code.zip --layers $layer --query 'Layers[].Arn' --output text
                aws lambda wait function-active-v2 --function-name f-%1$s
                aws lambda invoke --function-name f-%1$s out --query StatusCode --output text
                cat out; echo
                aws lambda add-layer-version-permission --layer-name %1$s --version-number 1 --statement-id all \
                    --action lambda:GetLayerVersion --principal '*' --query 'length(RevisionId)' --output text
                aws lambda get-layer-version-policy --layer-name %1$s --version-number 1 --query Policy --output text
                aws lambda remove-layer-version-permission --layer-name %1$s --version-number 1 --statement-id all
                aws lambda get-layer-version-by-arn --arn $layer --query Version --output text
                aws lambda list-layers --compatible-runtime python3.13 --output text \
                    --query "Layers[?LayerName=='%1$s'].LatestMatchingVersion.Version"
                aws lambda delete-layer-version --layer-name %1$s --version-number 1
                aws lambda list-layer-versions --layer-name %1$s --query 'length(LayerVersions)' --output text
                aws lambda update-function-configuration --function-name f-%1$s --layers --query Layers --output text
                """.formatted(layer, Functions.ROLE));

        assertThat(printed.lines())
                .containsExactly(
                        ARN + layer + ":1",
                        ARN + layer + ":1",
                        "200",
                        "\"from the command line\"",
                        "36",
                        "{\"Version\":\"2012-10-17\",\"Id\":\"default\",\"Statement\":[{\"Sid\":\"all\",\"Effect\":\"Allow\","
                                + "\"Principal\":\"*\",\"Action\":\"lambda:GetLayerVersion\",\"Resource\":\"" + ARN
                                + layer
                                + ":1\"}]}",
                        "1",
                        "1",
                        "0",
                        "None");
    }
}
