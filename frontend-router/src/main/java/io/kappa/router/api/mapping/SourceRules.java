package io.kappa.router.api.mapping;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.EventSource.DynamoDb;
import io.kappa.contracts.eventsource.EventSource.Kinesis;
import io.kappa.contracts.eventsource.EventSource.ManagedKafka;
import io.kappa.contracts.eventsource.EventSource.Queue;
import io.kappa.contracts.eventsource.EventSource.SelfManagedKafka;
import io.kappa.contracts.eventsource.SourceAccess;
import io.kappa.contracts.registry.EventSourceMappingRecord.StartingPosition;
import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.source.SourceTopics;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of the service about what can be an event source, how it is reached and where reading starts. */
final class SourceRules {

    /** The source that a request names. */
    static EventSource source(Input input) {
        var arn = input.text("EventSourceArn");
        var selfManaged = input.structure("SelfManagedEventSource");
        if (selfManaged != null) {
            if (!input.has("SourceAccessConfigurations")) {
                throw missing("sourceAccessConfigurations");
            }
            if (arn != null) {
                throw invalid("EventSourceArn and SelfManagedEventSource cannot be combined");
            }
            return new SelfManagedKafka(servers(selfManaged), requiredTopics(input));
        }
        var source = EventSource.parse(arn == null ? "" : arn, topics(input))
                .orElseThrow(() -> invalid("Unrecognized event source."));
        switch (source) {
            case ManagedKafka _ -> requiredTopics(input);
            case Kinesis _, DynamoDb _, Queue _ -> OptionRules.refuseIfHeld(input, "Topics");
            case SelfManagedKafka _ -> throw new IllegalStateException("no ARN names " + source);
        }
        OptionRules.refuseIfHeld(input, "Queues");
        return source;
    }

    private static List<String> servers(Input selfManaged) {
        var endpoints = selfManaged.structure("Endpoints");
        var servers = endpoints == null ? null : endpoints.texts("KAFKA_BOOTSTRAP_SERVERS");
        if (servers == null) {
            throw invalid("Unrecognized event source.");
        }
        return servers;
    }

    private static List<String> topics(Input input) {
        return Objects.requireNonNullElse(input.texts("Topics"), List.of());
    }

    private static List<String> requiredTopics(Input input) {
        var topics = topics(input);
        if (topics.isEmpty()) {
            throw missing("topics");
        }
        return topics.stream().distinct().toList();
    }

    /** Null where nothing is said of it. */
    static @Nullable List<SourceAccess> access(Input input) {
        var given = input.structures("SourceAccessConfigurations");
        if (given == null) {
            return null;
        }
        return given.stream()
                .map(access -> {
                    var type = access.text("Type");
                    var uri = access.text("URI");
                    if (type == null || uri == null) {
                        throw invalid("Each of the sourceAccessConfigurations must have a Type and a URI");
                    }
                    return new SourceAccess(type, uri);
                })
                .toList();
    }

    /** Null for a queue, which has no past to start in. */
    static @Nullable StartingPosition startingPosition(Input input, EventSource source, Instant now) {
        var given = input.text("StartingPosition");
        var timestamp = input.moment("StartingPositionTimestamp");
        if (source instanceof Queue) {
            if (given != null || timestamp != null) {
                throw invalid("StartingPosition is not valid for SQS event sources.");
            }
            return null;
        }
        if (given == null) {
            throw mustNotBeNull("startingPosition");
        }
        var position = StartingPosition.valueOf(given);
        if (position != StartingPosition.AT_TIMESTAMP) {
            if (timestamp != null) {
                throw invalid("StartingPositionTimestamp is valid only with the StartingPosition AT_TIMESTAMP");
            }
            return position;
        }
        if (source instanceof DynamoDb(var arn, var _)) {
            throw invalid("Unsupported starting position for arn type: " + arn);
        }
        if (timestamp == null) {
            throw mustNotBeNull("startingPositionTimestamp");
        }
        if (timestamp.isAfter(now)) {
            throw invalid("StartingPositionTimestamp cannot be in the future");
        }
        return position;
    }

    /** Sources that are topics of the platform's cluster must be there; other clusters are for the mapper to reach. */
    static void requireExistence(EventSource source, SourceTopics topics) {
        switch (source) {
            case Kinesis(var arn, var topic) -> requireStream(arn, topic, topics);
            case DynamoDb(var arn, var topic) -> requireStream(arn, topic, topics);
            case Queue queue -> {
                if (topics.isMissing(queue.topic())) {
                    throw invalid(
                            "Error occurred while ReceiveMessage. SQS Error Code: "
                                    + "AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.");
                }
            }
            case SelfManagedKafka _, ManagedKafka _ -> {}
        }
    }

    private static void requireStream(String arn, String topic, SourceTopics topics) {
        if (topics.isMissing(topic)) {
            throw invalid("Stream not found: " + arn);
        }
    }

    private static LambdaApiException missing(String parameter) {
        return invalid("Required '" + parameter + "' parameter is missing.");
    }

    private static LambdaApiException mustNotBeNull(String parameter) {
        return invalid("1 validation error detected: Value null at '" + parameter
                + "' failed to satisfy constraint: Member must not be null.");
    }

    static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }

    private SourceRules() {}
}
