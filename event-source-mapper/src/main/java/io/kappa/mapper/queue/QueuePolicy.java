package io.kappa.mapper.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What SQS keeps with a queue, and a topic cannot.
 *
 * @param visibilityTimeout how long a received message stays hidden from everybody else
 * @param maxReceiveCount receives after which a message is given up
 * @param deadLetterTopic where messages go that are given up, besides the platform's dead letters; null for nowhere else
 */
public record QueuePolicy(
        Duration visibilityTimeout,
        int maxReceiveCount,
        @Nullable String deadLetterTopic) {
    public static final QueuePolicy DEFAULT = new QueuePolicy(Duration.ofSeconds(30), 5, null);
}
