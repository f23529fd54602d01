package io.kappa.router.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerClockTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final WorkerClock clock = new WorkerClock();

    private long translated(long time) {
        var text = Objects.requireNonNull(clock.translate(time));
        return Long.parseLong(text.substring(text.indexOf(':') + 1));
    }

    /** A clock of its own rate and origin, by true time. */
    private record Drifting(double rate, long origin) {
        long at(double truth) {
            return origin + (long) (truth * rate);
        }

        double truth(long shown) {
            return (shown - origin) / rate;
        }
    }

    @ParameterizedTest
    @CsvSource({"0.99, 0.99", "0.99, 1.01", "1.01, 0.99", "1.01, 1.01", "1, 1", "0.99, 1", "1, 0.99"})
    void neverDoesTheWorkerGoOnLongerThanTheRouterMeans(double routersRate, double workersRate) {
        var random = new Random(7);
        for (int run = 0; run < 2000; run++) {
            var router = new Drifting(routersRate, random.nextLong(1L << 60) - (1L << 59));
            var worker = new Drifting(workersRate, random.nextInt(1_000_000));
            var known = new WorkerClock();
            double truth = 0;
            for (int reading = 0; reading < 1 + random.nextInt(5); reading++) {
                truth += random.nextDouble() * 20 * SECOND;
                double heard = truth + random.nextDouble() * random.nextInt(3) * SECOND;
                known.hear("life:" + worker.at(truth), router.at(heard));
                long meant = router.at(heard) + random.nextLong(60 * SECOND);

                var told = Objects.requireNonNull(known.translate(meant));
                long time = Long.parseLong(told.substring("life:".length()));

                assertThat(worker.truth(time)).isLessThanOrEqualTo(router.truth(meant) + 1000); // ns, for rounding
            }
        }
    }

    @Test
    void losesTwoPercentAtMostWhereTheReadingIsFresh() {
        clock.hear("life:5", 1_000);

        assertThat(translated(1_000 + 100 * SECOND)).isBetween(5 + 98 * SECOND, 5 + 100 * SECOND);
    }

    @Test
    void ofTwoReadingsThatWhichWasUnderWayForLessTimeIsKept() {
        clock.hear("life:0", 0);
        clock.hear("life:" + SECOND, 3 * SECOND);
        long kept = translated(10 * SECOND);
        clock.hear("life:" + 3 * SECOND, 3 * SECOND);

        assertThat(kept).isGreaterThan(9 * SECOND);
        assertThat(translated(10 * SECOND)).isGreaterThan(kept);
    }

    @Test
    void aWorkerThatHasComeBackHasAnotherClock() {
        clock.hear("first:" + 100 * SECOND, 0);
        clock.hear("second:0", 1);

        assertThat(clock.translate(1 + SECOND)).startsWith("second:9");
    }

    @Test
    void aReadingIsGoodForHalfAMinute() {
        assertThat(clock.isKnown(0)).isFalse();
        clock.hear("life:1", 0);
        assertThat(clock.isKnown(30 * SECOND - 1)).isTrue();
        assertThat(clock.isKnown(30 * SECOND)).isFalse();
    }

    @Test
    void whatIsNoReadingChangesNothing() {
        clock.hear(null, 0);
        clock.hear("", 0);
        clock.hear("life", 0);
        clock.hear("life:soon", 0);

        assertThat(clock.translate(1)).isNull();
    }
}
