package io.kappa.access.topic;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import java.util.stream.Stream;

/** Makes topics of the platform as {@link Topic} says they are. */
public final class PlatformTopics {

    /**
     * Sees to it that the topics exist. A service names those that it needs, so that it can be started before the others.
     *
     * @throws IllegalStateException naming the missing topics, where they may not be made
     */
    public static void ensure(KafkaSettings kafka, Topic... needed) throws InterruptedException {
        Topics.ensure(
                kafka,
                Stream.of(needed)
                        .map(topic -> new Topics.Wanted(
                                topic.name(kafka.topicPrefix()), topic.partitions(), topic.configuration()))
                        .toList());
    }

    private PlatformTopics() {}
}
