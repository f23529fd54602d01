package io.kappa.router.api;

import static io.kappa.router.api.RunningApi.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.EventSource.ManagedKafka;
import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import io.kappa.router.registry.MappingChange;
import io.kappa.router.registry.RegistryCommand.CreateEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.DeleteEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.UpdateEventSourceMapping;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventSourceMappingApiTest {
    private static final String MAPPINGS = "/2015-03-31/event-source-mappings";
    private static final String MAPPING_ARN = "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:";
    private static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
    private static final String STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/s";
    private static final String TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026";
    private static final String CLUSTER = "arn:aws:kafka:us-east-1:000000000000:cluster/c/1";
    private static final String SERVERS =
            "\"SelfManagedEventSource\":{\"Endpoints\":{\"KAFKA_BOOTSTRAP_SERVERS\":[\"kafka:1000\"]}},";
    private static final String KAFKA = SERVERS + "\"Topics\":[\"orders\"],\"SourceAccessConfigurations\":[],"
            + "\"StartingPosition\":\"TRIM_HORIZON\"";

    private final RunningApi api = new RunningApi();

    @BeforeEach
    void createTheFunction() {
        api.create("f", "\"Publish\":true,");
    }

    @AfterEach
    void close() {
        api.close();
    }

    private HttpResponse<String> create(String members) {
        return api.post(MAPPINGS, "{\"FunctionName\":\"f\"," + members + "}");
    }

    private HttpResponse<String> createOf(String arn, String members) {
        return create("\"EventSourceArn\":\"" + arn + "\"" + (members.isEmpty() ? "" : "," + members));
    }

    private static String fromStart(String more) {
        return "\"StartingPosition\":\"TRIM_HORIZON\"" + (more.isEmpty() ? "" : "," + more);
    }

    private static String uuid(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return response.body().replaceFirst(".*\"UUID\":\"([^\"]*)\".*", "$1");
    }

    /** The body with the UUID written as {@code UUID}. */
    private static String shown(HttpResponse<String> response) {
        return response.body().replace(uuid(response), "UUID");
    }

    private CreateEventSourceMapping asked() {
        return (CreateEventSourceMapping) api.registry.asked.getLast();
    }

    private static void assertAnswer(HttpResponse<String> response, int status, String body) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(body);
    }

    private static void assertInvalid(HttpResponse<String> response, String message) {
        assertAnswer(response, 400, "{\"Type\":\"User\",\"message\":\"" + message + "\"}");
        assertThat(response.headers().firstValue("x-amzn-ErrorType")).hasValue("InvalidParameterValueException");
    }

    private static void assertUnsupported(HttpResponse<String> response, String parameter) {
        assertInvalid(response, "Unsupported '" + parameter + "' parameter for given event source mapping type.");
    }

    private static void assertNotFound(HttpResponse<String> response) {
        assertAnswer(response, 404, "{\"Type\":\"User\",\"Message\":\"The resource you requested does not exist.\"}");
        assertThat(response.headers().firstValue("x-amzn-ErrorType")).hasValue("ResourceNotFoundException");
    }

    @Nested
    class Showing {
        private static final String HEAD = "{\"UUID\":\"UUID\",\"EventSourceMappingArn\":\"" + MAPPING_ARN + "UUID\",";

        private String head(String arn, String function, String reason) {
            return HEAD + (arn.isEmpty() ? "" : "\"EventSourceArn\":\"" + arn + "\",") + "\"FunctionArn\":\"" + ARN
                    + function + "\",\"State\":\"Creating\",\"StateTransitionReason\":\"" + reason
                    + "\",\"LastModified\":1795176000.123,";
        }

        @Test
        void aQueue() {
            assertThat(shown(createOf(QUEUE, "")))
                    .isEqualTo(head(QUEUE, "f", "USER_INITIATED")
                            + "\"BatchSize\":10,\"MaximumBatchingWindowInSeconds\":0,\"FunctionResponseTypes\":[]}");
        }

        @Test
        void aQueueWithAllOptions() {
            var response = createOf(QUEUE, """
                    "BatchSize":100,"MaximumBatchingWindowInSeconds":5,"FunctionResponseTypes":["ReportBatchItemFailures"],
                    "ScalingConfig":{"MaximumConcurrency":7},"MetricsConfig":{"Metrics":["EventCount"]},
                    "FilterCriteria":{"Filters":[{"Pattern":"{\\"body\\":[\\"a\\"]}"}]},"Tags":{"team":"blue"}""");
            assertThat(shown(response))
                    .isEqualTo(
                            head(QUEUE, "f", "USER_INITIATED")
                                    + "\"BatchSize\":100,\"FilterCriteria\":{\"Filters\":[{\"Pattern\":\"{\\\"body\\\":[\\\"a\\\"]}\"}]},"
                                    + "\"MaximumBatchingWindowInSeconds\":5,\"FunctionResponseTypes\":[\"ReportBatchItemFailures\"],"
                                    + "\"ScalingConfig\":{\"MaximumConcurrency\":7},\"MetricsConfig\":{\"Metrics\":[\"EventCount\"]}}");
            assertThat(asked().tags()).containsExactly(Map.entry("team", "blue"));
        }

        @Test
        void aStream() {
            assertThat(shown(createOf(STREAM, fromStart(""))))
                    .isEqualTo(head(STREAM, "f", "User action")
                            + "\"BatchSize\":100,\"MaximumBatchingWindowInSeconds\":0,\"StartingPosition\":\"TRIM_HORIZON\","
                            + "\"LastProcessingResult\":\"No records processed\",\"ParallelizationFactor\":1,"
                            + "\"MaximumRetryAttempts\":-1,\"MaximumRecordAgeInSeconds\":-1,"
                            + "\"BisectBatchOnFunctionError\":false,\"TumblingWindowInSeconds\":0,"
                            + "\"DestinationConfig\":{\"OnFailure\":{}},\"FunctionResponseTypes\":[]}");
        }

        @Test
        void aStreamWithAllOptions() {
            var response = createOf(STREAM, """
                    "StartingPosition":"AT_TIMESTAMP","StartingPositionTimestamp":1700000000.5,"BatchSize":7,
                    "MaximumBatchingWindowInSeconds":300,"ParallelizationFactor":10,"MaximumRetryAttempts":10000,
                    "MaximumRecordAgeInSeconds":604800,"BisectBatchOnFunctionError":true,
                    "DestinationConfig":{"OnFailure":{"Destination":"arn:aws:sns:us-east-1:000000000000:failed"}}""");
            assertThat(shown(response))
                    .isEqualTo(head(STREAM, "f", "User action")
                            + "\"BatchSize\":7,\"MaximumBatchingWindowInSeconds\":300,\"StartingPosition\":\"AT_TIMESTAMP\","
                            + "\"StartingPositionTimestamp\":1700000000.500,"
                            + "\"LastProcessingResult\":\"No records processed\",\"ParallelizationFactor\":10,"
                            + "\"MaximumRetryAttempts\":10000,\"MaximumRecordAgeInSeconds\":604800,"
                            + "\"BisectBatchOnFunctionError\":true,\"TumblingWindowInSeconds\":0,\"DestinationConfig\":"
                            + "{\"OnFailure\":{\"Destination\":\"arn:aws:sns:us-east-1:000000000000:failed\"}},"
                            + "\"FunctionResponseTypes\":[]}");
        }

        @Test
        void aSelfManagedCluster() {
            assertThat(shown(create(KAFKA)))
                    .isEqualTo(head("", "f", "User action")
                            + "\"BatchSize\":100,\"SelfManagedEventSource\":{\"Endpoints\":{\"KAFKA_BOOTSTRAP_SERVERS\":"
                            + "[\"kafka:1000\"]}},\"StartingPosition\":\"TRIM_HORIZON\","
                            + "\"LastProcessingResult\":\"No records processed\",\"Topics\":[\"orders\"],"
                            + "\"SourceAccessConfigurations\":[],"
                            + "\"SelfManagedKafkaEventSourceConfig\":{\"ConsumerGroupId\":\"UUID\"}}");
        }

        @Test
        void aManagedClusterWithAllOptions() {
            var response = createOf(CLUSTER, fromStart("""
                    "Topics":["orders","bills"],"AmazonManagedKafkaEventSourceConfig":{"ConsumerGroupId":"readers"},
                    "SourceAccessConfigurations":[{"Type":"SASL_SCRAM_512_AUTH","URI":"arn:aws:secretsmanager:x"}],
                    "MaximumBatchingWindowInSeconds":0,"ParallelizationFactor":2,"MaximumRetryAttempts":3,
                    "MaximumRecordAgeInSeconds":60,"BisectBatchOnFunctionError":true,
                    "FunctionResponseTypes":["ReportBatchItemFailures"],
                    "DestinationConfig":{"OnFailure":{"Destination":"kafka://failed"}},
                    "ProvisionedPollerConfig":{"MaximumPollers":5},"MetricsConfig":{"Metrics":["KafkaMetrics"]}"""));
            assertThat(shown(response))
                    .isEqualTo(head(CLUSTER, "f", "User action")
                            + "\"BatchSize\":100,\"MaximumBatchingWindowInSeconds\":0,\"StartingPosition\":\"TRIM_HORIZON\","
                            + "\"LastProcessingResult\":\"No records processed\",\"Topics\":[\"orders\",\"bills\"],"
                            + "\"SourceAccessConfigurations\":[{\"Type\":\"SASL_SCRAM_512_AUTH\",\"URI\":\"arn:aws:secretsmanager:x\"}],"
                            + "\"ParallelizationFactor\":2,\"MaximumRetryAttempts\":3,\"MaximumRecordAgeInSeconds\":60,"
                            + "\"BisectBatchOnFunctionError\":true,"
                            + "\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"kafka://failed\"}},"
                            + "\"FunctionResponseTypes\":[\"ReportBatchItemFailures\"],"
                            + "\"AmazonManagedKafkaEventSourceConfig\":{\"ConsumerGroupId\":\"readers\"},"
                            + "\"ProvisionedPollerConfig\":{\"MinimumPollers\":1,\"MaximumPollers\":5},"
                            + "\"MetricsConfig\":{\"Metrics\":[\"KafkaMetrics\"]}}");
            assertThat(asked().source()).isEqualTo(new ManagedKafka(CLUSTER, "c", List.of("orders", "bills")));
            assertThat(asked().access())
                    .containsExactly(new SourceAccess("SASL_SCRAM_512_AUTH", "arn:aws:secretsmanager:x"));
        }

        @Test
        void theFunctionAsItWasNamedAndTheStateThatItBeginsWith() {
            var response = api.post(
                    MAPPINGS,
                    "{\"FunctionName\":\"" + ARN + "f:1\",\"EventSourceArn\":\"" + QUEUE + "\",\"Enabled\":false}");
            assertThat(response.body())
                    .contains("\"FunctionArn\":\"" + ARN + "f:1\"")
                    .contains("\"State\":\"Disabled\"");
        }
    }

    @Nested
    class Naming {

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
                        api.post(
                                MAPPINGS,
                                "{\"FunctionName\":\"" + function + "\",\"EventSourceArn\":\"" + QUEUE + "\"}"),
                        "Function does not exist");
            }
            assertThat(api.post(MAPPINGS, "{\"EventSourceArn\":\"" + QUEUE + "\"}")
                            .body())
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
            assertInvalid(
                    createOf(CLUSTER, "\"StartingPosition\":\"LATEST\""), "Required 'topics' parameter is missing.");
            assertInvalid(
                    create("\"SelfManagedEventSource\":{},\"SourceAccessConfigurations\":[],\"Topics\":[\"orders\"]"),
                    "Unrecognized event source.");
            assertInvalid(createOf(QUEUE, KAFKA), "EventSourceArn and SelfManagedEventSource cannot be combined");
            assertThat(create(KAFKA.replace("kafka:1000", "nowhere")).body())
                    .contains(
                            "Value '[nowhere]' at 'selfManagedEventSource.endpoints.kAFKA_BOOTSTRAP_SERVERS' failed to "
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
    }

    @Nested
    class Starting {

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

    @Nested
    class Setting {

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
            assertUnsupported(
                    createOf(STREAM, fromStart("\"ScalingConfig\":{\"MaximumConcurrency\":2}")), "scalingConfig");
            assertUnsupported(
                    createOf(STREAM, fromStart("\"ProvisionedPollerConfig\":{\"MinimumPollers\":2}")),
                    "provisionedPollerConfig");
            assertUnsupported(
                    createOf(
                            STREAM,
                            fromStart("\"SourceAccessConfigurations\":[{\"Type\":\"BASIC_AUTH\",\"URI\":\"u\"}]")),
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
                            "\"SelfManagedKafkaEventSourceConfig\":{\"SchemaRegistryConfig\":{\"EventRecordFormat\":\"JSON\"}}",
                    "DestinationConfig with an S3 bucket",
                            "\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"arn:aws:s3:::bucket\"}}");
            refused.forEach((option, members) -> assertInvalid(
                    create(KAFKA + "," + members), "The option " + option + " is not supported by Kappa yet."));
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
                    createOf(QUEUE, "\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"kafka://t\"}}"),
                    unsupported);
            assertInvalid(
                    createOf(
                            STREAM, fromStart("\"DestinationConfig\":{\"OnSuccess\":{\"Destination\":\"kafka://t\"}}")),
                    unsupported);
        }

        @Test
        void failuresGoToQueuesAndTopicsAlone() {
            assertInvalid(
                    createOf(
                            STREAM,
                            fromStart("\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"" + ARN + "g\"}}")),
                    "The provided destination config DestinationConfig(onSuccess=null, onFailure=OnFailure(destination="
                            + ARN + "g)) is invalid.");
            assertInvalid(
                    createOf(
                            STREAM,
                            fromStart(
                                    "\"DestinationConfig\":{\"OnFailure\":{\"Destination\":\"" + QUEUE + ".fifo\"}}")),
                    "The destination ARN " + QUEUE + ".fifo is invalid.");
        }

        @Test
        void tagsAreCheckedAsThoseOfFunctionsAre() {
            assertInvalid(
                    createOf(QUEUE, "\"Tags\":{\"aws:x\":\"y\"}"),
                    "aws: prefixed tag key names are not allowed for external use.");
        }
    }

    @Nested
    class Filtering {

        private HttpResponse<String> filtered(String arn, String pattern) {
            var escaped = pattern.replace("\\", "\\\\").replace("\"", "\\\"");
            var filters = "\"FilterCriteria\":{\"Filters\":[{\"Pattern\":\"" + escaped + "\"}]}";
            return createOf(arn, arn.equals(QUEUE) ? filters : fromStart(filters));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "null",
                    "simple string",
                    "",
                    "[]",
                    "{\"eventSource\":\"aws:sqs\"}",
                    "{\"eventSource\":[]}",
                    "{\"body\":{\"n\":[{\"numeric\":[\"above\",1]}]}}",
                    "{\"body\":[\"a\"]"
                })
        void whatIsNoPatternIsRefused(String pattern) {
            assertInvalid(filtered(QUEUE, pattern), "Invalid filter pattern definition.");
        }

        @Test
        void deepOrTwistedPatternsAreRefusedRatherThanFailing() {
            assertInvalid(
                    filtered(QUEUE, "{\"a\":".repeat(600) + "1" + "}".repeat(600)),
                    "Invalid filter pattern definition.");
            assertInvalid(filtered(QUEUE, "{\"$or\":[{\"a\":[1]}]}"), "Invalid filter pattern definition.");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"body\":[\"text\"]}",
                    "{\"body\":{\"a\":[1,null,true,\"x\",\"\"],\"b\":{\"c\":[{\"exists\":false}]}}}",
                    "{\"body\":{\"n\":[{\"numeric\":[\">\",1,\"<=\",2]}]},\"messageId\":[{\"prefix\":\"a\"}]}",
                    "{\"body\":{\"f\":[{\"suffix\":\".png\"},{\"anything-but\":[\"x\"]},{\"equals-ignore-case\":\"Y\"}]}}",
                    "{\"body\":{\"$or\":[{\"a\":[1]},{\"b\":[{\"wildcard\":\"x*y\"}]}]}}"
                })
        void everyOperatorIsTaken(String pattern) {
            assertThat(filtered(QUEUE, pattern).statusCode()).isEqualTo(202);
            assertThat(asked().options().filters()).containsExactly(pattern);
        }

        @Test
        void dataOfStreamsIsJson() {
            assertInvalid(filtered(STREAM, "{\"data\":[\"text\"]}"), "Invalid filter pattern definition.");
            assertInvalid(filtered(TABLE, "{\"dynamodb\":[\"text\"]}"), "Invalid filter pattern definition.");
            assertInvalid(
                    filtered(STREAM, "{\"$or\":[{\"data\":[\"text\"]},{\"data\":{\"a\":[1]}}]}"),
                    "Invalid filter pattern definition.");
            assertThat(filtered(STREAM, "{\"data\":{\"a\":[1]},\"partitionKey\":[\"1\"]}")
                            .statusCode())
                    .isEqualTo(202);
            assertThat(filtered(TABLE, "{\"eventName\":[\"INSERT\"]}").statusCode())
                    .isEqualTo(202);
        }

        @Test
        void thereAreFiveAtMost() {
            var filter = "{\"Pattern\":\"{\\\"body\\\":[\\\"a\\\"]}\"}";
            var six = String.join(",", List.of(filter, filter, filter, filter, filter, filter));
            assertThat(createOf(QUEUE, "\"FilterCriteria\":{\"Filters\":[" + six.substring(filter.length() + 1) + "]}")
                            .statusCode())
                    .isEqualTo(202);
            assertInvalid(
                    createOf(QUEUE, "\"FilterCriteria\":{\"Filters\":[" + six + "]}"),
                    "An event source mapping can have at most 5 filters, and 6 were given.");
            assertThat(filtered(QUEUE, "x".repeat(4097)).body())
                    .contains("at 'filterCriteria.filters.1.member.pattern' failed to satisfy constraint: "
                            + "Member must have length less than or equal to 4096");
            assertInvalid(
                    createOf(QUEUE, "\"FilterCriteria\":{\"Filters\":[{}]}"), "Invalid filter pattern definition.");
        }
    }

    @Nested
    class Reading {

        @Test
        void aMappingIsFoundByItsUuid() {
            var made = createOf(QUEUE, "");
            assertAnswer(api.get(MAPPINGS + "/" + uuid(made)), 200, made.body());
            assertAnswer(api.get(MAPPINGS + "/" + uuid(made).toUpperCase(Locale.ROOT)), 200, made.body());
        }

        @Test
        void whatDoesNotExistIsNotFound() {
            for (var uuid : List.of("14e0db71-5d35-4eb5-b481-8945cf9d10c2", "nonsense")) {
                assertNotFound(api.get(MAPPINGS + "/" + uuid));
                assertNotFound(api.delete(MAPPINGS + "/" + uuid));
                assertNotFound(api.put(MAPPINGS + "/" + uuid, "{}"));
            }
        }

        @Test
        void aListIsNarrowedBySourceAndFunction() {
            api.create("g", "");
            var queue = uuid(createOf(QUEUE, ""));
            var stream = uuid(createOf(STREAM, fromStart("")));
            var other = uuid(api.post(MAPPINGS, "{\"FunctionName\":\"g\",\"EventSourceArn\":\"" + QUEUE + "\"}"));
            var version = uuid(api.post(MAPPINGS, "{\"FunctionName\":\"f:1\",\"EventSourceArn\":\"" + QUEUE + "\"}"));

            assertThat(listed("")).containsExactlyInAnyOrder(queue, stream, other, version);
            assertThat(listed("?EventSourceArn=" + encoded(QUEUE))).containsExactlyInAnyOrder(queue, other, version);
            for (var name : List.of("f", "000000000000:function:f", ARN + "f")) {
                assertThat(listed("?FunctionName=" + encoded(name))).containsExactlyInAnyOrder(queue, stream, version);
            }
            assertThat(listed("?FunctionName=f:1")).containsExactly(version);
            assertThat(listed("?FunctionName=" + encoded("f:$LATEST"))).containsExactlyInAnyOrder(queue, stream);
            assertThat(listed("?FunctionName=g&EventSourceArn=" + encoded(QUEUE)))
                    .containsExactly(other);
            assertThat(listed("?FunctionName=nope")).isEmpty();
        }

        @Test
        void aListComesInPages() {
            var first = uuid(createOf(QUEUE, ""));
            var second = uuid(createOf(STREAM, fromStart("")));
            var page = api.get(MAPPINGS + "?MaxItems=1").body();
            assertThat(page).contains("\"NextMarker\":\"");
            var rest = api.get(MAPPINGS + "?MaxItems=1&Marker="
                            + page.replaceFirst(".*\"NextMarker\":\"([^\"]*)\".*", "$1"))
                    .body();
            assertThat(rest).doesNotContain("NextMarker");
            assertThat(List.of(uuids(page).getFirst(), uuids(rest).getFirst()))
                    .containsExactlyInAnyOrder(first, second)
                    .isSorted();
            assertInvalid(api.get(MAPPINGS + "?Marker=***"), "Invalid marker: ***");
        }

        @Test
        void aPageHoldsAHundred() {
            for (int i = 0; i < 101; i++) {
                createOf(QUEUE, "");
            }
            assertThat(listed("")).hasSize(100);
            assertThat(listed("?MaxItems=10000")).hasSize(100);
        }

        private List<String> listed(String query) {
            var response = api.get(MAPPINGS + query);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).contains("\"EventSourceMappings\":[");
            return uuids(response.body());
        }

        private static List<String> uuids(String body) {
            return java.util.regex.Pattern.compile("\"UUID\":\"([^\"]*)\"")
                    .matcher(body)
                    .results()
                    .map(match -> match.group(1))
                    .toList();
        }

        private static String encoded(String text) {
            return URLEncoder.encode(text, StandardCharsets.UTF_8);
        }
    }

    @Nested
    class Changing {

        private MappingChange changed(String uuid, String body) {
            var response = api.put(MAPPINGS + "/" + uuid, body);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
            var command = (UpdateEventSourceMapping) api.registry.asked.getLast();
            assertThat(command.mapping()).hasToString(MAPPING_ARN + uuid);
            return command.change();
        }

        @Test
        void whatIsNotNamedIsLeftAsItIs() {
            var uuid = uuid(createOf(STREAM, fromStart("")));
            assertThat(changed(uuid, "{\"Enabled\":false}"))
                    .isEqualTo(new MappingChange(
                            null, false, null, null, null, null, null, null, null, null, null, null, null, null, null,
                            null));
        }

        @Test
        void everythingThatMayChangeIsAsked() {
            var uuid = uuid(createOf(STREAM, fromStart("")));
            assertThat(changed(uuid, """
                    {"FunctionName":"f:1","Enabled":true,"BatchSize":5,"MaximumBatchingWindowInSeconds":1,
                     "ParallelizationFactor":2,"FilterCriteria":{"Filters":[]},"MaximumRetryAttempts":3,
                     "MaximumRecordAgeInSeconds":60,"BisectBatchOnFunctionError":true,"TumblingWindowInSeconds":0,
                     "FunctionResponseTypes":[],"DestinationConfig":{"OnFailure":{"Destination":""}},
                     "MetricsConfig":{"Metrics":[]}}"""))
                    .isEqualTo(new MappingChange(
                            InvocationTarget.parse(ARN + "f:1"),
                            true,
                            null,
                            5,
                            1,
                            2,
                            List.of(),
                            3,
                            60,
                            true,
                            0,
                            false,
                            "",
                            null,
                            null,
                            List.of()));
        }

        @Test
        void emptyStructuresEndConcurrencyLimitsAndProvisionedMode() {
            var change = changed(uuid(createOf(QUEUE, "")), "{\"ScalingConfig\":{},\"ProvisionedPollerConfig\":{}}");
            assertThat(change.maximumConcurrency()).isZero();
            assertThat(change.pollers()).isEqualTo(new MappingChange.Pollers(null, null));
        }

        @Test
        void theSourceDecidesWhatCanBeSet() {
            var uuid = uuid(createOf(QUEUE, ""));
            assertUnsupported(api.put(MAPPINGS + "/" + uuid, "{\"ParallelizationFactor\":2}"), "parallelizationFactor");
            assertInvalid(api.put(MAPPINGS + "/" + uuid, "{\"FunctionName\":\"nope\"}"), "Function does not exist");
            assertInvalid(
                    api.put(MAPPINGS + "/" + uuid, "{\"FilterCriteria\":{\"Filters\":[{\"Pattern\":\"x\"}]}}"),
                    "Invalid filter pattern definition.");
        }

        @Test
        void aConsumerGroupIsForEver() {
            var uuid = uuid(create(KAFKA));
            var path = MAPPINGS + "/" + uuid;
            assertThat(api.put(path, "{\"SelfManagedKafkaEventSourceConfig\":{\"ConsumerGroupId\":\"" + uuid + "\"}}")
                            .statusCode())
                    .isEqualTo(202);
            assertInvalid(
                    api.put(path, "{\"SelfManagedKafkaEventSourceConfig\":{\"ConsumerGroupId\":\"other\"}}"),
                    "The ConsumerGroupId of an event source mapping cannot be changed");
        }

        @Test
        void accessToTheClusterMayChange() {
            assertThat(changed(
                                    uuid(create(KAFKA)),
                                    "{\"SourceAccessConfigurations\":[{\"Type\":\"BASIC_AUTH\",\"URI\":\"u\"}]}")
                            .access())
                    .containsExactly(new SourceAccess("BASIC_AUTH", "u"));
        }

        @Test
        void aDeletedMappingIsAnsweredOnceMore() {
            var made = createOf(QUEUE, "");
            var path = MAPPINGS + "/" + uuid(made);
            assertAnswer(api.delete(path), 202, made.body());
            assertThat(api.registry.asked.getLast()).isEqualTo(new DeleteEventSourceMapping(asked(1).mapping()));
            assertNotFound(api.get(path));
        }

        private CreateEventSourceMapping asked(int ago) {
            return (CreateEventSourceMapping) api.registry.asked.get(api.registry.asked.size() - 1 - ago);
        }
    }
}
