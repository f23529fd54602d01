package io.kappa.mapper.queue;

import io.kappa.kit.settings.Settings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How standard queues are read.
 *
 * @param otherwise of queues that have nothing of their own
 * @param queues by the queue's name
 * @param drainTimeout how long batches that run at closing may go on
 * @param lock for how long the broker keeps a record for a mapper that says nothing; renewed while there is need
 * @param mostConsumers of one mapping in one process
 * @param groupPrefix what the names of share groups begin with; the queue's name follows
 */
public record QueueSettings(
        QueuePolicy otherwise,
        Map<String, QueuePolicy> queues,
        Duration drainTimeout,
        Duration lock,
        int mostConsumers,
        String groupPrefix) {
    private static final String QUEUES = "mapper.queues.";
    private static final int MOST_RECEIVES = 1000;

    public QueueSettings {
        queues = Map.copyOf(queues);
    }

    public static QueueSettings from(Settings settings) {
        var otherwise = policy(settings, "mapper.queue.", QueuePolicy.DEFAULT);
        var queues = new HashMap<String, QueuePolicy>();
        for (var queue : settings.namesBelow(QUEUES)) {
            queues.put(queue, policy(settings, QUEUES + queue + ".", otherwise));
        }
        return new QueueSettings(
                otherwise,
                queues,
                settings.duration("mapper.queue.drain-timeout", Duration.ofSeconds(20)),
                settings.duration("mapper.queue.lock", Duration.ofSeconds(30)),
                settings.integer("mapper.queue.most-consumers", 32, 1, 200),
                settings.text("mapper.queue.group-prefix", "kappa.queues."));
    }

    private static QueuePolicy policy(Settings settings, String prefix, QueuePolicy otherwise) {
        return new QueuePolicy(
                settings.duration(prefix + "visibility-timeout", otherwise.visibilityTimeout()),
                settings.integer(prefix + "max-receive-count", otherwise.maxReceiveCount(), 1, MOST_RECEIVES),
                blankIsNull(settings.text(
                        prefix + "dead-letter-topic",
                        otherwise.deadLetterTopic() == null ? "" : otherwise.deadLetterTopic())));
    }

    private static @Nullable String blankIsNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** What holds for a queue. */
    public QueuePolicy of(String queue) {
        return queues.getOrDefault(queue, otherwise);
    }

    /** The share group that reads a queue: one for all mappings, because a message belongs to whoever receives it first. */
    public String groupOf(String queue) {
        return groupPrefix + queue;
    }
}
