package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertAnswer;
import static io.kappa.router.api.Answers.assertInvalid;
import static io.kappa.router.api.RunningApi.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.router.registry.MappingChange;
import io.kappa.router.registry.RegistryCommand.CreateEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.DeleteEventSourceMapping;
import io.kappa.router.registry.RegistryCommand.UpdateEventSourceMapping;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What may be changed of a mapping, and its end. */
class MappingChangesApiTest extends MappingApi {
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
        assertGone(api.get(path));
    }

    private CreateEventSourceMapping asked(int ago) {
        return (CreateEventSourceMapping) api.registry.asked.get(api.registry.asked.size() - 1 - ago);
    }
}
