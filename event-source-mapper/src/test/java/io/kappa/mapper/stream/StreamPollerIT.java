package io.kappa.mapper.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.SkipCommand;
import io.kappa.contracts.registry.EventSourceMappingRecord.StartingPosition;
import io.kappa.mapper.handover.Cause;
import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.shard.ShardRules;
import io.kappa.mapper.shard.ShardView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A mapping's source read from a real broker; only the function is played. */
class StreamPollerIT {

    @Test
    void recordsOfAPartitionReachTheFunctionInOrderAndAreCommitted() throws Exception {
        try (var orders = new Orders(1)) {
            orders.produce(0, "k", "a", "b", "skip-c", "d");
            try (var _ = orders.start(orders.rules())) {
                Orders.await("all delivered", () -> orders.seen.values().size() == 3);
            }
            assertThat(orders.seen.values()).containsExactly("a", "b", "d");
            assertThat(orders.seen.filtered).hasValue(1);

            orders.produce(0, "k", "e");
            try (var _ = orders.start(orders.rules())) {
                Orders.await(
                        "the next one delivered", () -> orders.seen.values().contains("e"));
            }
            assertThat(orders.seen.values()).containsExactly("a", "b", "d", "e");
            assertThat(orders.seen.results).contains("OK");
        }
    }

    @Test
    void aPoisonousRecordIsFoundByBisectingAndTheRestFlows() throws Exception {
        try (var orders = new Orders(1)) {
            orders.function = values -> values.contains("bad") ? Orders.failed() : Orders.answered("{}");
            orders.produce(0, "k", "a", "b", "c", "bad", "d", "e");
            var rules = bisecting(orders.rules(), 1);
            try (var _ = orders.start(rules)) {
                Orders.await("all settled", () -> orders.seen.settled.get() == 6);
            }
            assertThat(orders.seen.givenUp).singleElement().satisfies(givenUp -> {
                assertThat(givenUp.cause()).isEqualTo(Cause.RETRIES_EXHAUSTED);
                assertThat(givenUp.attempts()).isEqualTo(2);
                assertThat(givenUp.records())
                        .singleElement()
                        .satisfies(record -> assertThat(record.offset()).isEqualTo(3));
            });
        }
    }

    @Test
    void aPartlyFailedBatchIsDoneAgainFromItsFirstFailure() throws Exception {
        try (var orders = new Orders(1)) {
            var failedOnce = ConcurrentHashMap.newKeySet();
            orders.function = values -> values.contains("c") && failedOnce.add("c")
                    ? Orders.answered("{\"batchItemFailures\":[{\"itemIdentifier\":{\"partition\":\"" + orders.topic
                            + "-0\",\"offset\":2}}]}")
                    : Orders.answered("{}");
            orders.produce(0, "k", "a", "b", "c", "d");
            try (var _ = orders.start(orders.rules())) {
                Orders.await("all settled", () -> orders.seen.settled.get() == 4);
            }
            assertThat(orders.seen.values()).containsExactly("a", "b", "c", "d", "c", "d");
        }
    }

    @Test
    void aDefectStopsTheMappingAndSaysSoInsteadOfLettingAShardStandStill() throws Exception {
        try (var orders = new Orders(1)) {
            orders.produce(0, "k", "a");
            orders.seen.defect = new IllegalArgumentException("a mistake");
            try (var _ = orders.start(orders.rules())) {
                assertThat(orders.seen.broken.get(40, TimeUnit.SECONDS)).contains("a mistake");
            }
        }
    }

    @Test
    void aPoisonousPartitionHoldsUpNoOther() throws Exception {
        try (var orders = new Orders(2)) {
            orders.function = values -> values.contains("bad") ? Orders.failed() : Orders.answered("{}");
            orders.produce(0, "k", "bad");
            orders.produce(1, "k", "a", "b");
            try (var poller = orders.start(orders.rules())) {
                Orders.await("the other partition settled", () -> orders.seen.settled.get() == 2);
                Orders.await(
                        "an engineer sees why the shard stands still",
                        () -> view(poller, new TopicPartition(orders.topic, 0)).state() == ShardView.State.RETRYING);
                var view = view(poller, new TopicPartition(orders.topic, 0));
                assertThat(view.record()).isZero();
                assertThat(view.failure())
                        .satisfies(failure -> assertThat(failure.errorMessage()).isEqualTo("poisonous"));
            }
        }
    }

