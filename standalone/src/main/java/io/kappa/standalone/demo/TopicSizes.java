package io.kappa.standalone.demo;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** How many records were ever written to each of the platform's topics: proof that they are where the demo says. */
final class TopicSizes {

    static Map<Topic, Long> of(KafkaSettings kafka) throws InterruptedException {
        var ends = new HashMap<TopicPartition, OffsetSpec>();
        for (var topic : Topic.values()) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                ends.put(new TopicPartition(topic.name(kafka.topicPrefix()), partition), OffsetSpec.latest());
            }
        }
        try (var admin = Admin.create(kafka.clientProperties())) {
            var offsets = admin.listOffsets(ends).all().get();
            return java.util.Arrays.stream(Topic.values())
                    .collect(Collectors.toMap(
                            topic -> topic,
                            topic -> offsets.entrySet().stream()
                                    .filter(end -> end.getKey().topic().equals(topic.name(kafka.topicPrefix())))
                                    .mapToLong(end -> end.getValue().offset())
                                    .sum()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the topics could not be looked at", e.getCause());
        }
    }

    private TopicSizes() {}
}
