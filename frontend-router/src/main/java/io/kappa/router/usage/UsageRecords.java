package io.kappa.router.usage;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.metering.DailyUsage;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * What has been added up, read from its topic by whoever asks: usage is asked for seldom, and any router answers for all of them. One reading
 * at a time, of at most {@value #MOST} days of functions.
 */
final class UsageRecords {
    static final int MOST = 100_000;

    private static final RecordCodec<DailyUsage> CODEC = RecordCodec.of(DailyUsage.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaSettings kafka;
    private final String topic;

    UsageRecords(KafkaSettings kafka) {
        this.kafka = kafka;
        this.topic = Topic.FUNCTIONS_USAGE.name(kafka.topicPrefix());
    }

    /**
     * The days that are wanted, by day and function; empty where there are more than an answer holds.
     *
     * @throws KafkaException where the cluster does not answer in time
     */
    synchronized Optional<List<DailyUsage>> read(Predicate<DailyUsage> wanted) {
        var found = new TreeMap<String, DailyUsage>();
        var properties = kafka.clientProperties();
        properties.putAll(Map.of(
                "isolation.level", "read_committed",
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest",
                "allow.auto.create.topics", "false",
                "default.api.timeout.ms", Long.toString(PATIENCE.toMillis())));
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            long until = System.nanoTime() + PATIENCE.toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() - until > 0) {
                    throw new KafkaException("the topic " + topic + " could not be read within " + PATIENCE);
                }
                for (var record : consumer.poll(POLL)) {
                    var usage = CODEC.decode(record.value());
                    if (wanted.test(usage)) {
                        found.put(usage.key(), usage); // The latest of a key stands for all before it.
                    }
                }
                if (found.size() > MOST) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(List.copyOf(found.values()));
    }
}
