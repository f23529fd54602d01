package io.kappa.router.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.contracts.topic.Topic;
import io.kappa.kafka.EmbeddedKafka;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.RecordHeaders;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.testkit.KafkaInThisJvm;
import io.kappa.testkit.TurnedClock;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KafkaEventQueueIT {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00.123Z");
    private static final FunctionArn FUNCTION =
            FunctionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:greet");
    private static final QueuedEvent EVENT = new QueuedEvent(new InvocationTarget(FUNCTION, "3"), "Root=1", "{}", null);

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final Lifecycle lifecycle = new Lifecycle();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        lifecycle.close();
    }

    private void makeTheTopic(KafkaSettings cluster) throws InterruptedException {
        PlatformTopics.ensure(cluster, Topic.INVOCATIONS_QUEUED);
    }

    /** A queue whose only broker is gone, and that still knows what the broker said. */
    private EventQueue orphaned(int bufferMegabytes, Duration timeout) throws Exception {
        try (var broker = EmbeddedKafka.start(directory, 0)) {
            var cluster = new KafkaSettings(
                    broker.bootstrapServers(),
                    kafka.topicPrefix(),
                    -1,
                    true,
                    Map.of("metadata.recovery.strategy", "none"));
            makeTheTopic(cluster);
            return lifecycle.own(KafkaEventQueue.start(
                    cluster, new EventQueueSettings(bufferMegabytes, timeout), Clock.systemUTC()));
        }
    }

    private EventQueue start(int bufferMegabytes, Duration timeout, Clock clock) {
        return lifecycle.own(KafkaEventQueue.start(kafka, new EventQueueSettings(bufferMegabytes, timeout), clock));
    }

    private static RequestId anyId() {
        return new RequestId(UUID.randomUUID());
    }

    private BlockingQueue<ConsumerRecord<String, byte[]>> queued() {
        var records = new LinkedBlockingQueue<ConsumerRecord<String, byte[]>>();
        lifecycle.own(new TopicReader(kafka, Topic.INVOCATIONS_QUEUED.name(kafka.topicPrefix()), records::add));
        return records;
    }

    private static void assertUnavailable(CompletableFuture<Void> added, String message) {
        assertThatThrownBy(added::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(LambdaApiException.class)
                .hasMessage(message)
                .extracting(refusal -> ((LambdaApiException) refusal).code())
                .isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
    }

    @Test
    void anEventIsARecordUnderItsRequestId() throws Exception {
        // given
        makeTheTopic(kafka);
        var queue = start(32, Duration.ofSeconds(10), new TurnedClock(NOON));
        var id = anyId();
        // when
        queue.add(id, EVENT, "{\"k\":1}".getBytes(UTF_8)).toCompletableFuture().join();
        // then
        var record = queued().poll(60, TimeUnit.SECONDS);
        assertThat(record).isNotNull();
        assertThat(record.key()).isEqualTo(id.toString());
        assertThat(record.value()).asString(UTF_8).isEqualTo("{\"k\":1}");
        assertThat(record.timestamp()).isEqualTo(NOON.toEpochMilli());
        assertThat(QueuedEvent.read(RecordHeaders.asMap(record.headers()))).isEqualTo(EVENT);
    }

    @Test
    void theLongestEventFitsARecord() throws Exception {
        makeTheTopic(kafka);
        var queue = start(32, Duration.ofSeconds(10), Clock.systemUTC());

        queue.add(anyId(), EVENT, new byte[QueuedEvent.LONGEST_PAYLOAD])
                .toCompletableFuture()
                .join();

        var record = queued().poll(60, TimeUnit.SECONDS);
        assertThat(record).isNotNull();
        assertThat(record.value()).hasSize(QueuedEvent.LONGEST_PAYLOAD);
    }

    @Test
    void anEventThatKafkaDoesNotConfirmIsRefusedInTime() throws Exception {
        var queue = orphaned(32, Duration.ofSeconds(1));

        var added = queue.add(anyId(), EVENT, new byte[2]).toCompletableFuture();

        assertUnavailable(added, "The queue of events did not confirm this one. It may or may not have been accepted.");
    }

    @Test
    void eventsForWhichThereIsNoRoomAreRefusedAtOnce() throws Exception {
        // given
        var queue = orphaned(2, Duration.ofSeconds(5));
        var added = new ArrayList<CompletableFuture<Void>>();
        // when
        for (int i = 0; i < 3; i++) {
            added.add(queue.add(anyId(), EVENT, new byte[1_000_000]).toCompletableFuture());
        }
        // then
        assertThat(added.getFirst()).isNotDone();
        assertThat(added.getLast()).isCompletedExceptionally();
        assertUnavailable(
                added.getLast(), "The event was not accepted: too many are waiting to be queued. Please try again.");
    }

    @Test
    void aQueueThatIsClosedTakesNothing() throws Exception {
        makeTheTopic(kafka);
        var queue = start(2, Duration.ofSeconds(1), Clock.systemUTC());
        lifecycle.close();

        assertUnavailable(
                queue.add(anyId(), EVENT, new byte[2]).toCompletableFuture(),
                "The event was not accepted: the queue is out of reach.");
    }
}
