package io.kappa.asyncqueue.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
    private final ConcurrencyLimit limit = new ConcurrencyLimit(1000, 10_000);

    @Test
    void growsWithEachSuccessUntilTheFirstThrottle() {
        for (int i = 0; i < 100; i++) {
            limit.start();
            limit.succeeded();
        }

        assertThat(limit.limit()).isEqualTo(116);
    }

    @Test
    void isHalvedOnceForAllThatWereStartedBefore() {
        var started = new ArrayDeque<Long>();
        for (int i = 0; i < 16; i++) {
            started.add(limit.start());
        }
        while (!started.isEmpty()) {
            limit.throttled(started.remove(), 0);
        }

        assertThat(limit.limit()).isEqualTo(8);
    }

    /** A function that can run so many: what is beyond is throttled. */
    @Test
    void settlesAroundWhatTheFunctionCanTake() {
        int capacity = 50;
        long throttles = 0;
        int most = 0;
        for (int round = 0; round < 400; round++) {
            var started = new ArrayDeque<Long>();
            while (limit.hasRoom()) {
                started.add(limit.start());
            }
            int running = 0;
            while (!started.isEmpty()) {
                long number = started.remove();
                if (running++ < capacity) {
                    limit.succeeded();
                } else {
                    limit.throttled(number, 0);
                    throttles++;
                }
            }
            most = round > 100 ? Math.max(most, limit.limit()) : most;
        }

        assertThat(most).isBetween(45, 52);
        assertThat(throttles).isLessThan(200);
    }

    @Test
    void pausesWhereEvenOneIsTooMany() {
        for (int i = 0; i < 5; i++) {
            limit.throttled(limit.start(), 1000);
        }
        assertThat(limit.limit()).isEqualTo(1);
        assertThat(limit.pausedUntil()).isEqualTo(1250);

        limit.throttled(limit.start(), 2000);
        assertThat(limit.pausedUntil()).isEqualTo(2500);

        limit.start();
        limit.succeeded();
        limit.throttled(limit.start(), 3000);
        limit.throttled(limit.start(), 3000);
        assertThat(limit.pausedUntil()).as("a success begins anew").isEqualTo(3250);
    }
}
