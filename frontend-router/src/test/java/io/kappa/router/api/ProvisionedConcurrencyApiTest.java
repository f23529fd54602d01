package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertAnswer;
import static io.kappa.router.api.Answers.assertError;
import static io.kappa.router.api.Answers.assertInvalid;
import static io.kappa.router.api.Answers.assertNotFound;
import static io.kappa.router.api.RunningApi.ARN;
import static io.kappa.router.api.RunningApi.FUNCTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.router.provisioning.ProvisionedReadiness.Ready;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProvisionedConcurrencyApiTest {
    private static final String PATH = "/2019-09-30/functions/f/provisioned-concurrency";
    private static final String TIME = "\"LastModified\":\"2026-11-20T12:00:00+0000\"}";

    private final RunningApi api = new RunningApi();

    @BeforeEach
    void publishAVersionAndPointAnAliasAtIt() {
        api.create("f", "\"Publish\":true,");
        api.post(FUNCTIONS + "/f/aliases", "{\"Name\":\"live\",\"FunctionVersion\":\"1\"}");
    }

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> provision(String qualifier, String executions) {
        return api.put(PATH + "?Qualifier=" + qualifier, "{\"ProvisionedConcurrentExecutions\":" + executions + "}");
    }

    private void ready(int environments, @Nullable String problem) {
        api.provisioned.put(VersionArn.parse(ARN + "f:1"), new Ready(environments, problem));
    }

    private static String members(int requested, int available, int allocated, String status) {
        return "\"RequestedProvisionedConcurrentExecutions\":" + requested
                + ",\"AvailableProvisionedConcurrentExecutions\":" + available
                + ",\"AllocatedProvisionedConcurrentExecutions\":" + allocated + ",\"Status\":\"" + status + "\",";
    }

    @Test
    void whatIsAskedForIsBegunAndReadyOnceWorkersSaySo() {
        assertAnswer(provision("1", "3"), 202, "{" + members(3, 0, 0, "IN_PROGRESS") + TIME);
        ready(2, null);
        assertAnswer(api.get(PATH + "?Qualifier=1"), 200, "{" + members(3, 0, 2, "IN_PROGRESS") + TIME);
        ready(3, null);
        assertAnswer(api.get(PATH + "?Qualifier=1"), 200, "{" + members(3, 3, 3, "READY") + TIME);
    }

    @Test
    void whatWorkersCannotDoIsShownWithTheReason() {
        provision("live", "3");
        ready(0, "FUNCTION_ERROR_INIT_FAILURE");

        assertAnswer(
                api.get(PATH + "?Qualifier=live"),
                200,
                "{" + members(3, 0, 0, "FAILED") + "\"StatusReason\":\"FUNCTION_ERROR_INIT_FAILURE\"," + TIME);
    }

    @Test
    void allOfAFunctionAreListedInPages() {
        provision("1", "3");
        provision("live", "2");

        assertAnswer(
                api.get(PATH + "?List=ALL"),
                200,
                "{\"ProvisionedConcurrencyConfigs\":[{\"FunctionArn\":\"" + ARN + "f:1\","
                        + members(3, 0, 0, "IN_PROGRESS") + TIME + ",{\"FunctionArn\":\"" + ARN + "f:live\","
                        + members(2, 0, 0, "IN_PROGRESS") + TIME + "]}");
        var first = api.get(PATH + "?List=ALL&MaxItems=1").body();
        assertThat(first).contains("f:1\"").doesNotContain("f:live\"");
        var marker = first.replaceFirst(".*\"NextMarker\":\"([^\"]+)\".*", "$1");
        assertThat(api.get(PATH + "?List=ALL&MaxItems=1&Marker=" + marker).body())
                .contains("f:live\"")
                .doesNotContain("NextMarker");
    }

    @Test
    void whatIsDeletedIsGone() {
        provision("1", "3");

        assertAnswer(api.delete(PATH + "?Qualifier=1"), 204, "");

        assertError(
                api.get(PATH + "?Qualifier=1"),
                404,
                "ProvisionedConcurrencyConfigNotFoundException",
                "{\"Type\":\"User\",\"message\":\"No Provisioned Concurrency Config found for this function\"}");
    }

    @Test
    void theAccountHasThatMuchLessForOthers() {
        provision("1", "30");

        assertThat(api.get("/2016-08-19/account-settings").body()).contains("\"UnreservedConcurrentExecutions\":970");
    }

    @Test
    void unpublishedCodeHasNone() {
        var refused = "The function resource provided must be an alias or a published version.";

        assertInvalid(
                provision("$LATEST", "1"),
                "Provisioned Concurrency Configs cannot be applied to unpublished function versions.");
        assertInvalid(api.get(PATH + "?Qualifier=$LATEST"), refused);
        assertInvalid(api.delete(PATH + "?Qualifier=$LATEST"), refused);
    }

    @Test
    void aQualifierIsRequiredAndANumberAboveZero() {
        assertError(
                provision("1", "0"),
                400,
                "ValidationException",
                "{\"message\":\"1 validation error detected: Value '0' at 'provisionedConcurrentExecutions' failed to "
                        + "satisfy constraint: Member must have value greater than or equal to 1\"}");
        assertThat(api.get(PATH).body())
                .contains("Value null at 'qualifier' failed to satisfy constraint: Member must not be null");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertNotFound(provision("9", "1"), "Function not found: " + ARN + "f:9");
        assertNotFound(provision("beta", "1"), "Cannot find alias arn: " + ARN + "f:beta");
        assertNotFound(api.get(PATH + "?Qualifier=beta"), "Cannot find alias arn: " + ARN + "f:beta");
        assertNotFound(api.delete(PATH + "?Qualifier=9"), "Function not found: " + ARN + "f:9");
        assertNotFound(api.get(PATH.replace("/f/", "/nope/") + "?List=ALL"), "Function not found: " + ARN + "nope");
    }

    @Test
    void whatDoesNotFitIsRefusedWithoutAType() {
        api.registry.refuseReservations();

        assertError(provision("1", "901"), 400, "InvalidParameterValueException", "{\"message\":\"too little\"}");
    }
}
