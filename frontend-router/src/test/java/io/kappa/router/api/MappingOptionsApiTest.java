package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertInvalid;
import static io.kappa.router.api.RunningApi.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which options each kind of source has, and within which bounds. */
class MappingOptionsApiTest extends MappingApi {

    @ParameterizedTest
    @CsvSource({
        "ParallelizationFactor, 2, parallelizationFactor",
        "MaximumRetryAttempts, 1, maximumRetryAttempts",
        "MaximumRecordAgeInSeconds, 60, maximumRecordAgeInSeconds",
        "BisectBatchOnFunctionError, true, bisectBatchOnFunctionError",
        "TumblingWindowInSeconds, 1, tumblingWindowInSeconds"
    })
    void queuesDoNotHaveThoseOfStreams(String parameter, String value, String shown) {
        assertUnsupported(createOf(QUEUE, "\"" + parameter + "\":" + value), shown);
    }

    @Test
    void streamsAndKafkaDoNotHaveThoseOfEachOtherAndOfQueues() {
        assertUnsupported(createOf(STREAM, fromStart("\"ScalingConfig\":{\"MaximumConcurrency\":2}")), "scalingConfig");
        assertUnsupported(
                createOf(STREAM, fromStart("\"ProvisionedPollerConfig\":{\"MinimumPollers\":2}")),
                "provisionedPollerConfig");
        assertUnsupported(
                createOf(STREAM, fromStart("\"SourceAccessConfigurations\":[{\"Type\":\"BASIC_AUTH\",\"URI\":\"u\"}]")),
                "sourceAccessConfigurations");
        assertUnsupported(create(KAFKA + ",\"TumblingWindowInSeconds\":1"), "tumblingWindowInSeconds");
        assertUnsupported(
                create(KAFKA + ",\"AmazonManagedKafkaEventSourceConfig\":{\"ConsumerGroupId\":\"g\"}"),
                "amazonManagedKafkaEventSourceConfig");
        assertUnsupported(
                createOf(STREAM, fromStart("\"MetricsConfig\":{\"Metrics\":[\"KafkaMetrics\"]}")), "metricsConfig");
    }

    @Test
    void formsThatMeanNonePass() {
        assertThat(createOf(
                                QUEUE,
                                "\"ParallelizationFactor\":1,\"MaximumRetryAttempts\":-1,\"MaximumRecordAgeInSeconds\":-1,"
                                        + "\"BisectBatchOnFunctionError\":false,\"TumblingWindowInSeconds\":0,"
                                        + "\"DestinationConfig\":{\"OnFailure\":{}},\"SourceAccessConfigurations\":[],"
                                        + "\"FilterCriteria\":{\"Filters\":[]},\"ProvisionedPollerConfig\":{},"
                                        + "\"KMSKeyArn\":\"\",\"LoggingConfig\":{},\"DocumentDBEventSourceConfig\":{}")
                        .statusCode())
                .isEqualTo(202);
        assertThat(asked().options())
                .isEqualTo(new Options(
                        10, null, null, null, 1, List.of(), -1, -1, false, 0, false, null, null, null, null, null));
    }

    @Test
    void whatIsNotBuiltIsRefusedByName() {
        var refused = Map.of(
                "KMSKeyArn", "\"KMSKeyArn\":\"arn:aws:kms:us-east-1:000000000000:key/k\"",
                "LoggingConfig", "\"LoggingConfig\":{\"SystemLogLevel\":\"DEBUG\"}",
                "PollerGroupName", "\"ProvisionedPollerConfig\":{\"MinimumPollers\":1,\"PollerGroupName\":\"g\"}",
                "SchemaRegistryConfig",
                        "\"SelfManagedKafkaEventSourceConfig\":{\"SchemaRegistryConfig\":{\"EventRecordFormat\":\"JSON\"}}");
        refused.forEach((option, members) -> assertInvalid(
                create(KAFKA + "," + members), "The option " + option + " is not supported by Kappa yet."));
    }

    @Test
    void aBucketNeedsAnS3ToBeIn() {
        assertInvalid(
                create(KAFKA + ",\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"arn:aws:s3:::bucket\"}}"),
                "The destination ARN arn:aws:s3:::bucket is invalid: no S3 endpoint is configured, set objects.endpoint");
    }

    @Test
    void theServiceModelBoundsTheNumbers() {
        assertThat(createOf(
                                QUEUE,
                                "\"BatchSize\":10001,\"MaximumBatchingWindowInSeconds\":301,\"ParallelizationFactor\":0,"
                                        + "\"MaximumRecordAgeInSeconds\":604801,\"MaximumRetryAttempts\":10001,"
                                        + "\"TumblingWindowInSeconds\":901,\"ScalingConfig\":{\"MaximumConcurrency\":1}")
                        .body())
                .startsWith(
                        "{\"message\":\"7 validation errors detected: Value '10001' at 'batchSize' failed to satisfy "
                                + "constraint: Member must have value less than or equal to 10000; ")
                .contains("Value '1' at 'scalingConfig.maximumConcurrency' failed to satisfy constraint: "
                        + "Member must have value greater than or equal to 2");
    }

    @Test
    void optionsMustFitEachOther() {
        assertInvalid(
                createOf(QUEUE, "\"BatchSize\":11"),
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10");
        assertInvalid(
                createOf(STREAM, fromStart("\"TumblingWindowInSeconds\":30,\"ParallelizationFactor\":2")),
                "TumblingWindowInSeconds cannot be combined with a ParallelizationFactor greater than 1");
        assertInvalid(
                create(KAFKA + ",\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"kafka://orders\"}}"),
                "The destination topic cannot be a topic of the event source");
        assertInvalid(
                createOf(QUEUE, "\"ProvisionedPollerConfig\":{\"MinimumPollers\":1}"),
                "MinimumPollers must be at least 2 for this event source");
    }

    @Test
    void failuresOfQueuesAndSuccessesGoNowhere() {
        var unsupported = "Unsupported DestinationConfig parameter for given event source mapping type.";
        assertInvalid(
                createOf(QUEUE, "\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"kafka://t\"}}"), unsupported);
        assertInvalid(
                createOf(STREAM, fromStart("\"DestinationConfig\":{\"OnSuccess\":{\"Destination\":\"kafka://t\"}}")),
                unsupported);
    }

    @Test
    void failuresGoToQueuesAndTopicsAlone() {
        assertInvalid(
                createOf(STREAM, fromStart("\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"" + ARN + "g\"}}")),
                "The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination="
                        + ARN + "g)) is invalid.");
        assertInvalid(
                createOf(
                        STREAM,
                        fromStart("\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"" + QUEUE + ".fifo\"}}")),
                "The destination ARN " + QUEUE + ".fifo is invalid.");
    }

    @Test
    void tagsAreCheckedAsThoseOfFunctionsAre() {
        assertInvalid(
                createOf(QUEUE, "\"Tags\":{\"aws:x\":\"y\"}"),
                "aws: prefixed tag key names are not allowed for external use.");
    }
}
