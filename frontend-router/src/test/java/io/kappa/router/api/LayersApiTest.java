package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertAnswer;
import static io.kappa.router.api.Answers.assertError;
import static io.kappa.router.api.Answers.assertInvalid;
import static io.kappa.router.api.Answers.assertNotFound;
import static io.kappa.router.api.RunningApi.FUNCTIONS;
import static io.kappa.router.api.RunningApi.ZIP;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.contracts.registry.LayerVersionRecord.Statement;
import io.kappa.router.registry.PackageBytes;
import io.kappa.router.registry.RegistryCommand.AddLayerVersionPermission;
import io.kappa.router.registry.RegistryCommand.PublishLayerVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayersApiTest {
    private static final String LAYERS = "/2018-10-31/layers";
    private static final String VERSIONS = LAYERS + "/tools/versions";
    private static final String ARN = "arn:aws:lambda:us-east-1:000000000000:layer:tools";
    private static final String GONE = "The resource you requested does not exist.";
    private static final String NAMES =
            "(arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\\\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+";

    private final RunningApi api = new RunningApi();

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> publish(String name, String more) {
        return publish(name, more, ZIP);
    }

    private HttpResponse<String> publish(String name, String more, byte[] zip) {
        return api.post(
                LAYERS + "/" + name + "/versions",
                "{" + more + "\"Content\":{\"ZipFile\":\"" + RunningApi.base64(zip) + "\"}}");
    }

    private static void assertDenied(HttpResponse<String> response, String action, String resource) {
        assertError(
                response,
                403,
                "AccessDeniedException",
                "{\"Type\":\"User\",\"Message\":\"User: arn:aws:iam::000000000000:root is not authorized to perform: lambda:"
                        + action + " on resource: " + resource + " because no resource-based policy allows the lambda:"
                        + action + " action\"}");
    }

    private static List<String> all(String pattern, HttpResponse<String> response) {
        return Pattern.compile(pattern)
                .matcher(response.body())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static List<String> versions(HttpResponse<String> response) {
        return all("\"Version\":(\\d+)", response);
    }

    /** The answer without its link, which is another each time. */
    private static String withoutLocation(HttpResponse<String> response) {
        return response.body().replaceFirst("\"Location\":\"[^\"]+\"", "\"Location\":\"L\"");
    }

    @Test
    void aVersionIsAnsweredAndShownAlike() {
        var more = "\"Description\":\"d\",\"CompatibleRuntimes\":[\"python3.13\",\"python3.12\"],"
                + "\"CompatibleArchitectures\":[\"arm64\"],\"LicenseInfo\":\"MIT\",";

        var published = publish("tools", more);

        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
        assertThat(withoutLocation(published))
                .matches(Pattern.quote("{\"Content\":{\"Location\":\"L\",\"CodeSha256\":\"")
                        + "[A-Za-z0-9+/=]{44}"
                        + Pattern.quote("\",\"CodeSize\":" + ZIP.length + "},\"LayerArn\":\"" + ARN
                                + "\",\"LayerVersionArn\":\"" + ARN + ":1\",\"Version\":1,\"Description\":\"d\","
                                + "\"CreatedDate\":\"2026-11-20T12:00:00.123+0000\","
                                + "\"CompatibleRuntimes\":[\"python3.13\",\"python3.12\"],\"LicenseInfo\":\"MIT\","
                                + "\"CompatibleArchitectures\":[\"arm64\"]}"));
        for (var path : List.of(
                VERSIONS + "/1",
                LAYERS + "/" + ARN.replace(":", "%3A") + "/versions/1",
                LAYERS + "?find=LayerVersion&Arn=" + ARN + ":1")) {
            var shown = api.get(path);
            assertThat(shown.statusCode()).as(shown.body()).isEqualTo(200);
            assertThat(withoutLocation(shown)).isEqualTo(withoutLocation(published));
        }
    }

    @Test
    void whatWasNotGivenIsLeftOutButTheDescription() {
        assertThat(publish("tools", "").body())
                .contains("\"Description\":\"\"")
                .doesNotContain("Compatible", "LicenseInfo");
    }

    @Test
    void theLocationLeadsToTheContentUntilItExpires() {
        var location = all("\"Location\":\"([^\"]+)\"", publish("tools", "")).getFirst();

        assertThat(api.get(location).body()).contains("index.py");
        assertThat(api.get(location.replace("Sha256=", "Sha256=0")).statusCode())
                .isEqualTo(403);
        api.delete(VERSIONS + "/1");
        assertThat(api.get(location).statusCode()).isEqualTo(404);
    }

    @Test
    void versionsAreNumberedAndListedTheNewestFirst() {
        assertAnswer(api.get(VERSIONS), 200, "{\"LayerVersions\":[]}");
        publish("tools", "");
        publish("tools", "");
        publish("tools", "");
        assertAnswer(api.delete(VERSIONS + "/2"), 204, "");
        assertAnswer(api.delete(VERSIONS + "/2"), 204, "");
        assertAnswer(api.delete(LAYERS + "/never/versions/9"), 204, "");

        assertThat(versions(api.get(VERSIONS))).containsExactly("3", "1");
        assertThat(versions(publish("tools", ""))).containsExactly("4");
        assertThat(api.get(VERSIONS).body())
                .startsWith("{\"LayerVersions\":[{\"LayerVersionArn\":\"" + ARN
                        + ":4\",\"Version\":4,\"Description\":\"\",\"CreatedDate\":\"2026-11-20T12:00:00.123+0000\"},");
    }

    @Test
    void numbersAreNotUsedAgainAfterTheNewestIsDeleted() {
        publish("tools", "");
        api.delete(VERSIONS + "/1");

        assertThat(versions(publish("tools", ""))).containsExactly("2");
    }

    @Test
    void listsComeInPages() {
        for (var name : List.of("c", "a", "b")) {
            publish(name, "");
        }
        publish("a", "");

        var first = api.get(LAYERS + "?MaxItems=2");
        assertThat(all("\"LayerName\":\"([^\"]+)\"", first)).containsExactly("a", "b");
        assertThat(versions(first)).containsExactly("2", "1");
        assertThat(all("\"LayerName\":\"([^\"]+)\"", next(LAYERS + "?MaxItems=2", first)))
                .containsExactly("c");
        var versions = api.get(LAYERS + "/a/versions?MaxItems=1");
        assertThat(versions(versions)).containsExactly("2");
        assertThat(versions(next(LAYERS + "/a/versions?MaxItems=1", versions))).containsExactly("1");
        assertInvalid(api.get(LAYERS + "?Marker=~"), "Invalid marker: ~");
        assertThat(api.get(LAYERS + "?MaxItems=51").body())
                .contains("Value '51' at 'maxItems' failed to satisfy constraint: Member must have value less than or "
                        + "equal to 50");
    }

    private HttpResponse<String> next(String path, HttpResponse<String> page) {
        return api.get(
                path + "&Marker=" + all("\"NextMarker\":\"([^\"]+)\"", page).getFirst());
    }

    @Test
    void filtersFindTheNewestVersionThatSaysSoOfItself() {
        publish("tools", "\"CompatibleRuntimes\":[\"python3.13\"],\"CompatibleArchitectures\":[\"arm64\"],");
        publish("tools", "\"CompatibleRuntimes\":[\"python3.13\"],");
        publish("tools", "");

        assertThat(versions(api.get(LAYERS))).containsExactly("3");
        assertThat(versions(api.get(LAYERS + "?CompatibleRuntime=python3.13"))).containsExactly("2");
        assertThat(versions(api.get(LAYERS + "?CompatibleRuntime=python3.13&CompatibleArchitecture=arm64")))
                .containsExactly("1");
        assertAnswer(api.get(LAYERS + "?CompatibleRuntime=ruby3.3"), 200, "{\"Layers\":[]}");
        assertThat(versions(api.get(VERSIONS + "?CompatibleRuntime=python3.13")))
                .containsExactly("2", "1");
        assertThat(versions(api.get(VERSIONS + "?CompatibleArchitecture=arm64")))
                .containsExactly("1");
        assertThat(api.get(LAYERS + "?CompatibleRuntime=cobol").body())
                .contains("Value 'cobol' at 'compatibleRuntime' failed to satisfy constraint: Member must satisfy enum "
                        + "value set: [nodejs, nodejs4.3,");
        assertThat(api.get(VERSIONS + "?CompatibleArchitecture=mips").body())
                .contains("Value 'mips' at 'compatibleArchitecture' failed to satisfy constraint: Member must satisfy "
                        + "enum value set: [x86_64, arm64]");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertNotFound(api.get(VERSIONS + "/1"), GONE);
        assertNotFound(api.get(LAYERS + "?find=LayerVersion&Arn=" + ARN + ":1"), GONE);
        assertNotFound(api.get(LAYERS + "?find=LayerVersion&Arn=" + ARN + ":0"), GONE);
        assertNotFound(api.get(LAYERS + "?find=LayerVersion&Arn=" + ARN + ":" + "9".repeat(60)), GONE);
        assertNotFound(
                api.get(LAYERS + "?find=LayerVersion&Arn=" + ARN.replace("arn:aws:", "arn:aws-cn:") + ":1"), GONE);
        assertNotFound(api.get(VERSIONS + "/1/policy"), "Layer version " + ARN + ":1 does not exist.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "-9223372036854775808"})
    void versionsCountFromOne(String number) {
        var refusal = "Layer Version Cannot be less than 1";

        assertInvalid(api.get(VERSIONS + "/" + number), refusal);
        assertInvalid(api.delete(VERSIONS + "/" + number), refusal);
        assertInvalid(api.get(VERSIONS + "/" + number + "/policy"), refusal);
        assertInvalid(
                api.post(
                        VERSIONS + "/" + number + "/policy",
                        "{\"StatementId\":\"s\",\"Principal\":\"*\",\"Action\":\"lambda:GetLayerVersion\"}"),
                refusal);
        assertInvalid(api.delete(VERSIONS + "/" + number + "/policy/s"), refusal);
    }

    @Test
    void versionsAreNumbers() {
        assertError(
                api.get(VERSIONS + "/latest"),
                400,
                "SerializationException",
                "{\"Type\":\"User\",\"Message\":\"STRING_VALUE can not be converted to an Integer\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "a%20b", "arn:aws:lambda:us-east-1:000000000000:function:f", "layer:tools", "a%00b"})
    void namesThatNoLayerCanHaveAreRefused(String name) {
        var response = api.get(LAYERS + "/" + name + "/versions/1");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .contains(
                        "at 'layerName' failed to satisfy constraint: Member must satisfy regular expression pattern: "
                                + NAMES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "arn:aws:lambda:us-east-1:000000000000:layer:tools",
                "arn:aws:lambda:us-east-1:0:layer:tools:1",
                "arn:aws:lambda:us-east-1:000000000000:layer:tools:one",
                "arn:aws:lambda:us-east-1:000000000000:layer:tools:1:1"
            })
    void malformedArnsAreRefused(String arn) {
        assertError(
                api.get(LAYERS + "?find=LayerVersion&Arn=" + arn),
                400,
                "ValidationException",
                "{\"message\":\"1 validation error detected: Value '" + arn
                        + "' at 'arn' failed to satisfy constraint: Member must satisfy regular expression pattern: "
                        + "arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+\"}");
        assertError(
                api.create("f", "\"Layers\":[\"" + arn + "\"],"),
                400,
                "ValidationException",
                "{\"message\":\"1 validation error detected: Value '[" + arn
                        + "]' at 'layers' failed to satisfy constraint: Member must satisfy constraint: [Member must have "
                        + "length less than or equal to 140, Member must have length greater than or equal to 1, Member "
                        + "must satisfy regular expression pattern: "
                        + "arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+, Member must not "
                        + "be null]\"}");
    }

    @Test
    void aNameIsShortEnoughForItsArn() {
        assertThat(publish("n".repeat(85), "").statusCode()).isEqualTo(201);
        assertInvalid(
                publish("n".repeat(86), ""),
                "1 validation error detected: Value '" + "n".repeat(86)
                        + "' at 'layerName' failed to satisfy constraint: Member must have length less than or equal to 85");
        assertThat(publish("n".repeat(141), "").body()).contains("Member must have length less than or equal to 140");
    }

    @Test
    void whatIsNoLayersContentIsRefused() throws IOException {
        var unreadable = "Could not unzip uploaded file. Please check your file, then try to upload again.";
        assertInvalid(publish("tools", "", new byte[] {1, 2, 3}), unreadable);
        assertInvalid(publish("tools", "", RunningApi.zip("../../etc/passwd", "x")), unreadable);
        assertInvalid(publish("tools", "", RunningApi.zip("/etc/passwd", "x")), unreadable);
        assertInvalid(publish("tools", "", new byte[0]), "Uploaded file must be a non-empty zip");
        assertInvalid(publish("tools", "", bomb()), "Unzipped size must be smaller than 262144000 bytes");
        assertInvalid(api.post(VERSIONS, "{\"Content\":{}}"), "Please provide a source for layer content.");
        assertInvalid(
                api.post(VERSIONS, "{\"Content\":{\"S3Bucket\":\"bucket\",\"S3Key\":\"k\"}}"),
                "Code cannot be taken from Amazon S3: no S3 endpoint is configured: set objects.endpoint");
        assertThat(api.post(VERSIONS, "{}").body())
                .contains("Value null at 'content' failed to satisfy constraint: Member must not be null");
        assertAnswer(api.get(LAYERS), 200, "{\"Layers\":[]}");
    }

    /** A quarter of a megabyte that is one byte too large when it is unpacked. */
    private static byte[] bomb() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("zeroes"));
            var zeroes = new byte[1000];
            for (int i = 0; i < 262_144; i++) {
                zip.write(zeroes);
            }
            zip.write(0);
        }
        return bytes.toByteArray();
    }

    @Test
    void membersHaveTheirLimits() {
        assertThat(publish("tools", "\"Description\":\"" + "d".repeat(257) + "\",")
                        .body())
                .contains(
                        "at 'description' failed to satisfy constraint: Member must have length less than or equal to 256");
        assertThat(publish("tools", "\"LicenseInfo\":\"" + "l".repeat(513) + "\",")
                        .body())
                .contains(
                        "at 'licenseInfo' failed to satisfy constraint: Member must have length less than or equal to 512");
        assertThat(publish("tools", "\"CompatibleRuntimes\":[\"cobol\"],").body())
                .contains("Value '[cobol]' at 'compatibleRuntimes' failed to satisfy constraint: Member must satisfy "
                        + "constraint: [Member must satisfy enum value set: [nodejs, nodejs4.3,");
        assertThat(publish("tools", "\"CompatibleRuntimes\":[" + "\"python3.13\",".repeat(15) + "\"java25\"],")
                        .body())
                .contains(
                        "at 'compatibleRuntimes' failed to satisfy constraint: Member must have length less than or equal to 15");
        assertThat(publish("tools", "\"CompatibleArchitectures\":[\"mips\"],").body())
                .contains(
                        "Value '[mips]' at 'compatibleArchitectures' failed to satisfy constraint: Member must satisfy "
                                + "constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]");
    }

    @Test
    void layersOfOthersAreTheirOwn() {
        var theirs = "arn:aws:lambda:us-east-1:222222222222:layer:theirs";
        var versions = LAYERS + "/" + theirs + "/versions";

        assertDenied(api.get(versions + "/1"), "GetLayerVersion", theirs + ":1");
        assertDenied(api.get(LAYERS + "?find=LayerVersion&Arn=" + theirs + ":1"), "GetLayerVersion", theirs + ":1");
        assertDenied(api.delete(versions + "/1"), "DeleteLayerVersion", theirs);
        assertDenied(api.get(versions), "ListLayerVersions", theirs);
        assertDenied(api.get(versions + "/1/policy"), "GetLayerVersionPolicy", theirs);
        assertDenied(publish(theirs, ""), "PublishLayerVersion", theirs);
        assertNotFound(
                api.get(versions.replace("us-east-1", "eu-west-1") + "/1"),
                "Layers from 'eu-west-1' are not reachable in this region ('us-east-1')");
    }

    @Test
    void layersThatOthersLetUseAreShownAndCopied() throws Exception {
        var theirs = LayerVersionArn.parse("arn:aws:lambda:us-east-1:222222222222:layer:theirs:1");
        var stored =
                api.registry.store(PackageBytes.of(ZIP)).toCompletableFuture().get();
        api.registry.submit(new PublishLayerVersion(theirs.layer(), stored, "", List.of(), List.of(), null));
        assertDenied(api.create("f", "\"Layers\":[\"" + theirs + "\"],"), "GetLayerVersion", theirs.toString());

        api.registry.submit(new AddLayerVersionPermission(theirs, new Statement("s", "000000000000", null), null));

        assertThat(api.get(LAYERS + "?find=LayerVersion&Arn=" + theirs).body())
                .contains("\"LayerVersionArn\":\"" + theirs + "\"");
        assertThat(api.create("f", "\"Layers\":[\"" + theirs + "\"],").body())
                .contains("\"Layers\":[{\"Arn\":\"" + theirs + "\",\"CodeSize\":" + ZIP.length + "}]");
        assertThat(api.get(LAYERS + "/" + theirs.layer() + "/versions").statusCode())
                .isEqualTo(403);
        assertAnswer(api.get(LAYERS), 200, "{\"Layers\":[]}");
    }

    @Test
    void aPolicyIsShownAsItGrows() {
        publish("tools", "");
        assertNotFound(api.get(VERSIONS + "/1/policy"), "No policy is associated with the given resource.");
        var statement = "{\\\"Sid\\\":\\\"s\\\",\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":{\\\"AWS\\\":"
                + "\\\"arn:aws:iam::222222222222:root\\\"},\\\"Action\\\":\\\"lambda:GetLayerVersion\\\",\\\"Resource\\\":\\\""
                + ARN + ":1\\\"}";

        var added = api.post(
                VERSIONS + "/1/policy",
                "{\"StatementId\":\"s\",\"Action\":\"lambda:GetLayerVersion\",\"Principal\":\"222222222222\"}");

        var revision = all("\"RevisionId\":\"([^\"]+)\"", added).getFirst();
        assertAnswer(added, 201, "{\"Statement\":\"" + statement + "\",\"RevisionId\":\"" + revision + "\"}");
        assertAnswer(
                api.get(VERSIONS + "/1/policy"),
                200,
                "{\"Policy\":\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Id\\\":\\\"default\\\",\\\"Statement\\\":["
                        + statement + "]}\",\"RevisionId\":\"" + revision + "\"}");
        assertError(
                api.delete(VERSIONS + "/1/policy/s?RevisionId=stale"),
                412,
                "PreconditionFailedException",
                "{\"Type\":\"User\",\"message\":\"The Revision Id provided does not match the latest Revision Id. "
                        + "Call the GetLayerPolicy API to retrieve the latest Revision Id\"}");
        assertNotFound(api.delete(VERSIONS + "/1/policy/t"), "Statement t is not found in resource policy.");
        assertAnswer(api.delete(VERSIONS + "/1/policy/s?RevisionId=" + revision), 204, "");
        assertNotFound(api.get(VERSIONS + "/1/policy"), "No policy is associated with the given resource.");
    }

    @Test
    void permissionsAreToGetVersionsAlone() {
        publish("tools", "");
        var policy = VERSIONS + "/1/policy";

        assertThat(api.post(policy, "{\"StatementId\":\"s\",\"Action\":\"lambda:*\",\"Principal\":\"*\"}")
                        .body())
                .contains(
                        "1 validation error detected: Value 'lambda:*' at 'action' failed to satisfy constraint: Member "
                                + "must satisfy regular expression pattern: lambda:GetLayerVersion\"}");
        assertThat(api.post(
                                policy,
                                "{\"StatementId\":\"a b\",\"Action\":\"lambda:GetLayerVersion\",\"Principal\":\"me\"}")
                        .body())
                .contains("2 validation errors detected: ", "at 'statementId'", "at 'principal'");
        assertInvalid(
                api.post(
                        policy,
                        "{\"StatementId\":\"s\",\"Action\":\"lambda:GetLayerVersion\",\"Principal\":\"222222222222\","
                                + "\"OrganizationId\":\"o-0123456789\"}"),
                "OrganizationId can only be given where Principal is *.");
        assertNotFound(
                api.post(
                        VERSIONS + "/2/policy",
                        "{\"StatementId\":\"s\",\"Action\":\"lambda:GetLayerVersion\",\"Principal\":\"*\"}"),
                "Layer version " + ARN + ":2 does not exist.");
    }

    @Test
    void aFunctionShowsItsLayersInOrder() {
        publish("tools", "");
        publish("base", "");
        var layers = "[\"" + ARN + ":1\",\"" + ARN.replace("tools", "base") + ":1\"]";
        var shown = "\"Layers\":[{\"Arn\":\"" + ARN + ":1\",\"CodeSize\":" + ZIP.length + "},{\"Arn\":\""
                + ARN.replace("tools", "base") + ":1\",\"CodeSize\":" + ZIP.length + "}]";

        assertThat(api.create("f", "\"Layers\":" + layers + ",").body()).contains(shown);
        assertThat(api.get(FUNCTIONS + "/f/configuration").body()).contains(shown);
        assertThat(api.get(FUNCTIONS + "?FunctionVersion=ALL").body()).contains(shown);
        assertThat(api.put(FUNCTIONS + "/f/configuration", "{\"Timeout\":9}").body())
                .contains(shown);
        assertThat(api.put(FUNCTIONS + "/f/configuration", "{\"Layers\":[]}").body())
                .doesNotContain("Layers");
        assertThat(api.put(FUNCTIONS + "/f/configuration", "{\"Layers\":[\"" + ARN + ":1\"]}")
                        .body())
                .contains("\"Layers\":[{\"Arn\":\"" + ARN + ":1\",\"CodeSize\":" + ZIP.length + "}]");
    }

    @Test
    void aFunctionCannotHaveEveryLayer() {
        publish("tools", "");
        publish("tools", "");
        api.create("f", "");

        assertUnusable("Cannot reference more than 5 layers.", names(6));
        assertUnusable(
                "Two different versions of the same layer are not allowed to be referenced in the same function. " + ARN
                        + ":1 and " + ARN + ":2 are versions of the same layer.",
                List.of(ARN + ":1", ARN + ":2"));
        assertUnusable(
                "Two different versions of the same layer are not allowed to be referenced in the same function. " + ARN
                        + ":1 and " + ARN + ":1 are versions of the same layer.",
                List.of(ARN + ":1", ARN + ":1"));
        for (var version : List.of("3", "0", "01", "9".repeat(50))) {
            assertUnusable("Layer version " + ARN + ":" + version + " does not exist.", List.of(ARN + ":" + version));
        }
        assertUnusable(
                "Layers are not in the same region as the function. Layers are expected to be in region us-east-1.",
                List.of(ARN.replace("us-east-1", "us-east-2") + ":1"));
        assertDenied(
                api.create("g", "\"Layers\":[\"arn:aws:lambda:us-east-1:222222222222:layer:theirs:1\"],"),
                "GetLayerVersion",
                "arn:aws:lambda:us-east-1:222222222222:layer:theirs:1");
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> ARN + i + ":1").toList();
    }

    private void assertUnusable(String message, List<String> arns) {
        var member = "\"Layers\":[\"" + String.join("\",\"", arns) + "\"]";
        assertInvalid(api.create("g", member + ","), message);
        assertInvalid(api.put(FUNCTIONS + "/f/configuration", "{" + member + "}"), message);
    }

    @Test
    void layersCountAsCodeOfTheAccount() {
        publish("tools", "");
        publish("tools", "");

        assertThat(api.get("/2016-08-19/account-settings").body())
                .contains("\"AccountUsage\":{\"TotalCodeSize\":" + 2 * ZIP.length);
    }
}
