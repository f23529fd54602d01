package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertAnswer;
import static io.kappa.router.api.Answers.assertError;
import static io.kappa.router.api.Answers.assertNotFound;
import static io.kappa.router.api.RunningApi.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CodeSigningApiTest {
    private static final String CONFIGS = "/2020-04-22/code-signing-configs";
    private static final String ATTACHED = "/2020-06-30/functions/f/code-signing-config";
    private static final String PROFILE = "arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/v";
    private static final String NONE =
            "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-aaaaaaaaaaaaaaaaa";

    private final RunningApi api = new RunningApi();

    @BeforeEach
    void createTheFunction() {
        api.create("f", "");
    }

    @AfterEach
    void close() {
        api.close();
    }

    private static String publishers(String... profiles) {
        return "\"AllowedPublishers\":{\"SigningProfileVersionArns\":[\"" + String.join("\",\"", profiles) + "\"]}";
    }

    private String create(String more) {
        var created = api.post(CONFIGS, "{" + publishers(PROFILE) + more + "}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return created.body().replaceAll(".*\"CodeSigningConfigArn\":\"([^\"]*)\".*", "$1");
    }

    private static String shown(String arn, String description, String untrusted) {
        return "{\"CodeSigningConfigId\":\"" + arn.substring(arn.lastIndexOf(':') + 1)
                + "\",\"CodeSigningConfigArn\":\"" + arn + "\"," + description + publishers(PROFILE)
                + ",\"CodeSigningPolicies\":{\"UntrustedArtifactOnDeployment\":\"" + untrusted
                + "\"},\"LastModified\":\"2026-11-20T12:00:00.123+0000\"}";
    }

    @Test
    void aConfigurationIsCreatedShownUpdatedAndDeleted() {
        var arn = create("");
        assertThat(arn).matches("arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-[a-z0-9]{17}");
        assertAnswer(api.get(CONFIGS + "/" + arn), 200, "{\"CodeSigningConfig\":" + shown(arn, "", "Warn") + "}");

        var updated = "{\"CodeSigningConfig\":" + shown(arn, "\"Description\":\"d\",", "Enforce") + "}";
        assertAnswer(
                api.put(
                        CONFIGS + "/" + arn,
                        "{\"Description\":\"d\",\"CodeSigningPolicies\":{\"UntrustedArtifactOnDeployment\":\"Enforce\"}}"),
                200,
                updated);
        assertAnswer(api.get(CONFIGS + "/" + arn), 200, updated);

        assertAnswer(api.delete(CONFIGS + "/" + arn), 204, "");
        assertNotFound(
                api.get(CONFIGS + "/" + arn), "The Lambda code signing configuration " + arn + " can not be found.");
    }

    @Test
    void configurationsAreListedPageByPage() {
        var arns = List.of(create(""), create("")).stream().sorted().toList();

        assertThat(api.get(CONFIGS).body())
                .isEqualTo("{\"CodeSigningConfigs\":[" + shown(arns.getFirst(), "", "Warn") + ","
                        + shown(arns.getLast(), "", "Warn") + "]}");
        var first = api.get(CONFIGS + "?MaxItems=1").body();
        assertThat(first).contains(arns.getFirst()).doesNotContain(arns.getLast());
        var marker = first.replaceAll(".*\"NextMarker\":\"([^\"]*)\".*", "$1");
        assertThat(api.get(CONFIGS + "?MaxItems=1&Marker=" + marker).body())
                .contains(arns.getLast())
                .doesNotContain("NextMarker");
    }

    @Test
    void aFunctionIsHeldToAConfigurationUntilItIsTakenAway() {
        var arn = create("");
        assertAnswer(api.get(ATTACHED), 200, "{}");

        var attached = "{\"CodeSigningConfigArn\":\"" + arn + "\",\"FunctionName\":\"f\"}";
        assertAnswer(api.put(ATTACHED, "{\"CodeSigningConfigArn\":\"" + arn + "\"}"), 200, attached);

        assertAnswer(api.get(ATTACHED), 200, attached);
        assertAnswer(api.get(CONFIGS + "/" + arn + "/functions"), 200, "{\"FunctionArns\":[\"" + ARN + "f\"]}");
        assertThat(api.delete(CONFIGS + "/" + arn).statusCode()).isEqualTo(409);
        assertAnswer(api.delete(ATTACHED), 204, "");
        assertAnswer(api.get(ATTACHED), 200, "{}");
        assertAnswer(api.delete(ATTACHED), 204, "");
    }

    @Test
    void aFunctionIsCreatedUnderAConfiguration() {
        var arn = create("");

        api.create("g", "\"CodeSigningConfigArn\":\"" + arn + "\",");

        assertAnswer(
                api.get(ATTACHED.replace("/f/", "/g/")),
                200,
                "{\"CodeSigningConfigArn\":\"" + arn + "\",\"FunctionName\":\"g\"}");
    }

    @Test
    void aConfigurationThatDoesNotExistIsNotFound() {
        var message = "{\"Type\":\"User\",\"Message\":\"The code signing configuration cannot be found. "
                + "Check that the provided configuration is not deleted: " + NONE + ".\"}";
        assertError(
                api.put(ATTACHED, "{\"CodeSigningConfigArn\":\"" + NONE + "\"}"),
                404,
                "CodeSigningConfigNotFoundException",
                message);
        var notFound = "The Lambda code signing configuration " + NONE + " can not be found.";
        assertNotFound(api.get(CONFIGS + "/" + NONE), notFound);
        assertNotFound(api.put(CONFIGS + "/" + NONE, "{}"), notFound);
        assertNotFound(api.delete(CONFIGS + "/" + NONE), notFound);
        assertNotFound(api.get(CONFIGS + "/" + NONE + "/functions"), notFound);
    }

    @Test
    void theServiceModelIsCheckedFirst() {
        assertThat(api.post(CONFIGS, "{}").body())
                .contains("Value null at 'allowedPublishers' failed to satisfy constraint: Member must not be null");
        assertThat(api.get(CONFIGS + "/nonsense").body())
                .contains("Value 'nonsense' at 'codeSigningConfigArn' failed to satisfy constraint");
        assertNotFound(api.get(ATTACHED.replace("/f/", "/g/")), "Function not found: " + ARN + "g");
    }
}
