package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertAnswer;
import static io.kappa.router.api.Answers.assertInvalid;
import static io.kappa.router.api.Answers.assertNotFound;
import static io.kappa.router.api.RunningApi.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.router.registry.EventInvokeChange;
import io.kappa.router.registry.RegistryCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventInvokeConfigApiTest extends FunctionApi {
    private static final String FUNCTIONS = "/2019-09-25/functions/";
    private static final String CONFIG = FUNCTIONS + "f/event-invoke-config";
    private static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:failed";

    private static String onFailure(String destination) {
        return "{\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"" + destination + "\"}}}";
    }

    @Test
    void whatIsPutIsAnsweredAndReadAgain() {
        var expected = "{\"LastModified\":1795176000.123,\"FunctionArn\":\"" + ARN
                + "f:$LATEST\",\"MaximumRetryAttempts\":1,\"MaximumEventAgeInSeconds\":60,\"DestinationConfig\":{"
                + "\"OnSuccess\":{\"Destination\":\"kafka://done\"},\"OnFailure\":{\"Destination\":\"" + QUEUE
                + "\"}}}";
        var put = api.put(CONFIG, """
                {"MaximumRetryAttempts":1,"MaximumEventAgeInSeconds":60,
                 "DestinationConfig":{"OnSuccess":{"Destination":"kafka://done"},"OnFailure":{"Destination":"%s"}}}""".formatted(QUEUE));
        assertAnswer(put, 200, expected);
        assertAnswer(api.get(CONFIG), 200, expected);
        assertAnswer(api.get(CONFIG + "?Qualifier=$LATEST"), 200, expected);
    }

    @Test
    void whatIsNotSetIsNotShown() {
        assertAnswer(
                api.put(CONFIG, "{\"MaximumRetryAttempts\":0}"),
                200,
                "{\"LastModified\":1795176000.123,\"FunctionArn\":\"" + ARN
                        + "f:$LATEST\",\"MaximumRetryAttempts\":0,\"DestinationConfig\":{\"OnSuccess\":{},\"OnFailure\":{}}}");
    }

    @Test
    void anUpdateSaysWhatToClearAndWhatToLeave() {
        api.post(CONFIG, "{\"MaximumEventAgeInSeconds\":70,\"DestinationConfig\":{\"OnFailure\":{}}}");
        assertThat(api.registry.asked.getLast())
                .isEqualTo(new RegistryCommand.UpdateFunctionEventInvokeConfig(
                        FunctionArn.parse(ARN + "f"), "$LATEST", new EventInvokeChange(null, 70, null, "")));
    }

    @ParameterizedTest
    @CsvSource({"f/event-invoke-config?Qualifier=1", "f:1/event-invoke-config"})
    void eachQualifierHasItsOwn(String path) {
        var put = api.put(FUNCTIONS + path, "{\"MaximumRetryAttempts\":0}");
        assertThat(put.body()).contains("\"FunctionArn\":\"" + ARN + "f:1\"");
        assertThat(api.get(CONFIG).statusCode()).isEqualTo(404);
        assertThat(api.get(FUNCTIONS + path).statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsDeletedIsGone() {
        api.put(CONFIG, "{\"MaximumRetryAttempts\":0}");
        assertAnswer(api.delete(CONFIG), 204, "");
        assertNotFound(api.get(CONFIG), "The function " + ARN + "f:$LATEST doesn't have an EventInvokeConfig");
    }

    @Test
    void listsThemInPages() {
        api.put(CONFIG, "{\"MaximumRetryAttempts\":0}");
        api.put(CONFIG + "?Qualifier=1", "{\"MaximumRetryAttempts\":1}");
        var first = api.get(CONFIG + "/list?MaxItems=1").body();
        assertThat(first).contains("f:$LATEST").doesNotContain("f:1\"").contains("\"NextMarker\":\"");
        var marker = first.replaceFirst(".*\"NextMarker\":\"([^\"]*)\".*", "$1");
        assertAnswer(
                api.get(CONFIG + "/list?MaxItems=1&Marker=" + marker),
                200,
                "{\"FunctionEventInvokeConfigs\":[{\"LastModified\":1795176000.123,\"FunctionArn\":\"" + ARN
                        + "f:1\",\"MaximumRetryAttempts\":1,\"DestinationConfig\":{\"OnSuccess\":{},\"OnFailure\":{}}}]}");
        api.create("g", "");
        assertAnswer(api.get(FUNCTIONS + "g/event-invoke-config/list"), 200, "{\"FunctionEventInvokeConfigs\":[]}");
        assertThat(api.get(CONFIG + "/list?MaxItems=51").body())
                .contains("Value '51' at 'maxItems' failed to satisfy constraint: Member must have value less than or "
                        + "equal to 50");
        assertInvalid(api.get(CONFIG + "/list?Marker=***"), "Invalid marker: ***");
    }

    @Test
    void somethingMustBeSet() {
        var message = "You must specify at least one of error handling or destination setting.";
        assertInvalid(api.put(CONFIG, "{}"), message);
        assertInvalid(api.post(CONFIG, "{}"), message);
    }

    @Test
    void whatDoesNotExistIsNotFound() {
        var nope = FUNCTIONS + "nope/event-invoke-config";
        assertNotFound(api.put(nope, "{\"MaximumRetryAttempts\":0}"), "The function doesn't exist.");
        assertNotFound(api.post(nope, "{\"MaximumRetryAttempts\":0}"), "The function doesn't exist.");
        assertNotFound(api.get(nope + "/list"), "The function doesn't exist.");
        assertNotFound(api.get(nope), "The function " + ARN + "nope:$LATEST doesn't have an EventInvokeConfig");
        var long65 = "a".repeat(65);
        assertNotFound(
                api.delete(FUNCTIONS + long65 + "/event-invoke-config"),
                "The function " + ARN + long65 + ":$LATEST doesn't have an EventInvokeConfig");
    }

    @Test
    void theServiceModelBoundsTheNumbersAndTheDestinations() {
        assertAnswer(
                api.put(CONFIG, "{\"MaximumRetryAttempts\":3,\"MaximumEventAgeInSeconds\":59}"),
                400,
                "{\"message\":\"2 validation errors detected: Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: "
                        + "Member must have value less than or equal to 2; Value '59' at 'maximumEventAgeInSeconds' failed to "
                        + "satisfy constraint: Member must have value greater than or equal to 60\"}");
        assertThat(api.put(CONFIG, "{\"MaximumEventAgeInSeconds\":21601}").statusCode())
                .isEqualTo(400);
        assertThat(api.put(CONFIG, onFailure("nonsense")).body())
                .contains("Value 'nonsense' at 'destinationConfig.onFailure.destination' failed to satisfy constraint: "
                        + "Member must satisfy regular expression pattern: $|kafka://");
        assertThat(api.put(CONFIG, onFailure("kafka://" + "t".repeat(350))).body())
                .contains("Member must have length less than or equal to 350");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                QUEUE,
                "arn:aws:sns:us-east-1:000000000000:topic",
                "arn:aws:events:us-east-1:000000000000:event-bus/bus",
                "kafka://topic",
                ARN + "g",
                ARN + "g:$LATEST"
            })
    void takesQueuesTopicsBusesAndOtherFunctions(String destination) {
        api.create("g", "");
        assertThat(api.put(CONFIG, onFailure(destination)).body()).contains(destination);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:sqs:us-east-1:000000000000:failed.fifo",
                "arn:aws:sns:us-east-1:000000000000:failed.fifo",
                "arn:aws:events:us-east-1:000000000000:rule/r",
                "kafka:///topic",
                ARN + "nope",
                ARN + "g:1",
                ARN + "g:prod",
                "arn:aws:lambda:eu-west-1:000000000000:function:g"
            })
    void refusesDestinationsThatCannotBe(String destination) {
        api.create("g", "");
        assertInvalid(api.put(CONFIG, onFailure(destination)), "The destination ARN " + destination + " is invalid.");
    }

    @Test
    void refusesDestinationsOfOtherServices() {
        assertInvalid(
                api.put(CONFIG, onFailure("arn:aws:dynamodb:us-east-1:000000000000:table/t")),
                "The provided destination config DestinationConfig(onSuccess=null, "
                        + "onFailure=OnFailure(destination=arn:aws:dynamodb:us-east-1:000000000000:table/t)) is invalid.");
        assertInvalid(
                api.put(
                        CONFIG,
                        "{\"DestinationConfig\":{\"OnSuccess\":{\"Destination\":\"arn:aws:s3:::bucket\"},"
                                + "\"OnFailure\":{\"Destination\":\"kafka://t\"}}}"),
                "The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=arn:aws:s3:::bucket), "
                        + "onFailure=OnFailure(destination=kafka://t)) is invalid.");
    }

    @Test
    void aBucketNeedsAnS3ToBeIn() {
        assertInvalid(
                api.put(CONFIG, onFailure("arn:aws:s3:::bucket")),
                "The destination ARN arn:aws:s3:::bucket is invalid: no S3 endpoint is configured, set objects.endpoint");
    }

    @ParameterizedTest
    @ValueSource(strings = {ARN + "f", ARN + "f:1"})
    void refusesTheFunctionItself(String destination) {
        assertInvalid(
                api.put(CONFIG, onFailure(destination)), "You can't specify the function as a destination for itself.");
    }
}
