package io.kappa.router.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.metering.UsageShare;
import io.kappa.kit.settings.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PricesTest {
    private final Prices prices = Prices.from(new Settings(Map.of()));

    /** A million invocations of 1 GB that took a second each, with 1 GB more of storage. */
    private static UsageShare million(String initialization, String architecture, long restoredMegabytes) {
        long millis = 1_000_000_000;
        return new UsageShare(
                initialization,
                architecture,
                1_000_000,
                0,
                millis,
                millis * 1024,
                millis * 1024,
                restoredMegabytes,
                millis * 1000,
                1_000_000,
                0,
                0,
                0);
    }

    @ParameterizedTest
    @CsvSource({
        "on-demand,               x86_64, 0,    16.8976", // 0.20 + 16.6667 + 0.0309
        "on-demand,               arm64,  0,    13.5643",
        "provisioned-concurrency, arm64,  0,    9.9531",
        "snap-start,              x86_64, 1024, 16.8977397998"
    })
    void requestsTimeStorageAndRestoringHaveTheirPrices(
            String initialization, String architecture, long restored, String cost) {
        assertThat(prices.of(million(initialization, architecture, restored))).isEqualByComparingTo(cost);
    }

    @Test
    void anOperatorSetsOthers() {
        var own = Prices.from(new Settings(Map.of(
                "router.price.request",
                "1",
                "router.price.gb-second.x86",
                "0",
                "router.price.gb-second.storage",
                "0")));

        assertThat(own.of(million("on-demand", "x86_64", 0))).isEqualByComparingTo("1000000");
    }

    @Test
    void theExampleOfTheReferenceIsHalfAGigabyteFor121Milliseconds() {
        assertThat(Prices.gigabyteSeconds(121 * 512)).isEqualByComparingTo("0.0605");
    }
}