    @Test
    void anOperatorHasABlockingRecordParked() throws Exception {
        try (var orders = new Orders(1)) {
            orders.function = values -> values.contains("bad") ? Orders.failed() : Orders.answered("{}");
            orders.produce(0, "k", "bad", "a");
            try (var poller = orders.start(one(orders.rules()))) {
                Orders.await(
                        "it blocks",
                        () -> view(poller, new TopicPartition(orders.topic, 0)).attempts() > 2);
                orders.skips
                        .write(new SkipCommand(
                                "1",
                                orders.uuid(),
                                orders.topic,
                                0,
                                0,
                                1,
                                SkipCommand.Action.PARK,
                                "poison",
                                Instant.EPOCH))
                        .join();
                Orders.await("the rest flows", () -> orders.seen.settled.get() == 2);
            }
            assertThat(orders.seen.givenUp)
                    .singleElement()
                    .satisfies(givenUp -> assertThat(givenUp.cause()).isEqualTo(Cause.SKIPPED));
        }
    }

    @Test
    void throttlesUseUpNoAttempt() throws Exception {
        try (var orders = new Orders(1)) {
            var throttles = new java.util.concurrent.atomic.AtomicInteger(5);
            orders.function = _ -> throttles.getAndDecrement() > 0 ? Orders.throttled() : Orders.answered("{}");
            orders.produce(0, "k", "a");
            try (var _ = orders.start(bisecting(orders.rules(), 0))) {
                Orders.await("delivered in the end", () -> orders.seen.settled.get() == 1);
            }
            assertThat(orders.seen.givenUp).isEmpty();
        }
    }

    @Test
    void attemptsAreRememberedBeyondARestart() throws Exception {
        try (var orders = new Orders(1)) {
            orders.function = _ -> Orders.failed();
            orders.produce(0, "k", "bad");
            int calls = 6;
            for (int restarts = 0; restarts < 3; restarts++) {
                try (var poller = orders.start(bisecting(orders.rules(), calls - 1))) {
                    int before = orders.seen.batches.size();
                    Orders.await(
                            "another attempt or the end",
                            () -> orders.seen.batches.size() > before || !orders.seen.givenUp.isEmpty());
                    Orders.await("counted", () -> poller.alive());
                }
            }
            try (var _ = orders.start(bisecting(orders.rules(), calls - 1))) {
                Orders.await("given up", () -> !orders.seen.givenUp.isEmpty());
            }
            assertThat(orders.seen.batches).hasSize(calls);
            assertThat(orders.seen.givenUp)
                    .singleElement()
                    .satisfies(givenUp -> assertThat(givenUp.attempts()).isEqualTo(calls));
        }
    }

    @Test
    void latestStartsWithWhatComesAfterwardsAndMissesNothingFromThenOn() throws Exception {
        try (var orders = new Orders(1)) {
            orders.produce(0, "k", "old");
            try (var _ = orders.start(orders.rules(), StartingPosition.LATEST)) {
                Orders.await("reading", () -> orders.seen.reading.get() == 1);
            }
            orders.produce(0, "k", "while-stopped");
            try (var _ = orders.start(orders.rules(), StartingPosition.LATEST)) {
                Orders.await("delivered", () -> orders.seen.settled.get() == 1);
            }
            assertThat(orders.seen.values()).containsExactly("while-stopped");
        }
    }

