package io.kappa.mapper.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.mapper.event.EventForm;
import io.kappa.mapper.handover.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ShardTest {
    private static final long NOON = 1_700_000_040_000L; // A multiple of a minute, so that windows begin there.
    private static final Step.Failure FAILURE = new Step.Failure("$LATEST", true, "Error", "no");

    private long now = NOON;

    @Test
    void aBatchIsCalledAtOnceWhereNoWindowIsAskedFor() {
        var shard = shard(rules().build());
        read(shard, 0, "a");

        assertThat(call(shard).records()).hasSize(1);
    }

    @Test
    void aBatchWaitsForItsWindowAndNoLonger() {
        var shard = shard(rules().window(Duration.ofSeconds(5)).build());
        read(shard, 0, "a");

        assertThat(shard.next(10, _ -> false, now)).isEmpty();
        assertThat(shard.due(now)).isEqualTo(NOON + 5_000);

        now += 5_000;
        assertThat(call(shard).records()).hasSize(1);
    }

    @Test
    void aFullBatchDoesNotWaitForItsWindow() {
        var shard = shard(rules().size(2).window(Duration.ofSeconds(5)).build());
        read(shard, 0, "a");
        read(shard, 1, "a");

        assertThat(call(shard).records()).hasSize(2);
    }

    @Test
    void anEventNeverGrowsBeyondWhatAnInvocationTakes() {
        var shard = shard(rules().size(100).memory(100_000_000).build());
        var large = "x".repeat(2_500_000);
        for (int offset = 0; offset < 3; offset++) {
            shard.read(PlainForm.record(offset, "k", large, now), null, now);
        }

        assertThat(call(shard).records()).hasSize(2);
    }

    @Test
    void aRecordThatIsTooLongAloneIsGivenUpAndItsNeighboursAreNot() {
        var shard = shard(rules().memory(100_000_000).build());
        read(shard, 0, "a");
        shard.read(PlainForm.record(1, "k", "x".repeat(EventForm.LONGEST_EVENT), now), null, now);
        read(shard, 2, "a");

        shard.called(call(shard), new CallResult.Succeeded(null), now);
        var givenUp = handOver(shard);
        assertThat(givenUp.cause()).isEqualTo(Cause.PAYLOAD_TOO_LARGE);
        assertThat(offsets(givenUp)).containsExactly(1L);
        assertThat(shard.progress().position()).isEqualTo(1);

        shard.handedOver(givenUp, now);
        assertThat(offsets(call(shard))).containsExactly(2L);
    }

    @Test
    void aFailedBatchIsTriedAgainAsAWholeAfterAWhile() {
        var shard = shard(rules().build());
        read(shard, 0, "a");
        read(shard, 1, "a");

        shard.called(call(shard), new CallResult.Failed(FAILURE), now);
        assertThat(shard.next(10, _ -> false, now)).isEmpty();

        now += 1_000;
        var again = call(shard);
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(again.records()).hasSize(2);
    }

    @Test
    void aBatchIsGivenUpAfterOneTryMoreThanItsRetries() {
        var shard = shard(rules().retries(1).build());
        read(shard, 0, "a");

        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThat(shard.progress().position()).isZero();
            shard.called(call(shard), new CallResult.Failed(FAILURE), now);
            now += 60_000;
        }
        var givenUp = handOver(shard);
        assertThat(givenUp.cause()).isEqualTo(Cause.RETRIES_EXHAUSTED);
        assertThat(givenUp.attempts()).isEqualTo(2);
        assertThat(givenUp.failure()).isEqualTo(FAILURE);
        assertThat(shard.progress().position()).as("until it is kept elsewhere").isZero();

        shard.handedOver(givenUp, now);
        assertThat(shard.progress().position()).isEqualTo(1);
    }

    @Test
    void aThrottleUsesUpNoAttempt() {
        var shard = shard(rules().retries(0).build());
        read(shard, 0, "a");
        for (int i = 0; i < 20; i++) {
            shard.called(call(shard), new CallResult.NotRun(true, ""), now);
            now += 60_000;
        }

        assertThat(call(shard).attempt()).isEqualTo(1);
    }

    @Test
    void bisectingFindsTheOneRecordAndSplitsCostNoAttempt() {
        var shard = shard(rules().size(10).bisecting().retries(1).build());
        for (int offset = 0; offset < 10; offset++) {
            read(shard, offset, "a");
        }
        var sizes = new ArrayList<Integer>();
        var delivered = new ArrayList<Long>();
        var step = only(shard);
        for (; step instanceof Step.Call called; step = only(shard)) {
            sizes.add(called.records().size());
            if (offsets(called).contains(7L)) {
                shard.called(called, new CallResult.Failed(FAILURE), now);
            } else {
                delivered.addAll(offsets(called));
                shard.called(called, new CallResult.Succeeded(null), now);
            }
            now += 60_000;
        }
        assertThat(sizes).startsWith(10, 5, 5, 2);
        assertThat(step).isInstanceOfSatisfying(Step.HandOver.class, givenUp -> {
            assertThat(offsets(givenUp)).containsExactly(7L);
            assertThat(givenUp.attempts()).isEqualTo(2);
            shard.handedOver(givenUp, now);
        });
        while (shard.progress().position() < 10) {
            var called = call(shard);
            delivered.addAll(offsets(called));
            shard.called(called, new CallResult.Succeeded(null), now);
        }
        assertThat(delivered).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 8L, 9L);
    }

    @Test
    void afterAPartialFailureAStreamGoesOnWithTheLowestFailedRecord() {
        var shard = shard(rules().size(10).build());
        for (int offset = 0; offset < 6; offset++) {
            read(shard, offset, "a");
        }

        int settled = shard.called(call(shard), new CallResult.PartlyFailed(Set.of(5, 3), null, FAILURE), now);

        assertThat(settled).isEqualTo(3);
        assertThat(shard.progress().position()).isEqualTo(3);
        now += 60_000;
        assertThat(offsets(call(shard))).containsExactly(3L, 4L, 5L);
    }

    @Test
    void afterAPartialFailureAQueueKeepsJustTheFailedMessages() {
        var shard = shard(rules().lanes(ShardRules.BY_KEY).oneByOne().build());
        for (int offset = 0; offset < 4; offset++) {
            read(shard, offset, "group");
        }

        shard.called(call(shard), new CallResult.PartlyFailed(Set.of(1, 2), null, FAILURE), now);

        assertThat(shard.progress().position()).isEqualTo(1);
        assertThat(shard.progress().settled().get(2)).as("offset 3").isTrue();
        now += 60_000;
        assertThat(offsets(call(shard))).containsExactly(1L, 2L);
    }

    @Test
    void recordsThatAreTooOldAreLeftOutOneByOneAndTheRestIsDelivered() {
        var shard = shard(rules().age(Duration.ofMinutes(1)).build());
        shard.read(PlainForm.record(0, "k", "old", now - 61_000), null, now);
        read(shard, 1, "k");

        var givenUp = handOver(shard);
        assertThat(givenUp.cause()).isEqualTo(Cause.RECORD_AGE_EXCEEDED);
        assertThat(offsets(givenUp)).containsExactly(0L);
        assertThat(givenUp.failure()).isNull();

        shard.handedOver(givenUp, now);
        assertThat(offsets(call(shard))).containsExactly(1L);
    }

    @Test
    void oneKeyIsNeverInTwoBatchesHoweverManyLanesThereAre() {
        var shard = shard(rules().size(1).lanes(10).build());
        for (int offset = 0; offset < 20; offset++) {
            read(shard, offset, "the one key");
        }

        assertThat(shard.next(10, _ -> false, now)).hasSize(1);
        assertThat(shard.next(10, _ -> false, now)).isEmpty();
    }

    @Test
    void aPoisonousKeyDelaysNoOtherKey() {
        var shard = shard(rules().size(1).lanes(10).build());
        for (int offset = 0; offset < 240; offset++) {
            read(shard, offset, "key" + offset);
        }
        var poisonous = only(shard.next(1, _ -> false, now));
        shard.called((Step.Call) poisonous, new CallResult.Failed(FAILURE), now);

        int delivered = 0;
        for (var steps = shard.next(10, _ -> false, now); !steps.isEmpty(); steps = shard.next(10, _ -> false, now)) {
            for (var step : steps) {
                delivered += shard.called((Step.Call) step, new CallResult.Succeeded(null), now);
            }
        }
        assertThat(shard.progress().position())
                .as("never past the poisonous record")
                .isZero();
        assertThat(delivered).isEqualTo(239);
    }

    @Test
    void aPoisonousKeyIsFoundByBisectingAndThenHoldsUpNoneOfTheOthersInItsBatch() {
        var shard = shard(rules().size(10).lanes(2).bisecting().build());
        for (int offset = 0; offset < 40; offset++) {
            read(shard, offset, "key" + offset % 8);
        }

        int calls = 0;
        var seen = new ArrayList<Long>();
        for (var steps = shard.next(10, _ -> false, now); !steps.isEmpty(); steps = shard.next(10, _ -> false, now)) {
            assertThat(steps).hasSizeLessThanOrEqualTo(2);
            for (var step : steps) {
                calls++;
                boolean poisoned = offsets(step).stream().anyMatch(offset -> offset % 8 == 3);
                shard.called(
                        (Step.Call) step,
                        poisoned ? new CallResult.Failed(FAILURE) : new CallResult.Succeeded(null),
                        now);
                seen.addAll(poisoned ? List.of() : offsets(step));
            }
            now += 100; // A split waits that long, and a retry ten times as long.
        }

        assertThat(seen).hasSize(35);
        assertThat(calls).isLessThan(30);
        assertThat(shard.progress().position()).isEqualTo(3);
    }

    @Test
    void whoeverGoesOnKnowsWhatWasSetAsideAndHowOftenItWasTried() {
        var shard = shard(rules().size(1).lanes(2).retries(2).build());
        for (int offset = 0; offset < 4; offset++) {
            read(shard, offset, "the one key");
        }
        shard.called(call(shard), new CallResult.Failed(FAILURE), now);

        var progress = shard.progress();
        var after = new Shard(rules().size(1).lanes(2).retries(2).build(), new PlainForm(), 0, progress, null);
        for (int offset = 0; offset < 4; offset++) {
            read(after, offset, "the one key");
        }

        assertThat(call(after).attempt()).isEqualTo(2);
        assertThat(after.next(10, _ -> false, now)).as("the others of its key").isEmpty();
    }

    @Test
    void whatWasSettledAheadIsNotDeliveredAgainAfterACrash() {
        var shard = shard(rules().size(1).lanes(2).build());
        for (int offset = 0; offset < 40; offset++) {
            read(shard, offset, "key" + offset);
        }
        var blocked = shard.next(1, _ -> false, now).getFirst();
        for (var steps = shard.next(10, _ -> false, now); !steps.isEmpty(); steps = shard.next(10, _ -> false, now)) {
            steps.forEach(step -> shard.called((Step.Call) step, new CallResult.Succeeded(null), now));
        }
        var progress = shard.progress();
        var next =
                Progress.committed(progress.position(), progress.metadata("t")).progress();

        var after = new Shard(rules().size(1).lanes(2).build(), new PlainForm(), 0, next, null);

        assertThat(next.position()).isEqualTo(blocked.records().getFirst().offset());
        assertThat(after.settledBefore(next.position())).isFalse();
        assertThat(next.settled().cardinality()).isPositive();
    }

    @Test
    void aShardTakesInNoMoreThanItMayHold() {
        var shard = shard(rules().memory(1_000).build());
        long offset = 0;
        while (shard.wantsRecords()) {
            read(shard, offset++, "k");
        }
        assertThat(offset).isLessThan(10);
    }

    /** Whoever tried them before had read further by then. To wait for the rest of them without room for it would be for ever. */
    @Test
    void aFullShardTakesInMoreOnlyOnceHalfOfItHasGone() {
        var shard = shard(rules().size(1).memory(10_000).build());
        int held = 0;
        for (; shard.wantsRecords(); held++) {
            read(shard, held, "a");
        }
        int settled = 0;
        for (; !shard.wantsRecords(); settled++) {
            shard.called(call(shard), new CallResult.Succeeded(null), now);
        }

        assertThat(settled).isBetween(held / 2, held / 2 + 1);
    }

    @Test
    void aSkippedRecordIsPassedOverWithoutWaitingForItsNextTry() {
        var shard = shard(rules().build());
        read(shard, 0, "a");
        shard.called(call(shard), new CallResult.Failed(FAILURE), now);

        var steps = shard.next(10, offset -> offset == 0, now);

        assertThat(steps)
                .singleElement()
                .isInstanceOfSatisfying(
                        Step.HandOver.class,
                        givenUp -> assertThat(givenUp.cause()).isEqualTo(Cause.SKIPPED));
    }

    @Test
    void aShardWhoseCallsDoNotRunSaysSoUntilOneDoes() {
        var shard = shard(rules().build());
        read(shard, 7, "a");

        shard.called(call(shard), new CallResult.NotRun(false, "no router"), now);
        assertThat(shard.view(now).state()).isEqualTo(ShardView.State.NOT_RUN);
        assertThat(shard.view(now).record()).isEqualTo(7);
        assertThat(shard.view(now).attempts()).isZero();

        now += 1_000;
        shard.called(call(shard), new CallResult.Failed(FAILURE), now);
        assertThat(shard.view(now).state()).isEqualTo(ShardView.State.RETRYING);
    }

    @Test
    void batchesThatWereTriedBeforeGoOnWithWhatThereIsRoomFor() {
        var open = List.of(new Progress.OpenBatch(0, 1, NOON, List.of(0L, 1_000L)));
        var before = new Progress(0, new java.util.BitSet(), open);
        var shard = new Shard(rules().size(2_000).memory(1_000).build(), new PlainForm(), 0, before, null);
        long offset = 0;
        while (shard.wantsRecords()) {
            assertThat(shard.next(10, _ -> false, now)).isEmpty();
            read(shard, offset++, "k");
        }

        var first = call(shard);
        assertThat(offsets(first)).containsExactly(0L);
        assertThat(first.attempt()).isEqualTo(2);
        shard.called(first, new CallResult.Succeeded(null), now);
        assertThat(offsets(call(shard))).hasSize((int) offset - 1).startsWith(1L);
    }

    @Test
    void metadataAlwaysFitsAndLosesAttemptsBeforeSettledRecords() {
        var open = new ArrayList<Progress.OpenBatch>();
        for (int i = 0; i < 500; i++) {
            open.add(new Progress.OpenBatch(1_000 + i, 3, NOON, List.of(1_000L + i)));
        }
        var settled = new java.util.BitSet();
        settled.set(Progress.SPAN - 1);
        var metadata = new Progress(1_000, settled, open).metadata("MkTopicIdOfTwentyTwo00");

        assertThat(metadata.length()).isLessThanOrEqualTo(Progress.LONGEST);
        var read = Progress.committed(1_000, metadata).progress();
        assertThat(read.settled()).isEqualTo(settled);
        assertThat(read.open()).isNotEmpty();
        assertThat(read.open().getFirst()).isEqualTo(open.getFirst());
    }

    @Test
    void metadataOfOthersIsPassedOver() {
        assertThat(Progress.committed(7, "by hand").progress()).isEqualTo(Progress.at(7));
    }

    @Test
    void metadataOfFormatOneIsRead() {
        var read = Progress.committed(
                10, "{\"v\":1,\"topic\":\"t1\",\"settled\":\"Ag\",\"open\":[[0,2,1700000040000,0,3]],\"later\":true}");

        assertThat(read.topicId()).contains("t1");
        assertThat(read.progress().settled().stream()).containsExactly(1);
        assertThat(read.progress().open()).containsExactly(new Progress.OpenBatch(10, 2, NOON, List.of(10L, 13L)));
    }

    @Test
    void aWindowPassesItsStateOnAndEndsWithACallOfItsOwn() {
        var shard = shard(rules().tumbling(Duration.ofMinutes(1)).build());
        read(shard, 0, "k");
        var first = call(shard);
        assertThat(first.window()).isEqualTo(new EventForm.Window(0, NOON, NOON + 60_000, "{}", false, false));
        shard.called(first, new CallResult.Succeeded("{\"n\":1}"), now);

        now += 61_000;
        read(shard, 1, "k"); // Of the next minute.
        var last = call(shard);
        assertThat(last.records()).isEmpty();
        assertThat(last.window()).isEqualTo(new EventForm.Window(0, NOON, NOON + 60_000, "{\"n\":1}", true, false));
        shard.called(last, new CallResult.Succeeded(null), now);

        var next = call(shard);
        assertThat(offsets(next)).containsExactly(1L);
        assertThat(next.window()).isEqualTo(new EventForm.Window(0, NOON + 60_000, NOON + 120_000, "{}", false, false));
    }

    @Test
    void aWindowWithoutNewRecordsEndsAfterItsGrace() {
        var shard = shard(rules().tumbling(Duration.ofMinutes(1)).build());
        read(shard, 0, "k");
        shard.called(call(shard), new CallResult.Succeeded("{}"), now);

        assertThat(shard.due(now)).isEqualTo(NOON + 60_000 + 120_000);
        now = NOON + 180_000;
        assertThat(call(shard).window()).matches(window -> window != null && window.last());
    }

    @Test
    void aStateThatGrowsTooLongEndsTheWindowEarly() {
        var shard = shard(rules().tumbling(Duration.ofMinutes(1)).build());
        read(shard, 0, "k");
        read(shard, 1, "k");
        shard.called(call(shard), new CallResult.Succeeded("{\"x\":\"" + "y".repeat(1_100_000) + "\"}"), now);

        var last = call(shard);

        assertThat(last.window()).matches(window -> window != null && window.last() && window.early());
    }

    @Test
    void theCallThatEndsAWindowIsRepeatedUntilItSucceeds() {
        var shard = shard(rules().retries(0).tumbling(Duration.ofMinutes(1)).build());
        read(shard, 0, "k");
        shard.called(call(shard), new CallResult.Succeeded("{}"), now);
        now = NOON + 180_000;
        for (int i = 0; i < 5; i++) {
            shard.called(call(shard), new CallResult.Failed(FAILURE), now);
            now += 60_000;
        }
        assertThat(call(shard).window()).matches(window -> window != null && window.last());
    }

    private static Shard shard(ShardRules rules) {
        return new Shard(rules, new PlainForm(), 0, Progress.at(0), null);
    }

    private void read(Shard shard, long offset, String key) {
        shard.read(PlainForm.record(offset, key, "v" + offset, now), null, now);
    }

    private Step.Call call(Shard shard) {
        return (Step.Call) only(shard);
    }

    private Step.HandOver handOver(Shard shard) {
        return (Step.HandOver) only(shard);
    }

    private Step only(Shard shard) {
        return only(shard.next(10, _ -> false, now));
    }

    private static Step only(List<Step> steps) {
        assertThat(steps).hasSize(1);
        return steps.getFirst();
    }

    private static List<Long> offsets(Step step) {
        return step.records().stream().map(ConsumerRecord::offset).toList();
    }

    private static Builder rules() {
        return new Builder();
    }

    /** Rules, of which a test names those that it is about. */
    private static final class Builder {
        private int size = 10;
        private Duration window = Duration.ZERO;
        private int lanes = 1;
        private int retries = ShardRules.UNLIMITED;
        private Duration age = Duration.ZERO;
        private boolean bisecting;
        private boolean oneByOne;
        private Duration tumbling = Duration.ZERO;
        private long memory = 1_000_000;

        Builder size(int records) {
            size = records;
            return this;
        }

        Builder window(Duration wait) {
            window = wait;
            return this;
        }

        Builder lanes(int count) {
            lanes = count;
            return this;
        }

        Builder retries(int count) {
            retries = count;
            return this;
        }

        Builder age(Duration most) {
            age = most;
            return this;
        }

        Builder bisecting() {
            bisecting = true;
            return this;
        }

        Builder oneByOne() {
            oneByOne = true;
            return this;
        }

        Builder tumbling(Duration length) {
            tumbling = length;
            return this;
        }

        Builder memory(long bytes) {
            memory = bytes;
            return this;
        }

        ShardRules build() {
            return new ShardRules(
                    size,
                    window,
                    lanes,
                    retries,
                    age,
                    bisecting,
                    oneByOne,
                    tumbling,
                    Duration.ofMinutes(2),
                    new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1)),
                    new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30)),
                    memory);
        }
    }
}
