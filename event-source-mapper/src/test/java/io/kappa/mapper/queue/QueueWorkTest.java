package io.kappa.mapper.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.mapper.event.BatchResponse;
import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.invoke.InvokeOutcome.Answered;
import io.kappa.mapper.invoke.InvokeOutcome.FunctionFailed;
import io.kappa.mapper.invoke.InvokeOutcome.NotRun;
import io.kappa.mapper.queue.Held.Decision;
import io.kappa.mapper.queue.QueueRules.Fate;
import io.kappa.mapper.queue.QueueWork.Judged;
import io.kappa.testkit.TurnedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueWorkTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration VISIBILITY = Duration.ofSeconds(30);
    private static final int DELIVERY_LIMIT = 25;
    private static final InvokeOutcome THROTTLED = new NotRun(InvokeOutcome.Why.THROTTLED, "Rate Exceeded.");

    private final TurnedClock clock = new TurnedClock(NOON);
    private final Map<QueueCounts.Kind, Integer> counts = new HashMap<>();

    @Test
    void startsNoMoreBatchesThanMayRunAtOnce() throws Exception {
        // given
        var work = work(1, Duration.ZERO, 2);
        var lane = lane(work);
        work.received(List.of(judged(lane, 0, Fate.BATCH), judged(lane, 1, Fate.BATCH), judged(lane, 2, Fate.BATCH)));
        // when
        var started = work.next().start();
        // then
        assertThat(started).hasSize(2);
        assertThat(work.next().start()).isEmpty();
        work.ended(started.getFirst(), new Answered("1", new byte[0]), settled(Set.of()), false);
        assertThat(work.next().start()).hasSize(1);
        assertThat(work.snapshot().batchesRunning()).isEqualTo(2);
    }

    @Test
    void whatFailedIsReleasedWhenItsVisibilityTimeoutEndsAndNotBefore() throws Exception {
        // given
        var work = work(1, Duration.ZERO, 2);
        var lane = lane(work);
        work.received(List.of(judged(lane, 0, Fate.BATCH)));
        var batch = work.next().start().getFirst();
        work.begin(batch, VISIBILITY);
        // when
        work.ended(batch, new FunctionFailed("1", "Error", "no"), settled(Set.of(0)), true);
        clock.turn(VISIBILITY.minusMillis(1));
        work.next();
        assertThat(decisions(work, lane)).isEmpty();
        clock.turn(Duration.ofMillis(1));
        work.next();
        // then
        assertThat(decisions(work, lane)).extracting(one -> one.decision).containsExactly(Decision.RELEASE);
    }

    @Test
    void aBatchThatWasThrottledComesBeforeThoseThatWait() throws Exception {
        // given
        var work = work(1, Duration.ZERO, 1);
        var lane = lane(work);
        work.received(List.of(judged(lane, 0, Fate.BATCH), judged(lane, 1, Fate.BATCH)));
        var first = work.next().start().getFirst();
        // when
        work.ended(first, THROTTLED, new QueueRules.Next.TryAgain(NOON), false);
        // then
        assertThat(work.snapshot().throttled()).isTrue();
        assertThat(work.next().start()).containsExactly(first);
        assertThat(first.tries).isEqualTo(2);
        assertThat(work.snapshot().throttled()).isFalse();
    }

    @Test
    void aRecordWhoseLockIsGoneBeforeItsBatchRunsIsLeftOut() throws Exception {
        // given
        var work = work(2, Duration.ZERO, 1);
        var lane = lane(work);
        var kept = judged(lane, 0, Fate.BATCH);
        var gone = judged(lane, 1, Fate.BATCH);
        work.received(List.of(kept, gone));
        // when
        work.lost(List.of(gone.held()));
        // then
        assertThat(work.next().start().getFirst().records()).containsExactly(kept.held().record);
        assertThat(work.snapshot().recordsHeld()).isEqualTo(1);
    }

    @Test
    void closingReleasesWhatDoesNotRunAndLeavesTheRestItsTime() throws Exception {
        // given
        var work = work(1, Duration.ZERO, 1);
        var lane = lane(work);
        work.received(List.of(judged(lane, 0, Fate.BATCH), judged(lane, 1, Fate.BATCH)));
        var running = work.next().start().getFirst();
        // when
        work.beginClosing();
        work.beginReleasing();
        // then
        assertThat(decisions(work, lane)).extracting(one -> one.record.offset()).containsExactly(1L);
        work.ended(running, new Answered("1", new byte[0]), settled(Set.of()), false);
        assertThat(decisions(work, lane)).extracting(one -> one.decision).containsExactly(Decision.DELETE);
        assertThat(work.next().start()).isEmpty();
    }

    @Test
    void oneMoreLaneIsWantedOnlyWhileMoreMayRun() throws Exception {
        // given
        var work = work(1, Duration.ZERO, 2);
        assertThat(work.next().openLane()).isTrue();
        var lane = lane(work);
        // then
        assertThat(work.next().openLane()).isFalse();
        lane.starting = false;
        work.received(List.of(judged(lane, 0, Fate.BATCH)));
        assertThat(work.next().openLane()).isTrue();
        work.received(List.of(judged(lane, 1, Fate.BATCH)));
        assertThat(work.next().openLane()).isFalse();
    }

    /**
     * A broker in a few lines, which delivers again what is released or whose lock is lost, and throws away what is released too often; a
     * function that does anything; and a clock.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everyRecordIsProcessedFilteredOrHandedOverWhateverHappens(long seed) throws Exception {
        var random = new Random(seed);
        int records = 200;
        int batchSize = 1 + random.nextInt(10);
        int maximum = 1 + random.nextInt(8);
        var rules = new QueueRules(VISIBILITY, QueueRules.mostReceives(5, DELIVERY_LIMIT), random.nextBoolean());
        var work = work(batchSize, Duration.ofSeconds(random.nextInt(3)), maximum);
        Deque<Integer> available = new ArrayDeque<>();
        var deliveries = new int[records];
        for (int i = 0; i < records; i++) {
            available.add(i);
        }
        var lanes = new ArrayList<QueueLane>();
        for (int i = 0; i < 6; i++) {
            lanes.add(lane(work));
        }
        var heldBy = new HashMap<QueueLane, Map<Long, Held>>();
        var running = new ArrayList<QueueBatch>();
        var leaving = new ArrayList<Held>();
        var done = new HashSet<Long>();
        int losses = 0;

        for (int step = 0; done.size() < records; step++) {
            assertThat(step).isLessThan(200_000);
            clock.turn(Duration.ofMillis(random.nextInt(2000)));
            var lane = lanes.get(random.nextInt(lanes.size()));
            var held = heldBy.computeIfAbsent(lane, _ -> new HashMap<>());
            // The lane looks after what it holds, or asks.
            for (var one : decisions(work, lane)) {
                held.remove(one.record.offset());
                if (random.nextInt(20) == 0) {
                    work.lost(List.of(one));
                    available.add((int) one.record.offset());
                } else if (one.decision == Decision.RELEASE) {
                    assertThat(one.receiveCount).isLessThan(DELIVERY_LIMIT);
                    work.settled(List.of(one));
                    available.add((int) one.record.offset());
                } else {
                    work.settled(List.of(one));
                    assertThat(done.add(one.record.offset())).isTrue();
                }
            }
            if (!held.isEmpty() && losses < 20 && random.nextInt(30) == 0) {
                losses++;
                var one = held.values().iterator().next();
                held.remove(one.record.offset());
                work.lost(List.of(one));
                leaving.remove(one);
                lane.decided.remove(one);
                available.add((int) one.record.offset());
            }
            if (held.isEmpty()) {
                var received = new ArrayList<Judged>();
                for (int i = 0; i < 12 && !available.isEmpty(); i++) {
                    int offset = available.poll();
                    deliveries[offset]++;
                    assertThat(deliveries[offset]).isLessThanOrEqualTo(DELIVERY_LIMIT);
                    var fate = rules.received(deliveries[offset], offset % 7 != 0, offset % 11 != 0, offset % 5 == 0);
                    var one = new Held(lane, record(offset, deliveries[offset]));
                    held.put((long) offset, one);
                    received.add(new Judged(one, fate, 10));
                    if (fate == Fate.GIVE_UP) {
                        leaving.add(one);
                    }
                }
                work.received(received);
            }
            // What runs, ends.
            for (var batch : work.next().start()) {
                work.begin(batch, VISIBILITY);
                assertThat(batch.held).hasSizeLessThanOrEqualTo(batchSize);
                running.add(batch);
            }
            assertThat(running).hasSizeLessThanOrEqualTo(maximum);
            if (!running.isEmpty() && random.nextBoolean()) {
                var batch = running.remove(random.nextInt(running.size()));
                var outcome = outcome(random);
                var next = rules.after(
                        outcome,
                        batch.held.size(),
                        batch.tries,
                        batch.visibleAt,
                        clock.instant(),
                        _ -> random.nextBoolean()
                                ? new BatchResponse.Succeeded(null)
                                : new BatchResponse.Partly(Set.of(random.nextInt(batch.held.size())), null));
                work.ended(batch, outcome, next, rules.backsOff(outcome));
            }
            if (!leaving.isEmpty() && random.nextBoolean()) {
                work.handedOver(List.of(leaving.removeFirst()));
            }
        }
        var snapshot = work.snapshot();
        assertThat(snapshot.recordsHeld()).isZero();
        assertThat(snapshot.recordsHidden()).isZero();
        assertThat(snapshot.recordsLeaving()).isZero();
        assertThat(counts.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(records);
    }

    private static InvokeOutcome outcome(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> new FunctionFailed("1", "Error", "no");
            case 1 -> THROTTLED;
            default -> new Answered("1", new byte[0]);
        };
    }

    private static QueueRules.Next settled(Set<Integer> failed) {
        return new QueueRules.Next.Settle(failed, failed.isEmpty(), null);
    }

    private QueueWork work(int batchSize, Duration window, int maximum) {
        return new QueueWork(
                batchSize,
                window,
                1000,
                maximum,
                8,
                (kind, records) -> counts.merge(kind, records, Integer::sum),
                clock);
    }

    private static QueueLane lane(QueueWork work) {
        var lane = new QueueLane(
                "queue",
                10,
                Duration.ofSeconds(30),
                work,
                _ -> {
                    throw new IllegalStateException("nobody asks here");
                },
                _ -> {},
                _ -> true);
        work.opened(lane);
        return lane;
    }

    private static List<Held> decisions(QueueWork work, QueueLane lane) throws InterruptedException {
        return work.awaitDecisions(lane, System.nanoTime());
    }

    private static Judged judged(QueueLane lane, int offset, Fate fate) {
        return new Judged(new Held(lane, record(offset, 1)), fate, 10);
    }

    private static ConsumerRecord<byte[], byte[]> record(int offset, int deliveries) {
        return new ConsumerRecord<>(
                "queue",
                0,
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                "body".getBytes(UTF_8),
                new RecordHeaders(),
                Optional.empty(),
                Optional.of((short) deliveries));
    }
}