    @Test
    void recordsThatWereRemovedBeforeTheyWereProcessedStopTheMappingUntilSomebodyAcknowledges() throws Exception {
        try (var orders = new Orders(1);
                var admin = Admin.create(orders.kafka.clientProperties())) {
            orders.produce(0, "k", "a");
            try (var _ = orders.start(orders.rules())) {
                Orders.await("delivered", () -> orders.seen.settled.get() == 1);
            }
            orders.produce(0, "k", "b", "c", "d");
            admin.deleteRecords(Map.of(new TopicPartition(orders.topic, 0), RecordsToDelete.beforeOffset(3)))
                    .all()
                    .get();
            try (var _ = orders.start(orders.rules())) {
                assertThat(orders.seen.broken.get(40, TimeUnit.SECONDS)).contains("begins at offset 3", "position 1");
            }
            orders.skips
                    .write(new SkipCommand(
                            "1", orders.uuid(), orders.topic, 0, 1, 3, SkipCommand.Action.DROP, "gone", Instant.EPOCH))
                    .join();
            Orders.await("known", () -> !orders.skips.of(orders.uuid()).isEmpty());
            try (var _ = orders.start(orders.rules())) {
                Orders.await("goes on", () -> orders.seen.values().contains("d"));
            }
            assertThat(orders.seen.values()).containsExactly("a", "d");
        }
    }

    @Test
    void aTopicMadeAnewIsNotTakenForTheOneBefore() throws Exception {
        try (var orders = new Orders(1);
                var admin = Admin.create(orders.kafka.clientProperties())) {
            orders.produce(0, "k", "a");
            try (var _ = orders.start(orders.rules())) {
                Orders.await("delivered", () -> orders.seen.settled.get() == 1);
            }
            admin.deleteTopics(List.of(orders.topic)).all().get();
            Orders.await("made anew", () -> made(admin, orders.topic));
            orders.produce(0, "k", "x", "y");
            try (var _ = orders.start(orders.rules())) {
                assertThat(orders.seen.broken.get(40, TimeUnit.SECONDS)).contains("made anew");
            }
        }
    }

    private static boolean made(Admin admin, String topic) {
        try {
            admin.createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic(topic, 1, (short) 1)))
                    .all()
                    .get();
            return true;
        } catch (ExecutionException e) {
            return false; // The old one is still on its way out.
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aShardThatMovesIsFinishedAndCommittedByWhoHadIt() throws Exception {
        try (var orders = new Orders(4)) {
            for (int partition = 0; partition < 4; partition++) {
                orders.produce(
                        partition,
                        "k",
                        IntStream.range(0, 50)
                                .mapToObj(i -> "v" + i)
                                .map(value -> value)
                                .toArray(String[]::new));
            }
            orders.function = _ -> CompletableFuture.supplyAsync(
                    () -> new InvokeOutcome.Answered("$LATEST", "{}".getBytes(UTF_8)),
                    CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS));
            try (var first = orders.start(one(orders.rules()))) {
                Orders.await("under way", () -> orders.seen.settled.get() > 10);
                try (var second = orders.start(one(orders.rules()))) {
                    Orders.await("shared", () -> shards(second) > 0 && shards(first) < 4);
                    Orders.await("all settled", () -> orders.seen.settled.get() >= 200);
                }
            }
            assertThat(orders.seen.values()).hasSize(200 + orders.seen.repeated.get());
            assertThat(orders.seen.repeated).hasValue(0);
        }
    }

    private static int shards(StreamPoller poller) {
        return poller.shards().size();
    }

    private static ShardView view(StreamPoller poller, TopicPartition shard) {
        var view = poller.shards().get(shard);
        return view == null ? new ShardView(0, 0, 0, 0, ShardView.State.POLLING, null, 0, 0, null) : view;
    }

    private static ShardRules bisecting(ShardRules rules, int retries) {
        return new ShardRules(
                rules.batchSize(),
                rules.batchWindow(),
                rules.lanes(),
                retries,
                rules.maximumRecordAge(),
                true,
                rules.failuresOneByOne(),
                rules.tumblingWindow(),
                rules.windowGrace(),
                rules.retry(),
                rules.throttle(),
                rules.mostBytes());
    }

    private static ShardRules one(ShardRules rules) {
        return new ShardRules(
                1,
                rules.batchWindow(),
                rules.lanes(),
                rules.maximumRetryAttempts(),
                rules.maximumRecordAge(),
                rules.bisect(),
                rules.failuresOneByOne(),
                rules.tumblingWindow(),
                rules.windowGrace(),
                rules.retry(),
                rules.throttle(),
                rules.mostBytes());
    }
}
