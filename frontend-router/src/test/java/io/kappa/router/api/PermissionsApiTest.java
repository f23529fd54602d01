package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertAnswer;
import static io.kappa.router.api.Answers.assertError;
import static io.kappa.router.api.Answers.assertInvalid;
import static io.kappa.router.api.Answers.assertNotFound;
import static io.kappa.router.api.RunningApi.ARN;
import static io.kappa.router.api.RunningApi.FUNCTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionsApiTest extends FunctionApi {
    private static final String POLICY = FUNCTIONS + "/f/policy";
    private static final String S3 = permission("s1", "s3.amazonaws.com", "");

    private static String permission(String sid, String principal, String more) {
        return "{\"StatementId\":\"" + sid + "\",\"Action\":\"lambda:InvokeFunction\",\"Principal\":\"" + principal
                + "\"" + more + "}";
    }

    private static String quoted(String json) {
        return json.replace("\"", "\\\"");
    }

    private static String statement(String sid, String principal, String qualifier, String conditions) {
        return "{\"Sid\":\"" + sid + "\",\"Effect\":\"Allow\",\"Principal\":" + principal
                + ",\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"" + ARN + "f" + qualifier + "\"" + conditions
                + "}";
    }

    private static String answered(String statement) {
        return "{\"Statement\":\"" + quoted(statement) + "\"}";
    }

    @Test
    void aServiceIsAllowedAsLambdaWritesIt() {
        var added = api.post(
                POLICY,
                permission(
                        "s1",
                        "s3.amazonaws.com",
                        ",\"SourceArn\":\"arn:aws:s3:::b\",\"SourceAccount\":\"111111111111\""));

        var statement = statement(
                "s1",
                "{\"Service\":\"s3.amazonaws.com\"}",
                "",
                ",\"Condition\":{\"StringEquals\":{\"AWS:SourceAccount\":\"111111111111\"},"
                        + "\"ArnLike\":{\"AWS:SourceArn\":\"arn:aws:s3:::b\"}}");
        assertAnswer(added, 201, answered(statement));
        var policy = api.get(POLICY);
        assertThat(policy.statusCode()).isEqualTo(200);
        assertThat(policy.body())
                .startsWith("{\"Policy\":\""
                        + quoted("{\"Version\":\"2012-10-17\",\"Id\":\"default\",\"Statement\":[" + statement + "]}")
                        + "\",\"RevisionId\":\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "111111111111 | {\"AWS\":\"arn:aws:iam::111111111111:root\"}",
                "arn:aws:iam::111111111111:role/r | {\"AWS\":\"arn:aws:iam::111111111111:role/r\"}",
                "arn:aws:iam::111111111111:user/u | {\"AWS\":\"arn:aws:iam::111111111111:user/u\"}",
                "alexa-appkit.amazon.com | {\"Service\":\"alexa-appkit.amazon.com\"}",
                "logs.us-east-1.amazonaws.com | {\"Service\":\"logs.us-east-1.amazonaws.com\"}",
                "* | \"*\"",
            })
    void everyKindOfPrincipalIsWrittenAsLambdaWritesIt(String principal, String written) {
        assertAnswer(
                api.post(POLICY, permission("s1", principal, "")), 201, answered(statement("s1", written, "", "")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"EventSourceToken\":\"amzn1.ask\" | {\"StringEquals\":{\"lambda:EventSourceToken\":\"amzn1.ask\"}}",
                "\"PrincipalOrgID\":\"o-aaaaaaaaaa\" | {\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-aaaaaaaaaa\"}}",
                "\"FunctionUrlAuthType\":\"NONE\" | {\"StringEquals\":{\"lambda:FunctionUrlAuthType\":\"NONE\"}}",
                "\"InvokedViaFunctionUrl\":true | {\"Bool\":{\"lambda:InvokedViaFunctionUrl\":\"true\"}}",
            })
    void everyConditionIsWrittenAsLambdaWritesIt(String member, String condition) {
        assertAnswer(
                api.post(POLICY, permission("s1", "*", "," + member)),
                201,
                answered(statement("s1", "\"*\"", "", ",\"Condition\":" + condition)));
    }

    @Test
    void theResourceCarriesTheQualifierHoweverItIsGiven() {
        api.post(FUNCTIONS + "/f/aliases", "{\"Name\":\"live\",\"FunctionVersion\":\"1\"}");

        assertAnswer(
                api.post(POLICY + "?Qualifier=1", permission("s1", "*", "")),
                201,
                answered(statement("s1", "\"*\"", ":1", "")));
        assertAnswer(
                api.post(FUNCTIONS + "/f:live/policy", permission("s1", "*", "")),
                201,
                answered(statement("s1", "\"*\"", ":live", "")));
        assertThat(api.get(POLICY).statusCode()).isEqualTo(404);
        assertThat(api.get(POLICY + "?Qualifier=live").body()).contains("f:live");
    }

    @Test
    void theRevisionIsThatOfWhatThePolicyIsAttachedTo() {
        api.post(FUNCTIONS + "/f/aliases", "{\"Name\":\"live\",\"FunctionVersion\":\"1\"}");
        for (var qualifier : new String[] {"", "1", "live"}) {
            var query = qualifier.isEmpty() ? "" : "?Qualifier=" + qualifier;
            api.post(POLICY + query, S3);

            var shown = qualifier.equals("live")
                    ? api.get(FUNCTIONS + "/f/aliases/live")
                    : api.get(FUNCTIONS + "/f/configuration" + query);
            var revision = shown.body().replaceAll(".*\"RevisionId\":\"([^\"]*)\".*", "$1");
            assertThat(api.get(POLICY + query).body()).endsWith("\"RevisionId\":\"" + revision + "\"}");
        }
    }

    @Test
    void whatIsRemovedIsGone() {
        api.post(POLICY, S3);

        assertAnswer(api.delete(POLICY + "/s1"), 204, "");

        assertNotFound(api.get(POLICY), "The resource you requested does not exist.");
        assertNotFound(api.delete(POLICY + "/s1"), "No policy is associated with the given resource.");
    }

    @Test
    void aStaleRevisionIsRefusedInTheBodyAndInTheQuery() {
        api.post(POLICY, S3);

        for (var refused : List.of(
                api.post(POLICY, permission("s2", "*", ",\"RevisionId\":\"stale\"")),
                api.delete(POLICY + "/s1?RevisionId=stale"))) {
            assertThat(refused.statusCode()).isEqualTo(412);
            assertThat(refused.body()).contains("Call the GetPolicy API to retrieve the latest Revision Id");
        }
    }

    @Test
    void latestHasNoPolicyOfItsOwn() {
        var message = "We currently do not support adding policies for $LATEST.";
        assertInvalid(api.post(POLICY + "?Qualifier=$LATEST", S3), message);
        assertInvalid(api.post(FUNCTIONS + "/f:$LATEST/policy", S3), message);
        assertNotFound(api.get(POLICY + "?Qualifier=$LATEST"), "The resource you requested does not exist.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"invalid.nonaws.com", "11111111111", "arn:aws:s3:::b", "arn:aws:iam::1:role/r", "somebody"})
    void aPrincipalThatCannotBeIsRefused(String principal) {
        assertInvalid(
                api.post(POLICY, permission("s1", principal, "")),
                "The provided principal was invalid. Please check the principal and try again.");
    }

    @Test
    void aFunctionThatDoesNotExistHasNoPolicy() {
        assertNotFound(api.post(FUNCTIONS + "/g/policy", S3), "Function not found: " + ARN + "g");
        assertNotFound(api.get(FUNCTIONS + "/g/policy"), "Function not found: " + ARN + "g");
        assertNotFound(api.delete(FUNCTIONS + "/g/policy/s1"), "No policy found for: " + ARN + "g");
        assertNotFound(api.post(FUNCTIONS + "/f:gone/policy", S3), "Cannot find alias arn: " + ARN + "f:gone");
        assertNotFound(api.post(FUNCTIONS + "/f:7/policy", S3), "Function not found: " + ARN + "f:7");
    }

    @Test
    void theServiceModelIsCheckedFirst() {
        assertError(
                api.post(POLICY, "{\"StatementId\":\"s 1\",\"Action\":\"s3:Get\",\"Principal\":\"a b\"}"),
                400,
                "ValidationException",
                "{\"message\":\"3 validation errors detected: Value 's 1' at 'statementId' failed to satisfy constraint: "
                        + "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+); "
                        + "Value 's3:Get' at 'action' failed to satisfy constraint: "
                        + "Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*]); "
                        + "Value 'a b' at 'principal' failed to satisfy constraint: "
                        + "Member must satisfy regular expression pattern: [^\\\\s]+\"}");
    }
}
