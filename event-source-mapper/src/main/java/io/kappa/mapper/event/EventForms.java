package io.kappa.mapper.event;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import java.util.List;

/** Finds the form that suits a mapping. */
public final class EventForms {
    private EventForms() {}

    /**
     * The form of a mapping's events.
     *
     * @param bootstrapServers {@code host:port} of the cluster, where the source is one that is managed; not looked at otherwise
     * @param role ARN of the function's role, which streams show; empty where it is unknown
     */
    public static EventForm of(EventSourceMappingRecord mapping, List<String> bootstrapServers, String role) {
        var options = mapping.options();
        var answers = new BatchAnswers(options.reportItemFailures(), options.tumblingWindowSeconds() > 0);
        return switch (mapping.source()) {
            case EventSource.SelfManagedKafka kafka ->
                new KafkaForm("SelfManagedKafka", null, kafka.bootstrapServers(), answers);
            case EventSource.ManagedKafka kafka -> new KafkaForm("aws:kafka", kafka.arn(), bootstrapServers, answers);
            case EventSource.Kinesis kinesis -> new KinesisForm(SourceArn.of(kinesis.arn()), role, answers);
            case EventSource.DynamoDb dynamoDb -> new DynamoDbForm(SourceArn.of(dynamoDb.arn()), answers);
            case EventSource.Queue queue ->
                new QueueForm(SourceArn.of(queue.arn()), queue.topic(), queue.fifo(), answers);
        };
    }
}
