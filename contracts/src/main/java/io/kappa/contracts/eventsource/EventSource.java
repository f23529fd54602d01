package io.kappa.contracts.eventsource;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the records of an event source mapping come from. All of them are Kafka topics in the end; the kinds differ in which cluster is
 * read, how a topic is divided and in the form in which a function sees its records. Names of AWS's services stand for topics:
 *
 * <pre>
 *   arn:aws:kinesis:REGION:ACCOUNT:stream/NAME[/consumer/...]     topic NAME of Kappa's cluster, as a stream
 *   arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL       topic NAME of Kappa's cluster, as a stream
 *   arn:aws:sqs:REGION:ACCOUNT:NAME                               topic NAME of Kappa's cluster, as a queue
 *   arn:aws:sqs:REGION:ACCOUNT:NAME.fifo                          topic NAME.fifo of Kappa's cluster, as a queue with order
 *   arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/ID                  the cluster that is configured under NAME
 * </pre>
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = EventSource.SelfManagedKafka.class, name = "self-managed-kafka"),
    @JsonSubTypes.Type(value = EventSource.ManagedKafka.class, name = "managed-kafka"),
    @JsonSubTypes.Type(value = EventSource.Kinesis.class, name = "kinesis"),
    @JsonSubTypes.Type(value = EventSource.DynamoDb.class, name = "dynamodb"),
    @JsonSubTypes.Type(value = EventSource.Queue.class, name = "queue"),
})
public sealed interface EventSource {

    /** @param bootstrapServers {@code host:port} each */
    record SelfManagedKafka(List<String> bootstrapServers, List<String> topics) implements EventSource {
        public SelfManagedKafka {
            bootstrapServers = List.copyOf(bootstrapServers);
            topics = List.copyOf(topics);
        }
    }

    /** @param cluster name under which the mapper knows how to reach it */
    record ManagedKafka(String arn, String cluster, List<String> topics) implements EventSource {
        public ManagedKafka {
            topics = List.copyOf(topics);
        }
    }

    record Kinesis(String arn, String topic) implements EventSource {
        @Override
        public List<String> topics() {
            return List.of(topic);
        }
    }

    record DynamoDb(String arn, String topic) implements EventSource {
        @Override
        public List<String> topics() {
            return List.of(topic);
        }
    }

    /** @param fifo whether messages of one group keep their order */
    record Queue(String arn, String topic, boolean fifo) implements EventSource {
        @Override
        public List<String> topics() {
            return List.of(topic);
        }
    }

    /** Names of the topics that are read; one at least. */
    List<String> topics();

    /** The ARN as it was given; empty for a self-managed cluster, which has none. */
    @JsonIgnore
    default Optional<String> sourceArn() {
        return switch (this) {
            case SelfManagedKafka _ -> Optional.empty();
            case ManagedKafka kafka -> Optional.of(kafka.arn());
            case Kinesis kinesis -> Optional.of(kinesis.arn());
            case DynamoDb dynamoDb -> Optional.of(dynamoDb.arn());
            case Queue queue -> Optional.of(queue.arn());
        };
    }

    Pattern ARN = Pattern.compile("arn:aws[a-zA-Z-]*:(kinesis|dynamodb|sqs|kafka):[a-z0-9-]+:\\d{12}:(.+)");
    Pattern STREAM = Pattern.compile("stream/([a-zA-Z0-9._-]+)(/consumer/.+)?");
    Pattern TABLE = Pattern.compile("table/([a-zA-Z0-9._-]+)/stream/.+");
    Pattern QUEUE = Pattern.compile("([a-zA-Z0-9_-]{1,80})(\\.fifo)?");
    Pattern CLUSTER = Pattern.compile("cluster/([a-zA-Z0-9._-]+)/.+");

    /**
     * What an ARN names; empty where it is no source.
     *
     * @param topics of a Kafka cluster; the other kinds name theirs themselves
     */
    static Optional<EventSource> parse(String arn, List<String> topics) {
        var parts = ARN.matcher(arn);
        if (!parts.matches()) {
            return Optional.empty();
        }
        var name = parts.group(2);
        return switch (parts.group(1)) {
            case "kinesis" -> part(STREAM, name).map(topic -> new Kinesis(arn, topic));
            case "dynamodb" -> part(TABLE, name).map(topic -> new DynamoDb(arn, topic));
            case "kafka" -> part(CLUSTER, name).map(cluster -> new ManagedKafka(arn, cluster, topics));
            default ->
                QUEUE.matcher(name).matches()
                        ? Optional.of(new Queue(arn, name, name.endsWith(".fifo")))
                        : Optional.empty();
        };
    }

    private static Optional<String> part(Pattern pattern, String name) {
        var matcher = pattern.matcher(name);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
