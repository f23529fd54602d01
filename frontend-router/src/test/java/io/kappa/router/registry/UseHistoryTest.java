package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.provisioned.ProvisionedUseReport;
import io.kappa.contracts.provisioned.ProvisionedUseReport.Use;
import io.kappa.testkit.MapTable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UseHistoryTest {
    private static final VersionArn ONE = numbered(GREET, 1);

    private final MapTable table = new MapTable();
    private final UseHistory history = new UseHistory(table);

    private void told(String router, long minute, double running, double ready) {
        history.note(new ProvisionedUseReport(router, ACCOUNT, minute, List.of(new Use(ONE, running, ready))));
    }

    @Test
    void whatRunsIsAddedUpAndWhatIsReadyIsSeenByAll() {
        told("a", 7, 1.5, 4);
        told("b", 7, 0.5, 5);
        told("a", 8, 1, 4);

        assertThat(history.of(ONE))
                .containsExactlyInAnyOrderEntriesOf(Map.of(7L, new UseHistory.Use(2, 5), 8L, new UseHistory.Use(1, 4)));
        assertThat(history.of(numbered(GREET, 2))).isEmpty();
    }

    @Test
    void onlySoManyMinutesAreKept() {
        for (int minute = 1; minute <= 100; minute++) {
            told("a", minute, 1, 4);
        }
        told("late", 50, 1, 4);

        assertThat(history.of(ONE))
                .hasSize(UseHistory.MINUTES)
                .containsKey(100L)
                .doesNotContainKey(50L);
    }

    @Test
    void whatIsLongOverIsForgotten() {
        told("a", 100, 1, 4);

        history.expire(100 + UseHistory.MINUTES);
        assertThat(history.of(ONE)).hasSize(1);
        history.expire(101 + UseHistory.MINUTES);

        assertThat(history.of(ONE)).isEmpty();
        assertThat(table.contents()).isEmpty();
    }

    @Test
    void ofMoreRoutersThanThereAreNoneAreCounted() {
        for (int i = 0; i <= UseHistory.MOST_ROUTERS; i++) {
            told("router-" + i, 7, 1, 4);
        }

        assertThat(history.of(ONE).get(7L)).isEqualTo(new UseHistory.Use(UseHistory.MOST_ROUTERS, 4));
    }
}
