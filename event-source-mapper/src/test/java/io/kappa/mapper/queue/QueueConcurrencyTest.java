package io.kappa.mapper.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueConcurrencyTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final QueueConcurrency concurrency = new QueueConcurrency(QueueConcurrency.MOST, NOON);

    @Test
    void startsWithFive() {
        assertThat(concurrency.limit()).isEqualTo(5);
    }

    @Test
    void startsWithTheMaximumWhereThatIsLess() {
        assertThat(new QueueConcurrency(2, NOON).limit()).isEqualTo(2);
    }

    @Test
    void addsThreeHundredAMinuteWhileThereIsMoreToDo() {
        concurrency.pass(NOON.plusSeconds(60), true, true);
        assertThat(concurrency.limit()).isEqualTo(305);
    }

    @Test
    void addsNothingWhileWhatIsAllowedSuffices() {
        concurrency.pass(NOON.plusSeconds(60), true, false);
        assertThat(concurrency.limit()).isEqualTo(5);
    }

    @Test
    void isNeverMoreThanTheMaximum() {
        var limited = new QueueConcurrency(20, NOON);
        limited.pass(NOON.plusSeconds(600), true, true);
        concurrency.pass(NOON.plusSeconds(600), true, true);
        assertThat(limited.limit()).isEqualTo(20);
        assertThat(concurrency.limit()).isEqualTo(1250);
    }

    @Test
    void fallsToTwoAfterAMinuteWithNothingToDo() {
        // given
        concurrency.pass(NOON.plusSeconds(60), true, true);
        // when
        concurrency.pass(NOON.plusSeconds(119), false, false);
        assertThat(concurrency.limit()).isEqualTo(305);
        concurrency.pass(NOON.plusSeconds(120), false, false);
        // then
        assertThat(concurrency.limit()).isEqualTo(2);
    }

    @Test
    void backsOffByAQuarterButOnceForAllThatFailsWithinASecond() {
        // given
        concurrency.pass(NOON.plusSeconds(19), true, true);
        assertThat(concurrency.limit()).isEqualTo(100);
        // when
        concurrency.backOff(NOON.plusSeconds(19));
        concurrency.backOff(NOON.plusMillis(19_999));
        assertThat(concurrency.limit()).isEqualTo(75);
        concurrency.backOff(NOON.plusSeconds(20));
        // then
        assertThat(concurrency.limit()).isEqualTo(56);
    }

    @Test
    void addsNothingForFiveSecondsAfterItHasBackedOff() {
        concurrency.backOff(NOON);
        concurrency.pass(NOON.plusMillis(4999), true, true);
        assertThat(concurrency.limit()).isEqualTo(3);
        concurrency.pass(NOON.plusMillis(5999), true, true);
        assertThat(concurrency.limit()).isEqualTo(8);
    }

    @Test
    void changesWithTheMaximum() {
        concurrency.pass(NOON.plusSeconds(60), true, true);
        concurrency.changeMaximum(10);
        assertThat(concurrency.limit()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void staysWithinItsBoundsWhateverHappens(long seed) {
        var random = new Random(seed);
        int maximum = 1 + random.nextInt(QueueConcurrency.MOST);
        var any = new QueueConcurrency(maximum, NOON);
        var now = NOON;
        for (int i = 0; i < 2000; i++) {
            // Now and then a clock is set back.
            now = now.plus(Duration.ofMillis(random.nextInt(3000) - 100));
            int before = any.limit();
            if (random.nextInt(10) == 0) {
                any.backOff(now);
                assertThat(any.limit()).isLessThanOrEqualTo(before);
            } else {
                any.pass(now, random.nextBoolean(), random.nextBoolean());
                assertThat(any.limit()).isLessThanOrEqualTo(before + 16);
            }
            assertThat(any.limit()).isBetween(Math.min(2, maximum), maximum);
        }
    }
}
