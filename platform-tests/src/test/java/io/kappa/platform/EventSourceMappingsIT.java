package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.CreateEventSourceMappingRequest;
import software.amazon.awssdk.services.lambda.model.EndPointType;
import software.amazon.awssdk.services.lambda.model.EventSourceMappingConfiguration;
import software.amazon.awssdk.services.lambda.model.EventSourcePosition;
import software.amazon.awssdk.services.lambda.model.Filter;
import software.amazon.awssdk.services.lambda.model.FunctionResponseType;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceInUseException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;

/** Event source mappings are made, read, changed and deleted through the AWS SDK as on Lambda. They are disabled here: nothing is read. */
class EventSourceMappingsIT {
    private static final String ARN = "arn:aws:lambda:us-east-1:000000000000:";

    private final LambdaClient lambda = RunningPlatform.shared().lambda();
    private final Functions functions = new Functions(lambda);

    private String create() {
        return functions.python("def handler(event, context):\n    return 1\n");
    }

    private static void fromKafka(CreateEventSourceMappingRequest.Builder request, String function) {
        request.functionName(function)
                .enabled(false)
                .selfManagedEventSource(source ->
                        source.endpoints(Map.of(EndPointType.KAFKA_BOOTSTRAP_SERVERS, List.of("kafka.example:9092"))))
                .topics(function + "-orders")
                .sourceAccessConfigurations(List.of())
                .startingPosition(EventSourcePosition.TRIM_HORIZON);
    }

    @Test
    void aMappingIsMadeChangedListedAndDeleted() {
        var name = create();
        var before = Instant.now().truncatedTo(ChronoUnit.MILLIS);

        var made = lambda.createEventSourceMapping(request -> fromKafka(request, name));

        assertThat(made.state()).isEqualTo("Disabled");
        assertThat(made.functionArn()).isEqualTo(ARN + "function:" + name);
        assertThat(made.eventSourceMappingArn()).isEqualTo(ARN + "event-source-mapping:" + made.uuid());
        assertThat(made.lastModified()).isBetween(before, Instant.now());
        assertThat(made.selfManagedKafkaEventSourceConfig().consumerGroupId()).isEqualTo(made.uuid());
        var updated = lambda.updateEventSourceMapping(request -> request.uuid(made.uuid())
                .batchSize(7)
                .functionResponseTypes(FunctionResponseType.REPORT_BATCH_ITEM_FAILURES)
                .filterCriteria(criteria -> criteria.filters(
                        Filter.builder().pattern("{\"value\":{\"n\":[1]}}").build())));
        assertThat(updated.batchSize()).isEqualTo(7);
        assertThat(updated.state()).isEqualTo("Disabled");
        var read = lambda.getEventSourceMapping(request -> request.uuid(made.uuid()));
        assertThat(read.filterCriteria().filters().getFirst().pattern()).isEqualTo("{\"value\":{\"n\":[1]}}");
        assertThat(read.functionResponseTypes()).containsExactly(FunctionResponseType.REPORT_BATCH_ITEM_FAILURES);
        assertThat(lambda.listEventSourceMappings(request -> request.functionName(name))
                        .eventSourceMappings())
                .extracting(EventSourceMappingConfiguration::uuid)
                .containsExactly(made.uuid());
        assertThat(lambda.deleteEventSourceMapping(request -> request.uuid(made.uuid()))
                        .state())
                .isEqualTo("Deleting");
        assertThatThrownBy(() -> lambda.updateEventSourceMapping(
                        request -> request.uuid(made.uuid()).batchSize(8)))
                .isInstanceOfAny(ResourceInUseException.class, ResourceNotFoundException.class);
    }

    @Test
    void aSecondMappingOfTheSameIsRefused() {
        var name = create();
        var made = lambda.createEventSourceMapping(request -> fromKafka(request, name));

        assertThatThrownBy(() -> lambda.createEventSourceMapping(request -> fromKafka(request, name)))
                .isInstanceOf(ResourceConflictException.class)
                .hasMessageContaining("Please update or delete the existing mapping with UUID " + made.uuid());
    }

    @Test
    void aQueueThatIsNoTopicIsRefused() {
        var name = create();

        assertThatThrownBy(() -> lambda.createEventSourceMapping(request ->
                        request.functionName(name).eventSourceArn("arn:aws:sqs:us-east-1:000000000000:nowhere")))
                .isInstanceOf(InvalidParameterValueException.class)
                .hasMessageContaining("AWS.SimpleQueueService.NonExistentQueue");
    }
}
