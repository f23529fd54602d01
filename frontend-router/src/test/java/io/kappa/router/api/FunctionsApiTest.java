package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertError;
import static io.kappa.router.api.RunningApi.ARN;
import static io.kappa.router.api.RunningApi.FUNCTIONS;
import static io.kappa.router.api.RunningApi.ZIP;
import static io.kappa.router.api.RunningApi.base64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.router.registry.RegistryCommand;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FunctionsApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RunningApi api = new RunningApi();

    @AfterEach
    void close() {
        api.close();
    }

    private static JsonNode json(HttpResponse<String> response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError(response.body(), e);
        }
    }

    private static void assertAnswer(HttpResponse<String> response, int status, String expected) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.headers().firstValue("x-amzn-RequestId")).isPresent();
        assertThat(json(response).toPrettyString())
                .isEqualTo(JSON.readTree(expected).toPrettyString());
    }

    @Test
    void createAnswersWithLambdasDefaultsAndAPendingState() throws Exception {
        assertAnswer(api.create("f", ""), 201, """
                {"FunctionName":"f","FunctionArn":"arn:aws:lambda:us-east-1:000000000000:function:f","Runtime":"python3.13",
                 "Role":"arn:aws:iam::000000000000:role/r","Handler":"index.handler","CodeSize":%d,"Description":"",
                 "Timeout":3,"MemorySize":128,"LastModified":"2026-11-20T12:00:00.123+0000","CodeSha256":"%s",
                 "Version":"$LATEST","TracingConfig":{"Mode":"PassThrough"},"RevisionId":"revision-1","State":"Pending",
                 "StateReason":"The function is being created.","StateReasonCode":"Creating","PackageType":"Zip",
                 "Architectures":["x86_64"],"EphemeralStorage":{"Size":512},
                 "SnapStart":{"ApplyOn":"None","OptimizationStatus":"Off"},
                 "RuntimeVersionConfig":{"RuntimeVersionArn":"arn:aws:lambda:us-east-1::runtime:%s"},
                 "LoggingConfig":{"LogFormat":"Text","LogGroup":"/aws/lambda/f"}}""".formatted(
                        ZIP.length,
                        base64(MessageDigest.getInstance("SHA-256").digest(ZIP)),
                        "edb69ff3853fc9bc9dc8046ce3f2997441abac0939cd4629dbaad5f30f62f33b"));
    }

    @Test
    void createEchoesWhatWasSet() {
        var answer = json(api.create("f", """
                "Environment":{"Variables":{"ZKEY":"1","AKEY":"2"}},"DeadLetterConfig":{"TargetArn":"arn:aws:sqs:us-east-1:000000000000:q"},
                "KMSKeyArn":"arn:aws:kms:us-east-1:0:key/k",
                """));
        assertThat(answer.path("Environment").toString()).isEqualTo("{\"Variables\":{\"AKEY\":\"2\",\"ZKEY\":\"1\"}}");
        assertThat(answer.path("DeadLetterConfig").toString())
                .isEqualTo("{\"TargetArn\":\"arn:aws:sqs:us-east-1:000000000000:q\"}");
        assertThat(answer.path("KMSKeyArn").asText()).isEqualTo("arn:aws:kms:us-east-1:0:key/k");
    }

    @Test
    void createWithPublishAnswersVersionOneAndTheUnqualifiedArn() {
        var answer = json(api.create("f", "\"Publish\":true,"));
        assertThat(answer.path("Version").asText()).isEqualTo("1");
        assertThat(answer.path("FunctionArn").asText()).isEqualTo(ARN + "f");
    }

    @Test
    void createTakesAnArnForAName() {
        assertThat(json(api.create(ARN + "f", "")).path("FunctionName").asText())
                .isEqualTo("f");
    }

    @Test
    void createRefusesANameThatIsTaken() {
        api.create("f", "");
        assertError(
                api.create("f", ""),
                409,
                "ResourceConflictException",
                "{\"Type\":\"User\",\"message\":\"Function already exist: f\"}");
    }

    @Test
    void createRefusesALongNameByARuleOfTheService() {
        var name = "a".repeat(65);
        assertError(
                api.create(name, ""),
                400,
                "InvalidParameterValueException",
                "{\"Type\":\"User\",\"message\":\"1 validation error detected: Value '" + name
                        + "' at 'functionName' failed to satisfy constraint: "
                        + "Member must have length less than or equal to 64\"}");
    }

    @Test
    void createRefusesAVeryLongNameByTheServiceModel() {
        var refused = api.create("a".repeat(141), "");
        assertThat(refused.headers().firstValue("x-amzn-ErrorType")).hasValue("ValidationException");
        assertThat(refused.body())
                .startsWith("{\"message\":\"1 validation error detected: Value 'aaa")
                .endsWith("' at 'functionName' failed to satisfy constraint: "
                        + "Member must have length less than or equal to 140\"}");
    }

    @Test
    void createNamesEveryViolationAtOnce() {
        assertThat(json(api.post(FUNCTIONS, "{\"Role\":\"r\",\"Timeout\":901,\"FunctionName\":\"f\"}"))
                        .path("message")
                        .asText())
                .isEqualTo(
                        "3 validation errors detected: Value 'r' at 'role' failed to satisfy constraint: Member must satisfy "
                                + "regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+; "
                                + "Value null at 'code' failed to satisfy constraint: Member must not be null; Value '901' at 'timeout' "
                                + "failed to satisfy constraint: Member must have value less than or equal to 900");
    }

    @Test
    void createAsksForCode() {
        var request = RunningApi.createRequest("f", "").replaceFirst("\\{\"ZipFile\":[^}]*}", "{}");
        assertError(
                api.post(FUNCTIONS, request),
                400,
                "InvalidParameterValueException",
                "{\"Type\":\"User\",\"message\":\"Please provide a source for function code.\"}");
    }

    @Test
    void createRefusesCodeInS3WhereThereIsNone() {
        var request = RunningApi.createRequest("f", "")
                .replaceFirst("\\{\"ZipFile\":[^}]*}", "{\"S3Bucket\":\"bucket\",\"S3Key\":\"key\"}");
        assertError(
                api.post(FUNCTIONS, request),
                400,
                "InvalidParameterValueException",
                "{\"Type\":\"User\",\"message\":\"Code cannot be taken from Amazon S3: no S3 endpoint is configured: "
                        + "set objects.endpoint\"}");
    }

    @Test
    void createRefusesWhatIsNoZip() {
        var request = RunningApi.createRequest("f", "").replace(base64(ZIP), base64(new byte[] {1, 2, 3}));
        assertError(
                api.post(FUNCTIONS, request),
                400,
                "InvalidParameterValueException",
                "{\"Type\":\"User\",\"message\":\"Could not unzip uploaded file. "
                        + "Please check your file, then try to upload again.\"}");
    }

    @Test
    void createRefusesValuesOfTheWrongType() {
        assertError(
                api.create("f", "\"Timeout\":\"3\","),
                400,
                "SerializationException",
                "{\"Type\":\"User\",\"Message\":\"STRING_VALUE can not be converted to an Integer\"}");
    }

    @Test
    void getFunctionShowsConfigurationCodeAndTags() {
        api.create("f", "\"Tags\":{\"b\":\"2\",\"a\":\"1\"},");
        var answer = json(api.get(FUNCTIONS + "/f"));
        assertThat(answer.fieldNames()).toIterable().containsExactly("Configuration", "Code", "Tags");
        assertThat(answer.path("Configuration").path("State").asText()).isEqualTo("Active");
        assertThat(answer.path("Configuration").path("LastUpdateStatus").asText())
                .isEqualTo("Successful");
        assertThat(answer.path("Configuration").has("StateReason")).isFalse();
        assertThat(answer.path("Configuration").path("FunctionArn").asText()).isEqualTo(ARN + "f");
        assertThat(answer.path("Code").path("RepositoryType").asText()).isEqualTo("S3");
        assertThat(answer.path("Tags").toString()).isEqualTo("{\"a\":\"1\",\"b\":\"2\"}");
        assertThat(json(api.get(FUNCTIONS + "/f?Qualifier=$LATEST"))
                        .path("Configuration")
                        .path("FunctionArn")
                        .asText())
                .isEqualTo(ARN + "f:$LATEST");
    }

    @Test
    void getFunctionLeavesTagsOutWhereThereAreNone() {
        api.create("f", "");
        assertThat(json(api.get(FUNCTIONS + "/f")).has("Tags")).isFalse();
    }

    @Test
    void codeLocationLeadsToThePackageForTenMinutes() throws Exception {
        api.create("f", "");
        var location =
                json(api.get(FUNCTIONS + "/f")).path("Code").path("Location").asText();
        api.clock.turn(Duration.ofMinutes(10));
        var response = api.download(location);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/zip");
        assertThat(response.body()).isEqualTo(ZIP);

        api.clock.turn(Duration.ofSeconds(1));
        assertError(
                api.get(location),
                403,
                "AccessDeniedException",
                "{\"Type\":\"User\",\"Message\":\"Request has expired\"}");
    }

    @Test
    void aPackageThatCannotBeReadIsAnErrorAndOneThatBreaksOffIsNoWholeOne() throws Exception {
        api.create("f", "");
        var location =
                json(api.get(FUNCTIONS + "/f")).path("Code").path("Location").asText();

        api.registry.readable = 0;
        assertThat(api.download(location).statusCode()).isEqualTo(500);
        api.registry.readable = 1;
        assertThatThrownBy(() -> api.download(location)).isInstanceOf(IOException.class);
    }

    @Test
    void codeLocationCannotBeTamperedWith() {
        api.create("f", "");
        api.create("g", "");
        var location =
                json(api.get(FUNCTIONS + "/f")).path("Code").path("Location").asText();
        for (var tampered : List.of(
                location.replace("Expires=", "Expires=9"),
                location.replace("function%3Af", "function%3Ag"),
                location.replace("Signature=", "Signature=0"),
                location.substring(0, location.indexOf('?')))) {
            assertThat(api.get(tampered).statusCode()).as(tampered).isEqualTo(403);
        }
    }

    @Test
    void getFunctionConfigurationAnswersTheConfigurationAlone() {
        api.create("f", "");
        assertThat(json(api.get(FUNCTIONS + "/f/configuration"))
                        .path("FunctionName")
                        .asText())
                .isEqualTo("f");
        assertThat(json(api.get(FUNCTIONS + "/f/configuration")))
                .isEqualTo(json(api.get(FUNCTIONS + "/f")).path("Configuration"));
    }

    @Test
    void readsNameWhatTheyDoNotFind() {
        assertError(
                api.get(FUNCTIONS + "/nope"),
                404,
                "ResourceNotFoundException",
                "{\"Type\":\"User\",\"Message\":\"Function not found: " + ARN + "nope\"}");
        assertThat(api.get(FUNCTIONS + "/nope?Qualifier=3").body()).contains("Function not found: " + ARN + "nope:3");
        api.create("f", "");
        assertThat(api.get(FUNCTIONS + "/f?Qualifier=3").body()).contains("Function not found: " + ARN + "f:3");
        assertThat(api.get(FUNCTIONS + "/f:prod/configuration").body())
                .contains("Function not found: " + ARN + "f:prod");
        assertThat(api.get(FUNCTIONS + "/" + "a".repeat(65)).statusCode()).isEqualTo(404);
    }

    @Test
    void namesMayBeArnsInThePath() {
        api.create("f", "");
        var encoded = (ARN + "f").replace(":", "%3A");
        assertThat(json(api.get(FUNCTIONS + "/" + encoded))
                        .path("Configuration")
                        .path("FunctionName")
                        .asText())
                .isEqualTo("f");
        assertThat(api.get(FUNCTIONS + "/" + encoded.replace("us-east-1", "eu-west-1"))
                        .body())
                .contains("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')");
        assertThat(api.get(FUNCTIONS + "/" + encoded.replace("000000000000", "111111111111"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(api.get(FUNCTIONS + "/" + encoded + "%3A1?Qualifier=2").body())
                .contains("The derived qualifier from the function name does not match the specified qualifier.");
    }

    @Test
    void listFunctionsLeavesOutStatesAndRuntimeVersions() {
        api.create("f", "");
        var function = json(api.get(FUNCTIONS)).path("Functions").path(0);
        assertThat(function.path("FunctionName").asText()).isEqualTo("f");
        assertThat(function.path("FunctionArn").asText()).isEqualTo(ARN + "f");
        for (var left : List.of("State", "StateReason", "LastUpdateStatus", "RuntimeVersionConfig")) {
            assertThat(function.has(left)).as(left).isFalse();
        }
    }

    @Test
    void listFunctionsShowsEveryVersionOnDemand() {
        api.create("f", "\"Publish\":true,");
        api.create("g", "");
        assertThat(arns(json(api.get(FUNCTIONS + "?FunctionVersion=ALL")).path("Functions")))
                .containsExactly(ARN + "f:$LATEST", ARN + "f:1", ARN + "g:$LATEST");
        assertThat(api.get(FUNCTIONS + "?FunctionVersion=SOME").body())
                .isEqualTo(
                        "{\"message\":\"1 validation error detected: Value 'SOME' at 'functionVersion' failed to satisfy "
                                + "constraint: Member must satisfy enum value set: [ALL]\"}");
    }

    @Test
    void listFunctionsComesInPages() {
        for (int i = 10; i < 65; i++) {
            api.create("f" + i, "");
        }
        var first = json(api.get(FUNCTIONS + "?MaxItems=100"));
        assertThat(first.path("Functions")).hasSize(50);
        var second =
                json(api.get(FUNCTIONS + "?Marker=" + first.path("NextMarker").asText()));
        assertThat(arns(second.path("Functions"))).first().isEqualTo(ARN + "f60");
        assertThat(second.path("Functions")).hasSize(5);
        assertThat(second.has("NextMarker")).isFalse();
        assertThat(api.get(FUNCTIONS + "?Marker=nonsense").statusCode()).isEqualTo(400);
        assertThat(api.get(FUNCTIONS + "?MaxItems=0").body()).contains("greater than or equal to 1");
    }

    private static List<String> arns(JsonNode functions) {
        var arns = new ArrayList<String>();
        functions.forEach(function -> arns.add(function.path("FunctionArn").asText()));
        return arns;
    }

    @Test
    void updateFunctionCodeAnswersThatItIsInProgress() {
        api.create("f", "");
        var answer = json(api.put(FUNCTIONS + "/f/code", "{\"ZipFile\":\"" + base64(RunningApi.zip("a", "b")) + "\"}"));
        assertThat(answer.path("LastUpdateStatus").asText()).isEqualTo("InProgress");
        assertThat(answer.path("State").asText()).isEqualTo("Active");
        assertThat(answer.path("FunctionArn").asText()).isEqualTo(ARN + "f");
    }

    @Test
    void updateFunctionCodeDoesNotStoreWhatItOnlyTries() {
        api.create("f", "");
        var before =
                json(api.get(FUNCTIONS + "/f/configuration")).path("CodeSha256").asText();
        var tried = json(api.put(
                FUNCTIONS + "/f/code", "{\"DryRun\":true,\"ZipFile\":\"" + base64(RunningApi.zip("a", "b")) + "\"}"));
        assertThat(tried.path("CodeSha256").asText()).isNotEqualTo(before);
        assertThat(json(api.get(FUNCTIONS + "/f/configuration"))
                        .path("CodeSha256")
                        .asText())
                .isEqualTo(before);
        assertThat(api.registry.asked.getLast())
                .isInstanceOfSatisfying(
                        RegistryCommand.UpdateFunctionCode.class,
                        update -> assertThat(update.dryRun()).isTrue());
    }

    @Test
    void updateFunctionCodeRefusesAnImage() {
        api.create("f", "");
        assertThat(api.put(FUNCTIONS + "/f/code", "{\"ImageUri\":\"i\"}").body())
                .contains("Please don't provide ImageUri when updating a function with packageType Zip.");
    }

    @Test
    void updatesNameWhatTheyDoNotFindWithoutAQualifier() {
        assertThat(api.put(FUNCTIONS + "/nope/code", "{}").body())
                .isEqualTo("{\"Type\":\"User\",\"Message\":\"Function not found: " + ARN + "nope\"}");
        assertThat(api.put(FUNCTIONS + "/nope/configuration", "{}").statusCode())
                .isEqualTo(404);
        assertThat(api.post(FUNCTIONS + "/nope/versions", "").statusCode()).isEqualTo(404);
    }

    @Test
    void updateFunctionConfigurationChangesWhatItNames() {
        api.create("f", "\"Description\":\"before\",");
        var answer = json(api.put(FUNCTIONS + "/f/configuration", "{\"MemorySize\":256,\"Runtime\":\"nodejs22.x\"}"));
        assertThat(answer.path("MemorySize").asInt()).isEqualTo(256);
        assertThat(answer.path("Runtime").asText()).isEqualTo("nodejs22.x");
        assertThat(answer.path("Description").asText()).isEqualTo("before");
        assertThat(answer.path("LastUpdateStatus").asText()).isEqualTo("InProgress");
    }

    @Test
    void changesAreForTheFunctionAndNotForAVersion() {
        api.create("f", "\"Publish\":true,");
        assertThat(api.put(FUNCTIONS + "/f:1/configuration", "{}").body())
                .contains("Aliases and versions do not support this operation.");
        assertThat(api.put(FUNCTIONS + "/f:$LATEST/configuration".replace("$", "%24"), "{}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void publishVersionAnswersTheVersionUnderItsOwnArn() {
        api.create("f", "");
        var response = api.post(FUNCTIONS + "/f/versions", "");
        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(json(response).path("FunctionArn").asText()).isEqualTo(ARN + "f:1");
        assertThat(json(response).path("Version").asText()).isEqualTo("1");
        api.post(FUNCTIONS + "/f/versions", "{\"Description\":\"two\",\"CodeSha256\":\"x\",\"RevisionId\":\"r\"}");
        assertThat(api.registry.asked.getLast())
                .isEqualTo(new RegistryCommand.PublishVersion(
                        io.kappa.contracts.function.FunctionArn.parse(ARN + "f"), "x", "two", "r"));
    }

    @Test
    void listVersionsShowsLatestFirst() {
        api.create("f", "\"Publish\":true,");
        api.post(FUNCTIONS + "/f/versions", "{}");
        assertThat(arns(json(api.get(FUNCTIONS + "/f/versions")).path("Versions")))
                .containsExactly(ARN + "f:$LATEST", ARN + "f:1", ARN + "f:2");
        var page = json(api.get(FUNCTIONS + "/f/versions?MaxItems=2"));
        assertThat(arns(json(api.get(FUNCTIONS + "/f/versions?Marker="
                                + page.path("NextMarker").asText()))
                        .path("Versions")))
                .containsExactly(ARN + "f:2");
    }

    @Test
    void deleteFunctionAnswersNothing() {
        api.create("f", "");
        var response = api.delete(FUNCTIONS + "/f");
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
        assertThat(api.get(FUNCTIONS + "/f").statusCode()).isEqualTo(404);
    }

    @Test
    void deleteFunctionDeletesOneVersionOnDemand() {
        api.create("f", "\"Publish\":true,");
        assertThat(api.delete(FUNCTIONS + "/f?Qualifier=1").statusCode()).isEqualTo(204);
        assertThat(api.get(FUNCTIONS + "/f?Qualifier=1").statusCode()).isEqualTo(404);
        assertThat(api.get(FUNCTIONS + "/f").statusCode()).isEqualTo(200);
    }

    @Test
    void deleteFunctionRefusesWhatCannotBeDeleted() {
        api.create("f", "");
        assertThat(api.delete(FUNCTIONS + "/f?Qualifier=$LATEST").body())
                .contains("$LATEST version cannot be deleted without deleting the function.");
        assertThat(api.delete(FUNCTIONS + "/f?Qualifier=prod").body())
                .contains("Deletion of aliases is not currently supported.");
        assertThat(api.delete(FUNCTIONS + "/nope?Qualifier=3").body())
                .isEqualTo("{\"Type\":\"User\",\"Message\":\"Function not found: " + ARN + "nope\"}");
    }

    @Test
    void passesOnWhatTheRegistryRefuses() {
        api.create("f", "");
        assertError(
                api.delete(FUNCTIONS + "/f?Qualifier=999"),
                409,
                "ResourceConflictException",
                "{\"Type\":\"User\",\"message\":\"held by an alias\"}");
    }

    @Test
    void accountSettingsCountFunctionsAndCode() throws IOException {
        api.create("f", "\"Publish\":true,");
        assertAnswer(api.get("/2016-08-19/account-settings"), 200, """
                {"AccountLimit":{"TotalCodeSize":80530636800,"CodeSizeUnzipped":262144000,"CodeSizeZipped":52428800,
                 "ConcurrentExecutions":1000,"UnreservedConcurrentExecutions":1000},
                 "AccountUsage":{"TotalCodeSize":%d,"FunctionCount":1}}""".formatted(2 * ZIP.length));
    }

    @Test
    void runtimesThatNoWorkerOffersAreRefused() {
        var request = RunningApi.createRequest("f", "").replace("python3.13", RuntimeIdentifier.RUBY3_4.wireName());
        assertError(
                api.post(FUNCTIONS, request),
                400,
                "InvalidParameterValueException",
                "{\"Type\":\"User\",\"message\":\"The runtime parameter of ruby3.4 cannot be used: "
                        + "no worker node has Ruby installed.\"}");
    }
}
