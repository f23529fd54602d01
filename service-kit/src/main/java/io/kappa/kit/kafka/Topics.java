package io.kappa.kit.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes the topics that a service needs, or says which of them are missing. */
public final class Topics {
    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    /** A topic as it should be. */
    public record Wanted(String name, int partitions, Map<String, String> configuration) {}

    /**
     * Sees to it that the topics exist.
     *
     * @throws IllegalStateException naming the missing topics, where they may not be made
     */
    public static void ensure(KafkaSettings kafka, List<Wanted> wanted) throws InterruptedException {
        try (var admin = Admin.create(kafka.clientProperties())) {
            var present = admin.listTopics().names().get();
            var missing = wanted.stream()
                    .filter(topic -> !present.contains(topic.name()))
                    .toList();
            if (missing.isEmpty()) {
                return;
            }
            if (!kafka.createTopics()) {
                throw new IllegalStateException("these topics do not exist and kafka.create-topics is false: "
                        + missing.stream().map(Wanted::name).collect(Collectors.joining(", ")));
            }
            var made = admin.createTopics(
                    missing.stream().map(topic -> newTopic(kafka, topic)).toList());
            for (var result : made.values().values()) {
                awaitMade(result);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "topics could not be listed or made at " + kafka.bootstrapServers(), e.getCause());
        }
    }

    /**
     * How many partitions each of the topics has. One that was made a moment ago is not known to every broker at once, so it is asked for
     * again for a while.
     *
     * @throws IllegalStateException where one of them is not there, or the cluster does not say
     */
    public static Map<String, Integer> partitions(KafkaSettings kafka, Collection<String> names)
            throws InterruptedException {
        long deadline = System.nanoTime() + KNOWN_WITHIN.toNanos();
        try (var admin = Admin.create(kafka.clientProperties())) {
            while (true) {
                try {
                    return admin.describeTopics(names).allTopicNames().get().entrySet().stream()
                            .collect(Collectors.toMap(
                                    Map.Entry::getKey,
                                    topic -> topic.getValue().partitions().size()));
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
                            || System.nanoTime() - deadline > 0) {
                        throw new IllegalStateException(
                                "topics could not be looked at, at " + kafka.bootstrapServers(), e.getCause());
                    }
                    LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
                }
            }
        }
    }

    private static void awaitMade(org.apache.kafka.common.KafkaFuture<Void> result)
            throws InterruptedException, ExecutionException {
        try {
            result.get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e; // Another process may make the same topics at the same time; anything else is a failure.
            }
        }
    }

    private static NewTopic newTopic(KafkaSettings kafka, Wanted topic) {
        Optional<Short> replication =
                kafka.replicationFactor() < 0 ? Optional.empty() : Optional.of((short) kafka.replicationFactor());
        return new NewTopic(topic.name(), Optional.of(topic.partitions()), replication).configs(topic.configuration());
    }

    private Topics() {}
}
