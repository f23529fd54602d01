package io.kappa.router.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.testkit.KafkaInThisJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class KafkaSourceTopicsIT {
    private final KafkaSettings kafka = KafkaInThisJvm.kafka();

    @Test
    void aTopicThatIsThereIsNotMissing() throws InterruptedException {
        var topic = kafka.topicPrefix() + "-orders";
        Topics.ensure(kafka, List.of(new Topics.Wanted(topic, 1, Map.of())));
        assertThat(Topics.partitions(kafka, List.of(topic))).containsKey(topic); // Every broker knows of it.

        try (var topics = KafkaSourceTopics.start(kafka)) {
            assertThat(topics.isMissing(topic)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere", ".."})
    void aTopicThatIsNotOrCannotBeIsMissingAndIsNotMade(String topic) {
        try (var topics = KafkaSourceTopics.start(kafka)) {
            assertThat(topics.isMissing(topic)).isTrue();
            assertThat(topics.isMissing(topic)).isTrue();
        }
    }

    @Test
    void aClusterThatDoesNotAnswerHoldsUpNobody() throws IOException {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var topics = KafkaSourceTopics.start(kafka.at("127.0.0.1:" + silent.getLocalPort()))) {
            assertThat(topics.isMissing("orders")).isFalse();
        }
    }
}
