package io.kappa.router.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final RateLimit limit = new RateLimit(SECOND);

    private int takeAll(long perPeriod, long now) {
        int taken = 0;
        while (limit.take(perPeriod, now)) {
            taken++;
        }
        return taken;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 7, 10, 1000, 10_000})
    void asManyAtOnceAsInAPeriodAndThenAsTheyAreRefilled(long perPeriod) {
        assertThat(takeAll(perPeriod, 0)).isEqualTo((int) perPeriod);
        assertThat(takeAll(perPeriod, 1)).isZero();

        int taken = 0;
        for (long now = 0; now < 10 * SECOND; now += SECOND / 50) {
            taken += takeAll(perPeriod, now);
        }
        assertThat((long) taken).isBetween(10 * perPeriod - perPeriod / 50 - 2, 10 * perPeriod);
    }

    @Test
    void whatIsNotUsedForAWhileIsLost() {
        assertThat(takeAll(5, 100 * SECOND)).isEqualTo(5);
    }

    @Test
    void ofALimitOfZeroNothingIsToBeHad() {
        assertThat(takeAll(0, SECOND)).isZero();
    }

    @Test
    void aChangedLimitHoldsAtOnce() {
        takeAll(100, 0);
        assertThat(takeAll(1000, SECOND / 10)).isEqualTo(100);
        assertThat(takeAll(10, SECOND / 2)).isEqualTo(4);
    }

    @Test
    void threadsDoNotTakeMoreTogether() throws InterruptedException {
        var taken = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                threads.execute(() -> taken.addAndGet(takeAll(10_000, 0)));
            }
        }
        assertThat(taken).hasValue(10_000);
    }
}
