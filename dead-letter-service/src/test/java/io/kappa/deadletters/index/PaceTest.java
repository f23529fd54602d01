package io.kappa.deadletters.index;

import static io.kappa.deadletters.index.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 1, 3, 10, 250, 10_000})
    void keepsTheRateOverTime(double perSecond) {
        var pace = new Pace(perSecond, NOON);
        var now = NOON;
        long sent = 0;
        for (int tick = 0; tick < 1_000; tick++) {
            int allowed = pace.allowed(now, 2_000);
            pace = new Pace(perSecond, pace.after(allowed, now));
            sent += allowed;
            assertThat((double) sent).isLessThanOrEqualTo(1 + perSecond * tick / 10);
            now = now.plusMillis(100);
        }
        assertThat((double) sent).isGreaterThanOrEqualTo(perSecond * 99.9 - 1);
    }

    @Test
    void theFirstIsDueAtOnceAndTheSecondInItsTime() {
        var pace = new Pace(0.1, NOON);
        assertThat(pace.allowed(NOON, 10)).isEqualTo(1);
        var next = new Pace(0.1, pace.after(1, NOON));
        assertThat(next.allowed(NOON.plusMillis(9_999), 10)).isZero();
        assertThat(next.allowed(NOON.plusSeconds(10), 10)).isEqualTo(1);
    }

    @Test
    void whatWasMissedIsMadeUpForByASecondsWorthAtMost() {
        var pace = new Pace(10, NOON);
        assertThat(pace.allowed(NOON.plus(Duration.ofHours(1)), 1_000)).isEqualTo(11);
        assertThat(pace.allowed(NOON.plus(Duration.ofHours(1)), 5)).isEqualTo(5);
    }

    @Test
    void aClockThatIsPutBackDoesNotStopIt() {
        var pace = new Pace(10, NOON);
        var earlier = NOON.minus(Duration.ofHours(1));
        assertThat(pace.allowed(earlier, 10)).isZero();
        Instant due = new Pace(10, pace.after(1, NOON)).after(1, earlier);
        assertThat(due).isBefore(earlier.plusSeconds(1));
        // What counts is that it comes to be due although the noted time never does.
        assertThat(new Pace(10, due).allowed(earlier.plusSeconds(1), 10)).isPositive();
    }
}
