package io.kappa.contracts.destination;

import io.kappa.contracts.invocation.InvocationTarget;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where results and failures of invocations go, as configuration names it. Names of AWS's services stand for topics:
 *
 * <pre>
 *   arn:aws:sqs:REGION:ACCOUNT:NAME                 topic NAME, as a queue
 *   arn:aws:sns:REGION:ACCOUNT:NAME                 topic NAME, as a notification topic
 *   arn:aws:events:REGION:ACCOUNT:event-bus/NAME    topic NAME, in EventBridge's envelope
 *   kafka://NAME                                    topic NAME
 *   arn:aws:lambda:REGION:ACCOUNT:function:NAME     a function, invoked asynchronously
 *   arn:aws:s3:::NAME                               bucket NAME of the S3 that is configured; for failures alone
 * </pre>
 */
public sealed interface Destination {

    /** A queue: the record is the body of a message. */
    record Queue(String arn, String topic) implements Destination {}

    /** A notification topic: the record is the message. */
    record Notification(String arn, String topic) implements Destination {}

    /** An event bus: the record is the detail of an event. */
    record EventBus(String arn, String topic) implements Destination {}

    /** A Kafka topic named outright. */
    record KafkaTopic(String topic) implements Destination {}

    /** A function, invoked asynchronously with the record as its event. */
    record Function(InvocationTarget target) implements Destination {}

    /** A bucket, for an object with all that is known. */
    record Bucket(String name) implements Destination {}

    Pattern TOPIC_ARN = Pattern.compile("arn:aws[a-zA-Z-]*:(sqs|sns|events):[a-z0-9-]+:\\d{12}:(event-bus/)?([^:/]+)");
    Pattern BUCKET_ARN = Pattern.compile("arn:aws[a-zA-Z-]*:s3:::([0-9a-zA-Z][0-9a-zA-Z._-]{1,61}[0-9a-zA-Z])");
    Pattern TOPIC_NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
    String KAFKA = "kafka://";

    /** Empty where the text names nothing that can be a destination. FIFO queues and topics are not: AWS refuses them too. */
    static Optional<Destination> parse(String text) {
        if (text.startsWith(KAFKA)) {
            return Optional.of(text.substring(KAFKA.length()))
                    .filter(Destination::isTopicName)
                    .map(KafkaTopic::new);
        }
        var arn = TOPIC_ARN.matcher(text);
        if (arn.matches()) {
            return isTopicName(arn.group(3))
                    ? topic(text, arn.group(1), arn.group(2) != null, arn.group(3))
                    : Optional.empty();
        }
        var bucket = BUCKET_ARN.matcher(text);
        if (bucket.matches()) {
            return Optional.of(new Bucket(bucket.group(1)));
        }
        try {
            return Optional.of(new Function(InvocationTarget.parse(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Destination> topic(String arn, String service, boolean bus, String name) {
        return switch (service) {
            case "events" -> bus ? Optional.of(new EventBus(arn, name)) : Optional.empty();
            case "sqs" -> bus || isFifo(name) ? Optional.empty() : Optional.of(new Queue(arn, name));
            default -> bus || isFifo(name) ? Optional.empty() : Optional.of(new Notification(arn, name));
        };
    }

    private static boolean isFifo(String name) {
        return name.endsWith(".fifo");
    }

    private static boolean isTopicName(String name) {
        return TOPIC_NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }
}
