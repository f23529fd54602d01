package io.kappa.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.kit.kafka.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TopicReaderIT {
    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final String topic = kafka.topicPrefix() + ".records";
    private final BlockingQueue<String> read = new ArrayBlockingQueue<>(100);

    @BeforeEach
    void makeTopic() throws InterruptedException {
        Topics.ensure(kafka, List.of(new Topics.Wanted(topic, 2, Map.of())));
    }

    @Test
    void catchesUpWithWhatWasThereAndThenFollows() throws Exception {
        // given
        try (var producer = producer(Map.of())) {
            for (int i = 0; i < 10; i++) {
                send(producer, i % 2, "before " + i);
            }
            // when
            try (var reader = reader()) {
                reader.caughtUp().get(30, TimeUnit.SECONDS);
                // then
                assertThat(read).hasSize(10);
                send(producer, 0, "after");
                assertThat(read).contains("before 0", "before 9");
                while (!"after".equals(read.take())) {
                    // Others come first.
                }
            }
        }
    }

    @Test
    void hasCaughtUpWithATopicThatIsEmpty() throws Exception {
        try (var reader = reader()) {
            reader.caughtUp().get(30, TimeUnit.SECONDS);
            assertThat(reader.alive()).isTrue();
        }
    }

    @Test
    void seesNothingOfAnAbortedTransactionAndStillCatchesUp() throws Exception {
        // given
        try (var producer = producer(Map.of("transactional.id", kafka.topicPrefix()))) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, 0, "committed");
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, 0, "aborted");
            producer.abortTransaction();
        }
        // when
        try (var reader = reader()) {
            reader.caughtUp().get(30, TimeUnit.SECONDS);
            // then
            assertThat(read).containsExactly("committed");
        }
    }

    @Test
    void endsWhenItsListenerFailsRatherThanLeavingAGap() throws Exception {
        // given
        try (var producer = producer(Map.of())) {
            send(producer, 0, "poison");
        }
        // when
        var reader = new TopicReader(kafka, topic, _ -> {
            throw new IllegalStateException("unknown kind of record");
        });
        // then
        assertThatThrownBy(() -> reader.caughtUp().get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("unknown kind of record");
        reader.close();
        assertThat(reader.alive()).isFalse();
    }

    @Test
    void nobodyIsLeftWaitingWhenItIsClosedInTheMiddle() throws Exception {
        // given
        var reading = new CountDownLatch(1);
        var closing = new CountDownLatch(1);
        try (var producer = producer(Map.of())) {
            send(producer, 0, "first");
        }
        var reader = new TopicReader(kafka, topic, _ -> {
            reading.countDown();
            awaitQuietly(closing);
        });
        reading.await();
        // when
        var closer = Thread.ofVirtual().start(reader::close);
        closing.countDown();
        closer.join();
        // then
        assertThat(reader.caughtUp()).isDone();
    }

    @Test
    void aTopicThatDoesNotExistIsAnErrorAndIsNotMade() throws Exception {
        // given
        var absent = kafka.topicPrefix() + ".absent";
        // when
        try (var reader = new TopicReader(kafka, absent, _ -> {});
                var admin = Admin.create(kafka.clientProperties())) {
            // then
            assertThatThrownBy(() -> reader.caughtUp().get(30, TimeUnit.SECONDS))
                    .hasRootCauseMessage("topic " + absent + " does not exist");
            assertThat(admin.listTopics().names().get()).doesNotContain(absent);
        }
    }

    @Test
    void missingTopicsAreNamedWhereTheyMayNotBeMade() {
        // given
        var checkOnly = new KafkaSettings(kafka.bootstrapServers(), kafka.topicPrefix(), -1, false, Map.of());
        var wanted = List.of(
                new Topics.Wanted(topic, 2, Map.of()), new Topics.Wanted(kafka.topicPrefix() + ".absent", 1, Map.of()));
        // then
        assertThatThrownBy(() -> Topics.ensure(checkOnly, wanted))
                .hasMessage("these topics do not exist and kafka.create-topics is false: " + kafka.topicPrefix()
                        + ".absent");
    }

    private TopicReader reader() {
        return new TopicReader(kafka, topic, record -> read.add(new String(record.value(), UTF_8)));
    }

    private KafkaProducer<String, byte[]> producer(Map<String, String> more) {
        var properties = kafka.clientProperties();
        properties.putAll(more);
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    private void send(KafkaProducer<String, byte[]> producer, int partition, String value) throws Exception {
        producer.send(new ProducerRecord<>(topic, partition, "key", value.getBytes(UTF_8)))
                .get(30, TimeUnit.SECONDS);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
