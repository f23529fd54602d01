package io.kappa.mapper.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.shard.Backoff;
import io.kappa.mapper.shard.ShardRules;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Orders of many keys, some of them poisonous, and what must be true of them in the end whatever has happened meanwhile. */
final class MixedOrders {
    static final int BATCH = 10;
    private static final int KEYS = 40;
    private static final String BAD = "bad";

    private final Orders orders;
    private final int partitions;
    private final Random random;
    private int produced;

    /** @param random decides which orders come, in which order */
    MixedOrders(Orders orders, int partitions, Random random) {
        this.orders = orders;
        this.partitions = partitions;
        this.random = random;
        orders.function = values -> CompletableFuture.supplyAsync(
                () -> values.stream().anyMatch(MixedOrders::poisonous)
                        ? new InvokeOutcome.FunctionFailed("$LATEST", "Error", "poisonous")
                        : new InvokeOutcome.Answered("$LATEST", "{}".getBytes(UTF_8)),
                CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS));
    }

    /** A batch that fails is bisected, and what is poisonous is given up at the second try. */
    static ShardRules rules(int lanes) {
        return new ShardRules(
                BATCH,
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

    /** Produces more, until there are so many. */
    void produceUpTo(int count) {
        for (; produced < count; produced++) {
            int key = random.nextInt(KEYS);
            var value = key + ":" + produced + (random.nextInt(200) == 0 ? BAD : "");
            orders.produce(key % partitions, "k" + key, value);
        }
    }

    private static boolean poisonous(String value) {
        return value.endsWith(BAD);
    }

    /** Whether each of the first so many has been delivered, or given up where it is poisonous. */
    boolean through(int count) {
        var done = new HashSet<>(orders.seen.values());
        done.removeIf(MixedOrders::poisonous);
        done.addAll(givenUp());
        return done.size() >= count;
    }

    private Set<String> givenUp() {
        synchronized (orders.seen.givenUp) {
            return orders.seen.givenUp.stream()
                    .flatMap(some -> some.records().stream())
                    .map(record -> new String(record.value(), UTF_8))
                    .collect(Collectors.toSet());
        }
    }

    void assertNothingIsLostAndNothingElseGivenUp() {
        var seen = new HashSet<>(orders.seen.values());
        assertThat(seen).hasSize(produced);
        assertThat(givenUp())
                .isEqualTo(seen.stream().filter(MixedOrders::poisonous).collect(Collectors.toSet()));
    }

    /** Only what is seen for the first time counts: whatever is tried again comes again. */
    void assertKeysKeepTheirOrder() {
        var last = new HashMap<String, Integer>();
        var known = new HashSet<String>();
        for (var value : orders.seen.values()) {
            if (known.add(value)) {
                var parts = value.replace(BAD, "").split(":");
                int number = Integer.parseInt(parts[1]);
                var before = last.put(parts[0], number);
                assertThat(before == null || before < number)
                        .as("key %s: %s after %s", parts[0], number, before)
                        .isTrue();
            }
        }
    }

    /** How often records without failures near them were delivered more than once. */
    int surplus() {
        var times = new HashMap<String, Integer>();
        List<List<String>> batches;
        synchronized (orders.seen.batches) {
            batches = List.copyOf(orders.seen.batches);
        }
        batches.stream()
                .filter(batch -> batch.stream().noneMatch(MixedOrders::poisonous))
                .forEach(batch -> batch.forEach(value -> times.merge(value, 1, Integer::sum)));
        return times.values().stream().mapToInt(count -> count - 1).sum();
    }
}
