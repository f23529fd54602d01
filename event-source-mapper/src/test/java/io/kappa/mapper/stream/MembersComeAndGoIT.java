package io.kappa.mapper.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.shard.Backoff;
import io.kappa.mapper.shard.ShardRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members of a mapping's group that join and leave all the time, while records come and some of them are poisonous. */
class MembersComeAndGoIT {
    private static final int PARTITIONS = 6;
    private static final int RECORDS = 2_400;
    private static final int KEYS = 40;
    private static final int CHANGES = 12;

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void everyRecordIsDeliveredOrGivenUpInTheOrderOfItsKeyAndNothingTwiceThatIsNotCounted(int lanes) throws Exception {
        var random = new Random(lanes);
        try (var orders = new Orders(PARTITIONS)) {
            orders.function = values -> CompletableFuture.supplyAsync(
                    () -> values.stream().anyMatch(value -> value.endsWith("bad"))
                            ? new InvokeOutcome.FunctionFailed("$LATEST", "Error", "poisonous")
                            : new InvokeOutcome.Answered("$LATEST", "{}".getBytes(UTF_8)),
                    CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS));
            var members = new ArrayList<StreamPoller>();
            members.add(orders.start(rules(lanes)));
            int produced = 0;
            for (int change = 0; change < CHANGES; change++) {
                for (; produced < RECORDS * (change + 1) / CHANGES; produced++) {
                    int key = random.nextInt(KEYS);
                    var value = key + ":" + produced + (random.nextInt(200) == 0 ? "bad" : "");
                    orders.produce(key % PARTITIONS, "k" + key, value);
                }
                int settled = orders.seen.settled.get();
                if (members.size() < 3 && (members.size() == 1 || random.nextBoolean())) {
                    members.add(orders.start(rules(lanes)));
                } else {
                    members.remove(random.nextInt(members.size())).close();
                }
                Orders.await(
                        "goes on", () -> orders.seen.settled.get() > settled || orders.seen.settled.get() >= RECORDS);
            }
            Orders.await("all settled", () -> orders.seen.settled.get() >= RECORDS);
            members.forEach(StreamPoller::close);

            nothingIsLost(orders);
            keysKeepTheirOrder(orders);
            assertThat(surplus(orders)).isLessThanOrEqualTo(orders.seen.repeated.get());
        }
    }

    private static ShardRules rules(int lanes) {
        return new ShardRules(
                10,
                Duration.ZERO,
                lanes,
                1,
                Duration.ZERO,
                true,
                false,
                Duration.ZERO,
                Duration.ofMinutes(2),
                new Backoff(Duration.ofMillis(5), Duration.ofMillis(20)),
                new Backoff(Duration.ofMillis(5), Duration.ofMillis(20)),
                1_000_000);
    }

    private static void nothingIsLost(Orders orders) {
        var seen = new HashSet<>(orders.seen.values());
        assertThat(seen).hasSize(RECORDS);
        var givenUp = new HashSet<String>();
        orders.seen.givenUp.forEach(some ->
                some.records().forEach(record -> givenUp.add(new String(record.value(), UTF_8))));
        assertThat(givenUp)
                .isEqualTo(new HashSet<>(
                        seen.stream().filter(value -> value.endsWith("bad")).toList()));
    }

    /** Only what is seen for the first time counts: whatever is tried again comes again. */
    private static void keysKeepTheirOrder(Orders orders) {
        var last = new HashMap<String, Integer>();
        var known = new HashSet<String>();
        for (var value : orders.seen.values()) {
            if (known.add(value)) {
                var parts = value.replace("bad", "").split(":");
                int number = Integer.parseInt(parts[1]);
                var before = last.put(parts[0], number);
                assertThat(before == null || before < number)
                        .as("key %s: %s after %s", parts[0], number, before)
                        .isTrue();
            }
        }
    }

    /** How often records without failures near them were delivered more than once. */
    private static int surplus(Orders orders) {
        var times = new HashMap<String, Integer>();
        List<List<String>> batches;
        synchronized (orders.seen.batches) {
            batches = List.copyOf(orders.seen.batches);
        }
        batches.stream()
                .filter(batch -> batch.stream().noneMatch(value -> value.endsWith("bad")))
                .forEach(batch -> batch.forEach(value -> times.merge(value, 1, Integer::sum)));
        return times.values().stream().mapToInt(count -> count - 1).sum();
    }
}
