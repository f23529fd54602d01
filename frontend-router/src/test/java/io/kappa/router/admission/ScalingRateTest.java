package io.kappa.router.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScalingRateTest {
    private static final long KEPT = ScalingRate.KEPT.toNanos();

    private final ScalingRate rate = new ScalingRate();

    private int growTo(int running, long now) {
        int reached = 0;
        while (reached < running && rate.allows(reached + 1, 1, 1, now)) {
            reached++;
        }
        return reached;
    }

    @Test
    void aThousandEnvironmentsAtOnceAndOneMoreEachHundredthOfASecond() {
        assertThat(growTo(2000, 0)).isEqualTo(1000);
        assertThat(growTo(2000, Duration.ofMillis(10).toNanos())).isEqualTo(1001);
        assertThat(growTo(2000, Duration.ofSeconds(10).toNanos())).isEqualTo(2000);
    }

    @Test
    void environmentsThatRanLatelyAreThere() {
        growTo(1000, 0);
        growTo(1500, Duration.ofSeconds(5).toNanos());

        assertThat(growTo(1500, KEPT + 1)).isEqualTo(1500);
    }

    @Test
    void environmentsThatHaveNotRunForLongAreGone() {
        growTo(1000, 0);
        growTo(1500, Duration.ofSeconds(5).toNanos());

        assertThat(growTo(1500, 2 * KEPT)).isEqualTo(1000);
    }
}
