package io.kappa.router.api;

import static io.kappa.router.api.RunningApi.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.EventSource.ManagedKafka;
import io.kappa.contracts.eventsource.SourceAccess;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an answer shows of a mapping, for each kind of source. */
class MappingAnswersApiTest extends MappingApi {
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
