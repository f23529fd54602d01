package io.kappa.platform;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What topics hold, read from their beginnings; only what is committed. */
record TopicContents(String bootstrapServers) {
    private static final Duration POLL = Duration.ofMillis(200);

    /** Everything that the topic holds now. */
    List<ConsumerRecord<String, byte[]>> of(String topic) {
        var found = new ArrayList<ConsumerRecord<String, byte[]>>();
        try (var consumer = consumer(topic)) {
            var left = new HashMap<>(consumer.endOffsets(consumer.assignment()));
            left.entrySet().removeIf(end -> end.getValue() == 0);
            while (!left.isEmpty()) {
                consumer.poll(POLL).forEach(found::add);
                left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            }
        }
        return found;
    }

    /** Reads until one comes that is looked for. */
    ConsumerRecord<String, byte[]> await(
            String topic, Duration patience, Predicate<ConsumerRecord<String, byte[]>> looked) {
        try (var consumer = consumer(topic)) {
            Optional<ConsumerRecord<String, byte[]>> found = Optional.empty();
            long deadline = System.nanoTime() + patience.toNanos();
            while (found.isEmpty()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("no such record in " + topic + " within " + patience);
                }
                for (var record : consumer.poll(POLL)) {
                    if (looked.test(record)) {
                        found = Optional.of(record);
                    }
                }
            }
            return found.get();
        }
    }

    private KafkaConsumer<String, byte[]> consumer(String topic) {
        var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        "false",
                        "allow.auto.create.topics",
                        "false"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        var partitions = consumer.partitionsFor(topic).stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }
}
