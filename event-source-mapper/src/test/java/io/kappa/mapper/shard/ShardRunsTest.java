package io.kappa.mapper.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A shard through random histories: failures of all kinds, throttles, poisonous records, filtered ones, gaps, crashes at any moment, commits that
 * are lost. The seed tells which.
 */
class ShardRunsTest {
    private static final int SEEDS = 400;
    private static final int RECORDS = 120;
    private static final String TOPIC_ID = "topic";

    static IntStream seeds() {
        return IntStream.range(0, SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyRecordIsSettledInTheOrderOfItsKeyAndNoneIsPassedOver(int seed) {
        var run = new Run(seed);
        run.play();
    }

    /** One history. */
    private static final class Run {
        private final Random random;
        private final ShardRules rules;
        private final Map<Long, ConsumerRecord<byte[], byte[]>> source = new HashMap<>();
        private final Set<Long> filtered = new HashSet<>();
        private final Set<String> poisonous = new HashSet<>();
        private final long end;
        private long now = 1_000_000;

        /** What really happened, whatever the shard thinks. */
        private final Set<Long> delivered = new HashSet<>();

        private final Set<Long> handedOver = new HashSet<>();
        private final Map<String, Long> lastOfKey = new HashMap<>();
        private final Map<Long, Integer> deliveries = new HashMap<>();
        private int crashes;

        private long committed;
        private String metadata = Progress.at(0).metadata(TOPIC_ID);
        private Shard shard;
        private List<Step> underWay = new ArrayList<>();

        Run(int seed) {
            random = new Random(seed);
            rules = rules();
            long offset = 0;
            for (int i = 0; i < RECORDS; i++) {
                offset += random.nextInt(10) == 0 ? 1 + random.nextInt(3) : 1;
                var key = random.nextInt(8) == 0 ? null : "k" + random.nextInt(12);
                source.put(offset, PlainForm.record(offset, key, "v" + offset, now - random.nextInt(1000)));
                if (random.nextInt(6) == 0) {
                    filtered.add(offset);
                }
                if (random.nextInt(25) == 0) {
                    poisonous.add("v" + offset);
                }
            }
            end = offset + 1;
            shard = restart();
        }

        private ShardRules rules() {
            int lanes = switch (random.nextInt(3)) {
                case 0 -> 1;
                case 1 -> 1 + random.nextInt(9);
                default -> ShardRules.BY_KEY;
            };
            return new ShardRules(
                    1 + random.nextInt(12),
                    Duration.ofMillis(random.nextInt(3) * 200L),
                    lanes,
                    random.nextInt(4),
                    Duration.ZERO,
                    random.nextBoolean(),
                    lanes == ShardRules.BY_KEY,
                    Duration.ZERO,
                    Duration.ofMinutes(2),
                    new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)),
                    new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1)),
                    5_000 + random.nextInt(20_000));
        }

        private Shard restart() {
            underWay = new ArrayList<>();
            var progress = Progress.committed(committed, metadata).progress();
            return new Shard(rules, new PlainForm(), 0, progress, null);
        }

        void play() {
            for (int moves = 0; moves < 100_000; moves++) {
                if (committed >= end) {
                    assertEnd();
                    return;
                }
                move();
                check();
            }
            throw new AssertionError("no end: committed " + committed + " of " + end + ", " + shard.view(now));
        }

        private void move() {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> read();
                case 3, 4 -> start();
                case 5, 6, 7 -> finish();
                case 8 -> commit();
                default -> {
                    if (random.nextInt(40) == 0) {
                        crashes++;
                        shard = restart();
                    } else {
                        now += random.nextInt(400);
                    }
                }
            }
        }

        private void read() {
            for (int i = random.nextInt(15); i > 0 && shard.wantsRecords() && shard.readPosition() < end; i--) {
                long offset = shard.readPosition();
                var record = source.get(offset);
                if (record == null || filtered.contains(offset) || shard.settledBefore(offset)) {
                    shard.readTo(offset + 1);
                } else {
                    shard.read(record, null, now);
                }
            }
        }

        private void start() {
            for (var step : shard.next(1 + random.nextInt(4), offset -> offset == 77, now)) {
                underWay.add(step);
            }
        }

        private void finish() {
            if (underWay.isEmpty()) {
                return;
            }
            var step = underWay.remove(random.nextInt(underWay.size()));
            switch (step) {
                case Step.Call call -> call(call);
                case Step.HandOver givenUp -> {
                    givenUp.records().forEach(record -> handedOver.add(record.offset()));
                    shard.handedOver(givenUp, now);
                }
            }
        }

        private void call(Step.Call call) {
            var failure = new Step.Failure("$LATEST", true, "E", "m");
            var bad = IntStream.range(0, call.records().size())
                    .filter(i -> poisonous.contains(
                            new String(call.records().get(i).value(), java.nio.charset.StandardCharsets.UTF_8)))
                    .boxed()
                    .collect(Collectors.toSet());
            int luck = random.nextInt(10);
            if (luck == 0) {
                shard.called(call, new CallResult.NotRun(random.nextBoolean(), ""), now);
            } else if (luck == 1 || (!bad.isEmpty() && luck < 6)) {
                shard.called(call, new CallResult.Failed(failure), now);
            } else if (!bad.isEmpty()) {
                int first = bad.stream().min(Integer::compare).orElseThrow();
                for (int i = 0; i < call.records().size(); i++) {
                    if (rules.failuresOneByOne() ? !bad.contains(i) : i < first) {
                        deliver(call.records().get(i));
                    }
                }
                shard.called(call, new CallResult.PartlyFailed(bad, null, failure), now);
            } else {
                call.records().forEach(this::deliver);
                shard.called(call, new CallResult.Succeeded(null), now);
            }
        }

        private void deliver(ConsumerRecord<byte[], byte[]> record) {
            boolean again = !delivered.add(record.offset());
            deliveries.merge(record.offset(), 1, Integer::sum);
            var key = key(record);
            if (key != null && !again && !rules.failuresOneByOne()) {
                var last = lastOfKey.put(key, record.offset());
                assertThat(last == null || last < record.offset())
                        .as("order of key %s: %s after %s", key, record.offset(), last)
                        .isTrue();
            }
        }

        private static @Nullable String key(ConsumerRecord<byte[], byte[]> record) {
            return record.key() == null ? null : new String(record.key(), java.nio.charset.StandardCharsets.UTF_8);
        }

        private void commit() {
            var progress = shard.progress();
            if (random.nextInt(5) > 0) {
                committed = progress.position();
                metadata = progress.metadata(TOPIC_ID);
            }
            assertThat(metadata.length()).isLessThanOrEqualTo(Progress.LONGEST);
        }

        private void check() {
            var progress = shard.progress();
            for (long offset = 0; offset < progress.position(); offset++) {
                assertSettled(offset);
            }
            BitSet beyond = progress.settled();
            beyond.stream().forEach(bit -> assertSettled(progress.position() + bit));
            var keys = new HashSet<String>();
            for (var step : underWay) {
                step.records().stream()
                        .map(Run::key)
                        .filter(key -> key != null)
                        .distinct()
                        .forEach(key -> assertThat(keys.add(key))
                                .as("two batches with key %s at once", key)
                                .isTrue());
            }
        }

        private void assertSettled(long offset) {
            if (source.containsKey(offset) && !filtered.contains(offset)) {
                assertThat(delivered.contains(offset) || handedOver.contains(offset))
                        .as("offset %s is taken for settled", offset)
                        .isTrue();
            }
        }

        private void assertEnd() {
            for (long offset : source.keySet()) {
                assertSettled(offset);
            }
            if (crashes == 0) {
                assertThat(deliveries.values()).allMatch(times -> times == 1);
            }
        }
    }
}
