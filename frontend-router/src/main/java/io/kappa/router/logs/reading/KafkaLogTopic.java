package io.kappa.router.logs.reading;

import io.kappa.kit.kafka.KafkaSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The log topic through a consumer that belongs to no group. Fetches a few megabytes at most before it is asked for more. */
final class KafkaLogTopic implements LogTopic, AutoCloseable {
    private final KafkaConsumer<String, byte[]> consumer;
    private final String topic;

    KafkaLogTopic(KafkaSettings kafka, String topic) {
        var properties = kafka.clientProperties();
        properties.putAll(Map.of(
                "enable.auto.commit", "false",
                "auto.offset.reset", "earliest", // What has been read since is gone: go on with what is left.
                "allow.auto.create.topics", "false",
                "max.poll.records", "50",
                "max.partition.fetch.bytes", Integer.toString(1024 * 1024),
                "fetch.max.bytes", Integer.toString(4 * 1024 * 1024),
                "fetch.max.wait.ms", "100",
                "request.timeout.ms", "5000",
                "default.api.timeout.ms", "5000"));
        this.consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
        this.topic = topic;
    }

    private TopicPartition partition(int number) {
        return new TopicPartition(topic, number);
    }

    @Override
    public Map<Integer, Long> offsetsAt(Map<Integer, Long> times) {
        var asked = new HashMap<TopicPartition, Long>();
        times.forEach((number, time) -> asked.put(partition(number), Math.max(0, time)));
        var found = new HashMap<Integer, Long>();
        var beyond = new ArrayList<TopicPartition>();
        consumer.offsetsForTimes(asked).forEach((partition, at) -> {
            if (at == null) {
                beyond.add(partition);
            } else {
                found.put(partition.partition(), at.offset());
            }
        });
        if (!beyond.isEmpty()) {
            consumer.endOffsets(beyond).forEach((partition, end) -> found.put(partition.partition(), end));
        }
        return found;
    }

    /** Offset of the first record that each partition still holds. */
    Map<Integer, Long> firstOffsets() {
        var all = consumer.partitionsFor(topic).stream()
                .map(info -> partition(info.partition()))
                .toList();
        return consumer.beginningOffsets(all).entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().partition(), Map.Entry::getValue));
    }

    @Override
    public void open(Map<Integer, Long> starts) {
        consumer.assign(starts.keySet().stream().map(this::partition).toList());
        starts.forEach((number, offset) -> consumer.seek(partition(number), offset));
    }

    @Override
    public List<ConsumerRecord<String, byte[]>> next(Collection<Integer> partitions, Duration patience) {
        var assigned = consumer.assignment();
        var asked = partitions.stream().map(this::partition).collect(Collectors.toSet());
        consumer.resume(asked);
        consumer.pause(assigned.stream().filter(one -> !asked.contains(one)).toList());
        var records = new ArrayList<ConsumerRecord<String, byte[]>>();
        for (var record : consumer.poll(patience)) {
            if (record.key() != null && record.value() != null) {
                records.add(record);
            }
        }
        return records;
    }

    @Override
    public long position(int number) {
        return consumer.position(partition(number));
    }

    @Override
    public boolean isAtEnd(int number) {
        var lag = consumer.currentLag(partition(number));
        return lag.isPresent() && lag.getAsLong() == 0;
    }

    /** Forgets what was fetched and not asked for. */
    void rest() {
        consumer.unsubscribe();
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
