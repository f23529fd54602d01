package io.kappa.router.admission.lots;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.router.admission.lots.LotRun.Given;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Long random schedules of routers that share limits while everything goes wrong. The seed of one that fails brings it back. */
class LotRunsTest {
    private static final int SEEDS = 250;

    @ParameterizedTest(name = "seeds {0} to {0} + 249")
    @ValueSource(longs = {0, 250, 500, 750, 1000, 1250})
    void noMoreRunThanTheLimitAndAllOfItIsUsableOnceFaultsStop(long first) {
        int started = 0;
        for (long seed = first; seed < first + SEEDS; seed++) {
            var run = new LotRun(seed, LotRun.everything(), false);
            assertThat(run.play()).as("seed " + seed).isNull();
            started += run.started();
        }
        assertThat(started).isGreaterThan(SEEDS * 50);
    }

    @ParameterizedTest(name = "seeds {0} to {0} + 249")
    @ValueSource(longs = {10_000, 10_250, 10_500, 10_750, 11_000, 11_250})
    void aLowerLimitHoldsOneLeaseAfterTheOwnerKnowsIt(long first) {
        for (long seed = first; seed < first + SEEDS; seed++) {
            assertThat(new LotRun(seed, LotRun.everything(), true).play())
                    .as("seed " + seed)
                    .isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(Given.class)
    void whatIsTakenForGrantedIsNeeded(Given given) {
        var rest = LotRun.everything();
        rest.remove(given);

        assertThat(LongStream.range(20_000, 21_000)
                        .mapToObj(seed -> new LotRun(seed, rest, false).play())
                        .anyMatch(violation -> violation != null && violation.contains("may")))
                .isTrue();
    }

    @Test
    void workersDoRefuseWhatReachesThemTooLateAndInvocationsDoChangePools() {
        int moved = 0;
        int refused = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            var run = new LotRun(seed, LotRun.everything(), false);
            run.play();
            refused += run.refusedByWorkers();
            moved += run.moved();
        }
        assertThat(moved).isPositive();
        assertThat(refused).isPositive();
    }
}
