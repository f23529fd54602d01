package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertAnswer;
import static io.kappa.router.api.Answers.assertInvalid;
import static io.kappa.router.api.Answers.assertNotFound;
import static io.kappa.router.api.RunningApi.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RuntimeConfigsApiTest extends FunctionApi {
    private static final String RECURSION = "/2024-08-31/functions/f/recursion-config";
    private static final String MANAGEMENT = "/2021-07-20/functions/f/runtime-management-config";

    @Test
    void loopsAreTerminatedUntilTheyAreAllowed() {
        assertAnswer(api.get(RECURSION), 200, "{\"RecursiveLoop\":\"Terminate\"}");

        assertAnswer(api.put(RECURSION, "{\"RecursiveLoop\":\"Allow\"}"), 200, "{\"RecursiveLoop\":\"Allow\"}");

        assertAnswer(api.get(RECURSION), 200, "{\"RecursiveLoop\":\"Allow\"}");
        api.put(RECURSION, "{\"RecursiveLoop\":\"Terminate\"}");
        assertAnswer(api.get(RECURSION), 200, "{\"RecursiveLoop\":\"Terminate\"}");
    }

    @Test
    void loopsOfAFunctionThatDoesNotExistAreNoMatter() {
        var none = RECURSION.replace("/f/", "/g/");
        assertNotFound(api.get(none), "Function not found: " + ARN + "g");
        assertNotFound(api.put(none, "{\"RecursiveLoop\":\"Allow\"}"), "Function not found: " + ARN + "g");
        assertThat(api.get(RECURSION.replace("/f/", "/f:1/")).body())
                .contains("This operation is permitted on Lambda functions only.");
        assertThat(api.put(RECURSION, "{\"RecursiveLoop\":\"allow\"}").body())
                .contains("Member must satisfy enum value set: [Allow, Terminate]");
    }

    @Test
    void eachVersionSaysWhenItsRuntimeIsUpdated() {
        assertAnswer(
                api.put(MANAGEMENT + "?Qualifier=1", "{\"UpdateRuntimeOn\":\"FunctionUpdate\"}"),
                200,
                "{\"UpdateRuntimeOn\":\"FunctionUpdate\",\"FunctionArn\":\"" + ARN + "f:1\"}");

        assertAnswer(
                api.get(MANAGEMENT + "?Qualifier=1"),
                200,
                "{\"UpdateRuntimeOn\":\"FunctionUpdate\",\"FunctionArn\":\"" + ARN + "f:1\"}");
        assertAnswer(
                api.get(MANAGEMENT), 200, "{\"UpdateRuntimeOn\":\"Auto\",\"FunctionArn\":\"" + ARN + "f:$LATEST\"}");
    }

    @Test
    void aVersionStaysWithTheBuildThatItHas() {
        var build = api.get(RunningApi.FUNCTIONS + "/f/configuration")
                .body()
                .replaceAll(".*\"RuntimeVersionArn\":\"([^\"]*)\".*", "$1");
        var manual = "{\"UpdateRuntimeOn\":\"Manual\",\"RuntimeVersionArn\":\"" + build + "\"";

        assertAnswer(api.put(MANAGEMENT, manual + "}"), 200, manual + ",\"FunctionArn\":\"" + ARN + "f:$LATEST\"}");

        assertAnswer(api.get(MANAGEMENT), 200, manual + ",\"FunctionArn\":\"" + ARN + "f:$LATEST\"}");
        api.put(MANAGEMENT, "{\"UpdateRuntimeOn\":\"Auto\"}");
        assertThat(api.get(MANAGEMENT).body()).doesNotContain("RuntimeVersionArn");
    }

    @Test
    void aBuildThatCannotBeIsRefused() {
        var other = "arn:aws:lambda:us-east-1::runtime:" + "0".repeat(64);
        assertInvalid(
                api.put(MANAGEMENT, "{\"UpdateRuntimeOn\":\"Manual\",\"RuntimeVersionArn\":\"" + other + "\"}"),
                "The runtime version " + other + " is not one of python3.13 here.");
        assertInvalid(
                api.put(MANAGEMENT, "{\"UpdateRuntimeOn\":\"Manual\"}"),
                "RuntimeVersionArn is required where UpdateRuntimeOn is Manual.");
        assertInvalid(
                api.put(MANAGEMENT, "{\"UpdateRuntimeOn\":\"Auto\",\"RuntimeVersionArn\":\"" + other + "\"}"),
                "RuntimeVersionArn can only be given where UpdateRuntimeOn is Manual.");
    }

    @Test
    void aliasesAndWhatDoesNotExistHaveNoRuntime() {
        api.post(RunningApi.FUNCTIONS + "/f/aliases", "{\"Name\":\"live\",\"FunctionVersion\":\"1\"}");
        assertNotFound(api.get(MANAGEMENT + "?Qualifier=live"), "Function not found: " + ARN + "f:live");
        assertNotFound(api.get(MANAGEMENT + "?Qualifier=7"), "Function not found: " + ARN + "f:7");
        assertNotFound(
                api.put(MANAGEMENT.replace("/f/", "/g/"), "{\"UpdateRuntimeOn\":\"Auto\"}"),
                "Function not found: " + ARN + "g");
    }
}
