package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorthTest {
    private static final long NOON = Duration.ofHours(12).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Demand ONCE = Demand.first(NOON);

    @Test
    void whatTakesLongerToHaveAgainIsWorthMore() {
        assertThat(worth(5 * SECOND, ONCE, 128)).isGreaterThan(worth(SECOND, ONCE, 128));
    }

    @Test
    void whatWasUsedLaterIsWorthMore() {
        assertThat(worth(SECOND, Demand.first(NOON + 1_000_000), 128)).isGreaterThan(worth(SECOND, ONCE, 128));
    }

    @Test
    void whatHasBeenUsedMoreOftenIsWorthMore() {
        var often = Demand.first(NOON - 2 * SECOND).usedAgain(NOON - SECOND).usedAgain(NOON);

        assertThat(worth(SECOND, often, 128)).isGreaterThan(worth(SECOND, ONCE, 128));
    }

    @Test
    void usesOfLongAgoHardlyCount() {
        var longAgo = Demand.first(0);
        for (int i = 0; i < 100; i++) {
            longAgo = longAgo.usedAgain(i);
        }
        var twiceLately = Demand.first(NOON - SECOND).usedAgain(NOON);

        assertThat(worth(SECOND, twiceLately, 128)).isGreaterThan(worth(SECOND, longAgo.usedAgain(NOON), 128));
    }

    @Test
    void whatFreesMoreMemoryIsWorthLess() {
        assertThat(worth(SECOND, ONCE, 1024)).isLessThan(worth(SECOND, ONCE, 128));
    }

    @Test
    void aLongStartOutweighsSomeMinutesWithoutUse() {
        var tenMinutesAgo = Demand.first(NOON - Duration.ofMinutes(10).toNanos());

        assertThat(worth(5 * SECOND, tenMinutesAgo, 128)).isGreaterThan(worth(SECOND, ONCE, 128));
        assertThat(worth(3 * SECOND, tenMinutesAgo, 128)).isLessThan(worth(SECOND, ONCE, 128));
    }

    @Test
    void whatHasLostItsRuntimeIsWorthLessThanAnythingElse() {
        var lost = Worth.of(false, 100 * SECOND, ONCE, 128);

        assertThat(lost).isLessThan(worth(1, Demand.first(0), 10_240));
    }

    /** Against the plain product, taken at any later moment: it fades, and the order stays. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theOrderIsThatOfCostTimesDemandForEachMegabyteAtAnyLaterMoment(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            var one = Case.any(random);
            var other = Case.any(random);
            long later = NOON + random.nextLong(Duration.ofHours(3).toNanos());
            double quotient = one.product(later) / other.product(later);
            if (Math.abs(quotient - 1) > 1e-6) {
                assertThat(one.worth().compareTo(other.worth()) > 0).isEqualTo(quotient > 1);
            }
        }
    }

    private record Case(long cost, Demand demand, int megabytes) {
        static Case any(Random random) {
            var demand = Demand.first(random.nextLong(NOON / 4));
            for (int uses = random.nextInt(5); uses > 0; uses--) {
                demand = demand.usedAgain(demand.atNanos() + random.nextLong(NOON / 8));
            }
            return new Case(random.nextLong(10 * SECOND) + 1, demand, 128 * (1 + random.nextInt(80)));
        }

        Worth worth() {
            return Worth.of(true, cost, demand, megabytes);
        }

        double product(long now) {
            double faded = demand.uses() * Math.pow(0.5, (now - demand.atNanos()) / (300.0 * SECOND));
            return cost * faded / megabytes;
        }
    }

    private static Worth worth(long costNanos, Demand demand, int megabytes) {
        return Worth.of(true, costNanos, demand, megabytes);
    }
}
