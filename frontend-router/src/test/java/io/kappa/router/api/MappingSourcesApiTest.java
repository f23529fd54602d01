package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertInvalid;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What can be read, by which function, and from where on. */
class MappingSourcesApiTest extends MappingApi {

    @Test
    void whatIsNoSourceIsNotRecognized() {
        for (var arn : List.of(
                "arn:aws:mq:us-east-1:000000000000:broker:b:1",
                "arn:aws:rds:us-east-1:000000000000:cluster:c",
                "arn:aws:sns:us-east-1:000000000000:t")) {
            assertInvalid(createOf(arn, ""), "Unrecognized event source.");
        }
        assertInvalid(create("\"BatchSize\":1"), "Unrecognized event source.");
    }

    @Test
    void aFunctionOrVersionMustExist() {
        for (var function : List.of("nope", "f:7", "f:prod", "f:$LATEST.PUBLISHED")) {
            assertInvalid(
                    api.post(MAPPINGS, "{\"FunctionName\":\"" + function + "\",\"EventSourceArn\":\"" + QUEUE + "\"}"),
                    "Function does not exist");
        }
        assertThat(api.post(MAPPINGS, "{\"EventSourceArn\":\"" + QUEUE + "\"}").body())
                .contains("Value null at 'functionName' failed to satisfy constraint: Member must not be null");
    }

    @Test
    void aTopicOfThePlatformsClusterMustExist() {
        api.missingTopics.addAll(List.of("q", "s", "t", "orders"));
        assertInvalid(
                createOf(QUEUE, ""),
                "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
                        + "SQS Error Message: The specified queue does not exist.");
        assertInvalid(createOf(STREAM, fromStart("")), "Stream not found: " + STREAM);
        assertInvalid(createOf(TABLE, fromStart("")), "Stream not found: " + TABLE);
        assertThat(create(KAFKA).statusCode()).isEqualTo(202); // The mapper reads another cluster.
    }

    @Test
    void aSelfManagedClusterSaysHowItIsReachedAndWhatIsRead() {
        assertInvalid(
                create(SERVERS + "\"Topics\":[\"orders\"],\"StartingPosition\":\"LATEST\""),
                "Required 'sourceAccessConfigurations' parameter is missing.");
        assertInvalid(
                create(SERVERS + "\"SourceAccessConfigurations\":[],\"StartingPosition\":\"LATEST\""),
                "Required 'topics' parameter is missing.");
        assertInvalid(createOf(CLUSTER, "\"StartingPosition\":\"LATEST\""), "Required 'topics' parameter is missing.");
        assertInvalid(
                create("\"SelfManagedEventSource\":{},\"SourceAccessConfigurations\":[],\"Topics\":[\"orders\"]"),
                "Unrecognized event source.");
        assertInvalid(createOf(QUEUE, KAFKA), "EventSourceArn and SelfManagedEventSource cannot be combined");
        assertThat(create(KAFKA.replace("kafka:1000", "nowhere")).body())
                .contains("Value '[nowhere]' at 'selfManagedEventSource.endpoints.kAFKA_BOOTSTRAP_SERVERS' failed to "
                        + "satisfy constraint: Member must satisfy constraint: [Member must have length less than or "
                        + "equal to 300, Member must have length greater than or equal to 1, Member must satisfy "
                        + "regular expression pattern: ");
        assertThat(create(KAFKA.replace(
                                "\"SourceAccessConfigurations\":[]",
                                "\"SourceAccessConfigurations\":[{\"Type\":\"PASSWORD\",\"URI\":\"u\"}]"))
                        .body())
                .contains(
                        "Value 'PASSWORD' at 'sourceAccessConfigurations.1.member.type' failed to satisfy constraint: "
                                + "Member must satisfy enum value set: [BASIC_AUTH, ");
    }

    @Test
    void onlyKafkaHasTopicsAndNothingHasQueues() {
        assertUnsupported(createOf(QUEUE, "\"Topics\":[\"orders\"]"), "topics");
        assertUnsupported(createOf(QUEUE, "\"Queues\":[\"orders\"]"), "queues");
    }

    @Test
    void foreignFunctionsAreRefusedAsElsewhere() {
        assertThat(api.post(
                                MAPPINGS,
                                "{\"FunctionName\":\"arn:aws:lambda:eu-west-1:000000000000:function:f\","
                                        + "\"EventSourceArn\":\"" + QUEUE + "\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(api.post(
                                MAPPINGS,
                                "{\"FunctionName\":\"arn:aws:lambda:us-east-1:111111111111:function:f\","
                                        + "\"EventSourceArn\":\"" + QUEUE + "\"}")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void streamsMustSayWhereAndQueuesMustNot() {
        var missing = "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
                + "Member must not be null.";
        assertInvalid(createOf(STREAM, ""), missing);
        assertInvalid(createOf(CLUSTER, "\"Topics\":[\"orders\"]"), missing);
        assertInvalid(createOf(QUEUE, fromStart("")), "StartingPosition is not valid for SQS event sources.");
        assertThat(createOf(STREAM, "\"StartingPosition\":\"FIRST\"").body())
                .isEqualTo(
                        "{\"message\":\"1 validation error detected: Value 'FIRST' at 'startingPosition' failed to "
                                + "satisfy constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]\"}");
    }

    @Test
    void aPointInTimeMustBeGivenAndPast() {
        assertInvalid(
                createOf(STREAM, "\"StartingPosition\":\"AT_TIMESTAMP\""),
                "1 validation error detected: Value null at 'startingPositionTimestamp' failed to satisfy constraint: "
                        + "Member must not be null.");
        assertInvalid(
                createOf(STREAM, "\"StartingPosition\":\"AT_TIMESTAMP\",\"StartingPositionTimestamp\":1795176001"),
                "StartingPositionTimestamp cannot be in the future");
        assertInvalid(
                createOf(STREAM, fromStart("\"StartingPositionTimestamp\":1700000000")),
                "StartingPositionTimestamp is valid only with the StartingPosition AT_TIMESTAMP");
        assertInvalid(
                createOf(TABLE, "\"StartingPosition\":\"AT_TIMESTAMP\",\"StartingPositionTimestamp\":1700000000"),
                "Unsupported starting position for arn type: " + TABLE);
    }
}
