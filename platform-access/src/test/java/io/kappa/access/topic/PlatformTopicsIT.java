package io.kappa.access.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.Topics;
import io.kappa.testkit.KafkaInThisJvm;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class PlatformTopicsIT {

    @Test
    void makesTheTopicsThatAreNeededAsTheListOfTopicsSays() throws Exception {
        // given
        var kafka = KafkaInThisJvm.kafka();
        var logs = Topic.FUNCTIONS_LOGS.name(kafka.topicPrefix());
        var status = Topic.WORKERS_STATUS.name(kafka.topicPrefix());
        // when
        PlatformTopics.ensure(kafka, Topic.FUNCTIONS_LOGS, Topic.WORKERS_STATUS);
        // then
        assertThat(Topics.partitions(kafka, List.of(logs, status)))
                .isEqualTo(Map.of(
                        logs, Topic.FUNCTIONS_LOGS.partitions(),
                        status, Topic.WORKERS_STATUS.partitions()));
        try (var admin = Admin.create(kafka.clientProperties())) {
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, status);
            var made = Objects.requireNonNull(
                    admin.describeConfigs(List.of(resource)).all().get().get(resource));
            assertThat(Topic.WORKERS_STATUS.configuration())
                    .allSatisfy((key, value) -> assertThat(made.get(key))
                            .extracting(ConfigEntry::value)
                            .isEqualTo(value));
        }
    }
}
