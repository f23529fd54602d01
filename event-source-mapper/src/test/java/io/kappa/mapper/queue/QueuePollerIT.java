package io.kappa.mapper.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.mapper.filter.RecordFilter;
import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.invoke.InvokeOutcome.Answered;
import io.kappa.mapper.invoke.InvokeOutcome.FunctionFailed;
import io.kappa.mapper.invoke.InvokeOutcome.NotRun;
import io.kappa.testkit.KafkaInThisJvm;
import io.kappa.testkit.TurnedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueuePollerIT {
    /** Short, and yet longer than a busy machine keeps a process waiting. */
    private static final Duration LOCK = Duration.ofSeconds(3);

    private static final Duration VISIBILITY = Duration.ofSeconds(30);
    private static final InvokeOutcome FINE = new Answered("$LATEST", new byte[0]);
    private static final InvokeOutcome CRASH = new FunctionFailed("$LATEST", "Runtime.ExitError", "exit status 1");

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final String topic = kafka.topicPrefix() + "-queue";
    private final TurnedClock clock = new TurnedClock(Instant.parse("2026-01-01T12:00:00Z"));
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private final ConcurrentMap<QueueCounts.Kind, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final List<String> handedOver = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> results = new LinkedBlockingQueue<>();
    private final List<QueuePoller> pollers = new ArrayList<>();

    /** What a function was given, for the test to answer. */
    private record Call(String event, CompletableFuture<InvokeOutcome> outcome) {
        List<String> records() {
            return Arrays.stream(event.split(" ")).sorted().toList();
        }
    }

    @BeforeEach
    void makeQueue() throws InterruptedException {
        Topics.ensure(kafka, List.of(new Topics.Wanted(topic, 1, Map.of())));
    }

    @AfterEach
    void close() {
        pollers.forEach(QueuePoller::close);
    }

    @Test
    void deletesWhatTheFunctionHasTaken() throws Exception {
        // given
        send("a", "b", "c");
        var poller = poller(3, false);
        // when
        var call = calls.take();
        call.outcome().complete(FINE);
        // then
        assertThat(call.records()).containsExactly("a#1", "b#1", "c#1");
        await(() -> lag() == 0);
        assertThat(results.take()).isEqualTo(MappingReport.OK);
        assertThat(count(QueueCounts.Kind.POLLED)).isEqualTo(3);
        assertThat(count(QueueCounts.Kind.INVOKED)).isEqualTo(3);
        assertThat(count(QueueCounts.Kind.DELETED)).isEqualTo(3);
        assertThat(poller.snapshot().recordsHeld()).isZero();
    }

    @Test
    void onlyTheRecordsThatFailedComeAgainAndNotBeforeTheirVisibilityTimeout() throws Exception {
        // given
        send("a", "b", "c");
        var poller = poller(3, true);
        // when
        calls.take().outcome().complete(new Answered("$LATEST", "b".getBytes(UTF_8)));
        await(() -> poller.snapshot().recordsHeld() == 1);
        // then
        assertThat(poller.snapshot().recordsHidden()).isEqualTo(1);
        send("d");
        assertThat(answerNext().records()).containsExactly("d#1");
        clock.turn(VISIBILITY);
        assertThat(answerNext().records()).containsExactly("b#2");
        await(() -> lag() == 0);
        assertThat(count(QueueCounts.Kind.DELETED)).isEqualTo(4);
        assertThat(count(QueueCounts.Kind.DUPLICATES)).isEqualTo(1);
    }

    @Test
    void aRecordIsHandedOverWhenItHasBeenReceivedTooOften() throws Exception {
        // given
        send("poison");
        var poller = poller(1, false);
        for (int received = 1; received <= 3; received++) {
            // when
            var call = calls.take();
            assertThat(call.records()).containsExactly("poison#" + received);
            call.outcome().complete(CRASH);
            await(() -> poller.snapshot().recordsHidden() == 1);
            clock.turn(VISIBILITY);
        }
        // then
        await(() -> lag() == 0);
        assertThat(handedOver).containsExactly("poison after 3: Runtime.ExitError");
        assertThat(results.take()).isEqualTo(MappingReport.FUNCTION_CALL_FAILED);
        assertThat(count(QueueCounts.Kind.HANDED_OVER)).isEqualTo(1);
        assertThat(calls).isEmpty();
    }

    @Test
    void aRecordStaysWhileItCannotBeHandedOver() throws Exception {
        // given
        send(FakeForm.HUGE);
        var tries = new AtomicInteger();
        var handover = new CompletableFuture<Void>();
        var poller = poller(new Fixture(1, false).handover((records, receiveCount, failure) -> {
            if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("the topic is not there");
            }
            handover.join();
        }));
        // when
        await(() -> tries.get() == 2);
        // then
        assertThat(poller.snapshot().recordsLeaving()).isEqualTo(1);
        assertThat(lag()).isEqualTo(1);
        handover.complete(null);
        await(() -> lag() == 0);
    }

    @Test
    void aLongInvocationKeepsItsRecordsBecauseTheirLocksAreRenewed() throws Exception {
        // given
        send("long");
        var poller = poller(1, false);
        var call = calls.take();
        // when
        awaitTwoLocksRunOut();
        // then
        assertThat(poller.snapshot().recordsHeld()).isEqualTo(1);
        call.outcome().complete(FINE);
        await(() -> lag() == 0);
        assertThat(calls).isEmpty();
        assertThat(count(QueueCounts.Kind.DUPLICATES)).isZero();
    }

    @Test
    void twoPollersShareAQueueAndEachRecordGoesToOne() throws Exception {
        // given
        poller(1, false);
        poller(1, false);
        // when
        send("a", "b", "c", "d", "e", "f", "g", "h");
        var seen = new ArrayList<String>();
        for (int i = 0; i < 8; i++) {
            seen.addAll(answerNext().records());
        }
        // then
        assertThat(seen).containsExactlyInAnyOrder("a#1", "b#1", "c#1", "d#1", "e#1", "f#1", "g#1", "h#1");
        await(() -> lag() == 0);
    }

    @Test
    void whatAClosedPollerHeldIsTakenByAnother() throws Exception {
        // given
        send("hidden", "running");
        var poller = poller(new Fixture(1, false).drain(Duration.ZERO));
        var first = calls.take();
        var second = calls.take();
        var hidden = first.event().startsWith("hidden") ? first : second;
        hidden.outcome().complete(CRASH);
        await(() -> poller.snapshot().recordsHidden() == 1);
        // when
        poller.close();
        poller(1, false);
        // then
        var seen = new ArrayList<String>();
        seen.add(answerNext().event());
        seen.add(answerNext().event());
        assertThat(seen).containsExactlyInAnyOrder("hidden#2", "running#2");
        await(() -> lag() == 0);
    }

    @Test
    void aClosingPollerLetsRunningBatchesEnd() throws Exception {
        // given
        send("a");
        var poller = poller(1, false);
        var call = calls.take();
        // when
        var closing = Thread.ofVirtual().start(poller::close);
        call.outcome().complete(FINE);
        closing.join();
        // then
        assertThat(lag()).isZero();
        assertThat(count(QueueCounts.Kind.DELETED)).isEqualTo(1);
    }

    @Test
    void whatNoPatternLetsThroughIsDeletedWithoutACall() throws Exception {
        // given
        send("drop", "keep", "drop");
        // when
        poller(new Fixture(10, false).filter(record -> "keep".equals(FakeForm.body(record))));
        // then
        assertThat(answerNext().records()).containsExactly("keep#1");
        await(() -> lag() == 0);
        assertThat(count(QueueCounts.Kind.FILTERED)).isEqualTo(2);
        assertThat(count(QueueCounts.Kind.DELETED)).isEqualTo(1);
    }

    @Test
    void aRecordThatTheFilterFailsOnIsGivenUpInsteadOfBeingReceivedUntilTheBrokerThrowsItAway() throws Exception {
        // given
        send("odd");
        // when
        poller(new Fixture(1, false).filter(_ -> {
            throw new IllegalStateException("not a record for filters");
        }));
        // then
        await(() -> handedOver.contains("odd after 0: "));
        await(() -> lag() == 0);
    }

    @Test
    void aThrottledBatchIsTriedAgainUntilItsVisibilityTimeoutEnds() throws Exception {
        // given
        send("a");
        var poller = poller(1, false);
        // when
        calls.take().outcome().complete(new NotRun(InvokeOutcome.Why.THROTTLED, "Rate Exceeded."));
        await(() -> poller.snapshot().throttled());
        clock.turn(Duration.ofSeconds(1));
        var again = calls.take();
        clock.turn(VISIBILITY);
        again.outcome().complete(new NotRun(InvokeOutcome.Why.THROTTLED, "Rate Exceeded."));
        // then
        assertThat(again.event()).isEqualTo("a#1");
        assertThat(answerNext().event()).isEqualTo("a#2");
    }

    @Test
    void aWindowGathersWhatComesInPieces() throws Exception {
        // given
        var poller = poller(new Fixture(10, false).window(60));
        send("a");
        await(() -> poller.snapshot().recordsOpen() == 1);
        // when
        send("b");
        clock.turn(Duration.ofSeconds(5));
        await(() -> poller.snapshot().recordsOpen() == 2);
        clock.turn(Duration.ofSeconds(60));
        // then
        assertThat(answerNext().records()).containsExactly("a#1", "b#1");
        await(() -> lag() == 0);
    }

    @Test
    void everyPartitionIsReadWhileConsumersOfSomeAreTied() throws Exception {
        // given
        var wide = topic + "-wide";
        Topics.ensure(kafka, List.of(new Topics.Wanted(wide, 4, Map.of())));
        poller(new Fixture(1, false).topic(wide));
        // when
        var bodies = IntStream.range(0, 200).mapToObj(Integer::toString).toList();
        sendTo(wide, bodies.toArray(String[]::new));
        // then
        var seen = new ArrayList<String>();
        while (seen.size() < bodies.size()) {
            seen.add(answerNext().event().replace("#1", ""));
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(bodies);
        await(() -> count(QueueCounts.Kind.DELETED) == bodies.size());
    }

    @Test
    void moreBatchesRunAtOnceThanThereAreConsumers() throws Exception {
        // given
        var poller = poller(1, false);
        send("a", "b", "c", "d", "e", "f");
        // when
        await(() -> calls.size() == 5);
        // then
        assertThat(poller.snapshot().batchesRunning()).isEqualTo(5);
        assertThat(poller.snapshot().consumers()).isLessThan(5);
        for (int i = 0; i < 6; i++) {
            answerNext();
        }
        await(() -> lag() == 0);
    }

    @Test
    void aQueueThatDoesNotExistIsReportedAsBroken() throws Exception {
        // given
        var broken = new CompletableFuture<String>();
        // when
        poller(new Fixture(1, false).topic(topic + "-absent").broken(broken));
        // then
        assertThat(broken.get(30, TimeUnit.SECONDS))
                .isEqualTo("the queue does not exist: there is no topic " + topic + "-absent");
    }

    private Call answerNext() throws InterruptedException {
        var call = calls.take();
        call.outcome().complete(FINE);
        return call;
    }

    /** Waits for as long as two locks last, by the broker's clock: a record of another queue is left alone by one consumer after the other. */
    private void awaitTwoLocksRunOut() throws Exception {
        var other = topic + "-clock";
        Topics.ensure(kafka, List.of(new Topics.Wanted(other, 1, Map.of())));
        try (var admin = Admin.create(kafka.clientProperties());
                var first = shareConsumer(other);
                var second = shareConsumer(other);
                var third = shareConsumer(other)) {
            assertThat(ShareGroup.prepare(admin, "test." + other, other, LOCK).lock())
                    .isEqualTo(LOCK);
            sendTo(other, "tick");
            int deliveries = receive(first);
            for (var next : List.of(second, third)) {
                int more = receive(next);
                assertThat(more).isGreaterThan(deliveries);
                deliveries = more;
            }
        }
    }

    private ShareConsumer<byte[], byte[]> shareConsumer(String queue) {
        var properties = kafka.clientProperties();
        properties.put("group.id", "test." + queue);
        properties.put("share.acknowledgement.mode", "explicit");
        var consumer = new KafkaShareConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(queue));
        return consumer;
    }

    /** Receives one record, leaves it alone, and returns how often it has been delivered. */
    private static int receive(ShareConsumer<byte[], byte[]> consumer) {
        while (true) {
            for (var record : consumer.poll(Duration.ofSeconds(1))) {
                return record.deliveryCount().orElseThrow();
            }
        }
    }

    private QueuePoller poller(int batchSize, boolean reportItemFailures) {
        return poller(new Fixture(batchSize, reportItemFailures));
    }

    private QueuePoller poller(Fixture fixture) {
        var policy = new QueuePolicy(VISIBILITY, 3, null);
        var poller = new QueuePoller(
                kafka.clientProperties(),
                fixture.mapping(),
                new FakeForm(),
                fixture.filter,
                (_, event, _) -> {
                    var call = new Call(new String(event, UTF_8), new CompletableFuture<>());
                    calls.add(call);
                    return call.outcome();
                },
                fixture.handover,
                new QueueSettings(policy, Map.of(), fixture.drain, LOCK, 8, "test."),
                (kind, records) ->
                        counts.computeIfAbsent(kind, _ -> new AtomicInteger()).addAndGet(records),
                new QueueListener() {
                    @Override
                    public void processed(String lastProcessingResult) {
                        results.add(lastProcessingResult);
                    }

                    @Override
                    public void broken(String reason) {
                        fixture.broken.complete(reason);
                    }
                },
                clock);
        pollers.add(poller);
        return poller;
    }

    /** A mapping, and what it is run with. */
    private final class Fixture {
        private final int batchSize;
        private final boolean reportItemFailures;
        private String queue = topic;
        private @Nullable Integer window;
        private Duration drain = Duration.ofSeconds(20);
        private RecordFilter filter = RecordFilter.EVERYTHING;
        private CompletableFuture<String> broken = new CompletableFuture<>();
        private QueueHandover handover =
                (records, receiveCount, failure) -> records.forEach(record -> handedOver.add(FakeForm.body(record)
                        + " after " + receiveCount + ": " + (failure == null ? "" : failure.errorType())));

        Fixture(int batchSize, boolean reportItemFailures) {
            this.batchSize = batchSize;
            this.reportItemFailures = reportItemFailures;
        }

        Fixture topic(String other) {
            queue = other;
            return this;
        }

        Fixture window(int seconds) {
            window = seconds;
            return this;
        }

        Fixture drain(Duration timeout) {
            drain = timeout;
            return this;
        }

        Fixture filter(RecordFilter other) {
            filter = other;
            return this;
        }

        Fixture handover(QueueHandover other) {
            handover = other;
            return this;
        }

        Fixture broken(CompletableFuture<String> told) {
            broken = told;
            return this;
        }

        EventSourceMappingRecord mapping() {
            return QueueMappings.of(queue, batchSize, window, reportItemFailures);
        }
    }

    private void send(String... bodies) throws Exception {
        sendTo(topic, bodies);
    }

    private void sendTo(String queue, String... bodies) throws Exception {
        try (var producer =
                new KafkaProducer<>(kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (var body : bodies) {
                producer.send(new ProducerRecord<>(queue, body.getBytes(UTF_8))).get(30, TimeUnit.SECONDS);
            }
        }
    }

    /** Records that the share group has not done with. */
    private long lag() {
        var group = "test." + topic;
        try (var admin = Admin.create(kafka.clientProperties())) {
            return admin
                    .listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                    .partitionsToOffsetInfo(group)
                    .get(30, TimeUnit.SECONDS)
                    .values()
                    .stream()
                    .mapToLong(info -> info == null ? 1 : info.lag().orElse(1L))
                    .sum();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private int count(QueueCounts.Kind kind) {
        return counts.getOrDefault(kind, new AtomicInteger()).get();
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
