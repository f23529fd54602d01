package io.kappa.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ThreeBrokersIT {
    @TempDir
    private Path data;

    @Test
    void whatIsAcknowledgedOutlivesTheLossOfAnyBroker() throws Exception {
        try (var brokers = ThreeBrokers.start(data)) {
            var kafka = brokers.kafka();
            var partition = new TopicPartition(kafka.topicPrefix(), 0);
            try (var admin = Admin.create(kafka.clientProperties());
                    var producer = new KafkaProducer<>(
                            kafka.durableProducerProperties(), new StringSerializer(), new StringSerializer())) {
                admin.createTopics(List.of(new NewTopic(partition.topic(), 1, (short) -1)))
                        .all()
                        .get();
                for (int node : ThreeBrokers.NODES) {
                    brokers.lose(node);
                    producer.send(new ProducerRecord<>(partition.topic(), "without " + node))
                            .get();
                    brokers.bringBack(node);
                }
            }
            try (var consumer =
                    new KafkaConsumer<>(kafka.clientProperties(), new StringDeserializer(), new StringDeserializer())) {
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                var values = new ArrayList<String>();
                while (values.size() < 3) {
                    consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
                }
                assertThat(values).containsExactly("without 1", "without 2", "without 3");
            }
        }
    }
}
