package io.kappa.mapper.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchAssemblyTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void closesABatchThatHasAsManyRecordsAsWanted() {
        // given
        var assembly = new BatchAssembly<String>(2, MINUTE, 100);
        assertThat(assembly.add("a", 1, NOON)).isEmpty();
        // when
        var closed = assembly.add("b", 1, NOON);
        // then
        assertThat(closed).containsExactly(List.of("a", "b"));
        assertThat(assembly.size()).isZero();
    }

    @Test
    void closesABatchBeforeTheRecordThatItHasNoRoomFor() {
        // given
        var assembly = new BatchAssembly<String>(10, MINUTE, 100);
        assembly.add("a", 60, NOON);
        assertThat(assembly.add("b", 40, NOON)).isEmpty();
        // when
        var closed = assembly.add("c", 1, NOON);
        // then
        assertThat(closed).containsExactly(List.of("a", "b"));
        assertThat(assembly.size()).isEqualTo(1);
    }

    @Test
    void oneRecordClosesTwoBatchesWhereEachHoldsOne() {
        var assembly = new BatchAssembly<String>(10, MINUTE, 100);
        assembly.add("a", 60, NOON);
        assertThat(assembly.add("b", 60, NOON)).containsExactly(List.of("a"));
        var single = new BatchAssembly<String>(1, MINUTE, 100);
        assertThat(single.add("c", 60, NOON)).containsExactly(List.of("c"));
    }

    @Test
    void theWindowBeginsWithTheFirstRecordOfABatch() {
        // given
        var assembly = new BatchAssembly<String>(10, MINUTE, 100);
        assertThat(assembly.due(NOON)).isEmpty();
        assembly.add("a", 1, NOON);
        assembly.add("b", 1, NOON.plusSeconds(30));
        // then
        assertThat(assembly.due(NOON.plusMillis(59_999))).isEmpty();
        assertThat(assembly.due(NOON.plusSeconds(60))).contains(List.of("a", "b"));
        assertThat(assembly.due(NOON.plusSeconds(120))).isEmpty();
    }

    @Test
    void withoutAWindowABatchIsDueAtOnce() {
        var assembly = new BatchAssembly<String>(10, Duration.ZERO, 100);
        assembly.add("a", 1, NOON);
        assertThat(assembly.wants(NOON)).isTrue();
        assertThat(assembly.due(NOON)).contains(List.of("a"));
    }

    @Test
    void asksAgainAtGrowingDistancesWhileABatchIsOpen() {
        // given
        var assembly = new BatchAssembly<String>(10, Duration.ofSeconds(64), 100);
        assertThat(assembly.wants(NOON)).isTrue();
        assembly.add("a", 1, NOON);
        // when
        var asked = new ArrayList<Integer>();
        for (int second = 0; second < 64; second++) {
            var now = NOON.plusSeconds(second);
            if (assembly.wants(now)) {
                asked.add(second);
                assembly.asked(now);
            }
        }
        // then
        assertThat(asked).containsExactly(1, 2, 4, 8, 16, 32);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void eachRecordIsInOneBatchInOrderAndNoBatchIsTooLargeOrTooLate(long seed) {
        var random = new Random(seed);
        int most = 1 + random.nextInt(20);
        var window = Duration.ofSeconds(random.nextInt(10));
        var assembly = new BatchAssembly<int[]>(most, window, 1000);
        var batches = new ArrayList<List<int[]>>();
        var now = NOON;
        var opened = NOON;
        int records = 500;
        for (int i = 0; i < records; i++) {
            now = now.plusMillis(random.nextInt(1500));
            assembly.due(now).ifPresent(batches::add);
            if (assembly.size() > 0) {
                assertThat(now).isBefore(opened.plus(window));
            }
            var record = new int[] {i, random.nextInt(10) == 0 ? 1000 : random.nextInt(200)};
            var closed = assembly.add(record, record[1], now);
            if (assembly.size() == 1) {
                opened = now;
            }
            batches.addAll(closed);
        }
        assembly.due(now.plus(window)).ifPresent(batches::add);
        assertThat(assembly.size()).isZero();
        assertThat(batches.stream().flatMap(List::stream).mapToInt(record -> record[0]))
                .containsExactly(
                        java.util.stream.IntStream.range(0, records).boxed().toArray(Integer[]::new));
        assertThat(batches).allSatisfy(batch -> {
            assertThat(batch).hasSizeBetween(1, most);
            assertThat(batch.stream().mapToInt(record -> record[1]).sum()).isLessThanOrEqualTo(1000);
        });
    }
}
