package io.kappa.mapper.stream;

import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Makes members of consumer groups as mappings need them. */
final class StreamConsumers {
    private static final String GROUP_FEATURE = "group.version";
    private static final int MOST_RECORDS = 2_000;

    /**
     * A member of the mapping's group that never resets a position by itself. Where the group divides its partitions by the classic protocol,
     * it does so cooperatively: partitions that stay with their owner are not interrupted.
     */
    static Consumer<byte[], byte[]> open(StreamMapping mapping, StreamSettings settings, Admin admin)
            throws InterruptedException, ExecutionException {
        var properties = new HashMap<String, Object>(mapping.client());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, mapping.record().consumerGroup());
        settings.instance()
                .ifPresent(instance ->
                        properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance + "-" + mapping.uuid()));
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.RECEIVE_BUFFER_CONFIG, "-1"); // As the operating system finds fit.
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Integer.toString(MOST_RECORDS));
        if (nextGeneration(settings, admin)) {
            properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "consumer");
        } else {
            properties.put(
                    ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    List.of(CooperativeStickyAssignor.class.getName()));
        }
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static boolean nextGeneration(StreamSettings settings, Admin admin)
            throws InterruptedException, ExecutionException {
        return switch (settings.protocol()) {
            case CONSUMER -> true;
            case CLASSIC -> false;
            case AUTO -> {
                var feature = admin.describeFeatures()
                        .featureMetadata()
                        .get()
                        .finalizedFeatures()
                        .get(GROUP_FEATURE);
                yield feature != null && feature.maxVersionLevel() >= 1;
            }
        };
    }

    private StreamConsumers() {}
}
