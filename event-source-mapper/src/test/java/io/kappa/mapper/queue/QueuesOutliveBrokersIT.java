package io.kappa.mapper.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.kafka.common.internals.Topic.SHARE_GROUP_STATE_TOPIC_NAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.kit.kafka.Topics;
import io.kappa.mapper.filter.RecordFilter;
import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.testkit.ThreeBrokers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Brokers of a standard queue's cluster that are lost and come back while messages come. */
@Timeout(120)
class QueuesOutliveBrokersIT {
    private static final int PARTITIONS = 3;
    private static final int MESSAGES = 60;
    private static final String GROUP_PREFIX = "outliving.";

    @TempDir
    private Path data;

    /** Receives of each message are in the event, after a hash. */
    private final Set<String> delivered = ConcurrentHashMap.newKeySet();

    private final List<String> givenUp = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> broken = new CompletableFuture<>();

    @Test
    void everyMessageIsDeliveredAndDoneWithThoughEachBrokerIsLostInTurn() throws Exception {
        try (var brokers = ThreeBrokers.start(data)) {
            var kafka = brokers.kafka();
            var queue = kafka.topicPrefix() + "-jobs";
            Topics.ensure(kafka, List.of(new Topics.Wanted(queue, PARTITIONS, Map.of())));
            try (var admin = Admin.create(kafka.clientProperties());
                    var producer = new KafkaProducer<>(
                            kafka.durableProducerProperties(), new StringSerializer(), new StringSerializer());
                    var _ = poller(kafka.clientProperties(), queue)) {
                int sent = 0;
                for (int node : ThreeBrokers.NODES) {
                    int delivered = this.delivered.size();
                    send(producer, queue, sent, sent + MESSAGES);
                    await(() -> this.delivered.size() > delivered);
                    // when
                    brokers.lose(node);
                    send(producer, queue, sent + MESSAGES, sent + 2 * MESSAGES);
                    sent += 2 * MESSAGES;
                    int all = sent;
                    // then
                    await(() -> this.delivered.size() == all);
                    brokers.bringBack(node);
                    await(() -> ThreeBrokers.inSync(admin, queue, SHARE_GROUP_STATE_TOPIC_NAME));
                }
                await(() -> unfinished(admin, queue) == 0);
                assertThat(givenUp).isEmpty();
                assertThat(broken).isNotDone();
            }
        }
    }

    private QueuePoller poller(Map<String, Object> client, String queue) {
        return new QueuePoller(
                client,
                QueueMappings.of(queue, 10, null, false),
                new FakeForm(),
                RecordFilter.EVERYTHING,
                (_, event, _) -> {
                    Arrays.stream(new String(event, UTF_8).split(" "))
                            .forEach(record -> delivered.add(record.substring(0, record.indexOf('#'))));
                    return CompletableFuture.completedFuture(new InvokeOutcome.Answered("$LATEST", new byte[0]));
                },
                (records, _, _) -> records.forEach(record -> givenUp.add(FakeForm.body(record))),
                new QueueSettings(
                        new QueuePolicy(Duration.ofSeconds(1), 20, null),
                        Map.of(),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(3),
                        8,
                        GROUP_PREFIX),
                (_, _) -> {},
                new QueueListener() {
                    @Override
                    public void processed(String lastProcessingResult) {}

                    @Override
                    public void broken(String reason) {
                        broken.complete(reason);
                    }
                },
                Clock.systemUTC());
    }

    private static void send(KafkaProducer<String, String> producer, String queue, int from, int to)
            throws InterruptedException, ExecutionException {
        for (int i = from; i < to; i++) {
            producer.send(new ProducerRecord<>(queue, i % PARTITIONS, null, "message-" + i))
                    .get();
        }
    }

    /** Messages that the share group has not done with. */
    private static long unfinished(Admin admin, String queue) throws InterruptedException, ExecutionException {
        var group = GROUP_PREFIX + queue;
        return admin
                .listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                .partitionsToOffsetInfo(group)
                .get()
                .values()
                .stream()
                .mapToLong(info -> info == null ? 1 : info.lag().orElse(1L))
                .sum();
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        while (!condition.call()) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
