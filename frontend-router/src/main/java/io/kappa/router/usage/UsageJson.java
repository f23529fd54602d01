package io.kappa.router.usage;

import io.kappa.contracts.metering.DailyUsage;
import io.kappa.contracts.metering.UsageShare;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.List;
import java.util.function.ToLongFunction;

/** What the API answers, as JSON has it; {@code openapi.json} describes it. */
final class UsageJson {
    private static final int PLACES = 6;

    /**
     * @param days by day and function
     * @param total of them all
     */
    record Usage(List<Day> days, Sum total) {
        static Usage of(List<DailyUsage> days, Prices prices) {
            return new Usage(
                    days.stream().map(day -> Day.of(day, prices)).toList(),
                    Sum.of(days.stream().flatMap(day -> day.shares().stream()).toList(), prices));
        }
    }

    /**
     * Of one function on one day.
     *
     * @param function ARN
     */
    record Day(LocalDate day, String function, Sum used) {
        static Day of(DailyUsage usage, Prices prices) {
            return new Day(usage.day(), usage.function().toString(), Sum.of(usage.shares(), prices));
        }
    }

    /**
     * Figures, added up.
     *
     * @param gbSeconds billed time times memory
     * @param averageMillis of the duration, without init
     * @param longestMillis of the duration, without init
     * @param cost by the router's prices
     */
    record Sum(
            long invocations,
            long errors,
            long coldStarts,
            long billedMillis,
            BigDecimal gbSeconds,
            BigDecimal averageMillis,
            BigDecimal longestMillis,
            BigDecimal cost) {

        static Sum of(List<UsageShare> shares, Prices prices) {
            long invocations = sum(shares, UsageShare::invocations);
            long longest =
                    shares.stream().mapToLong(UsageShare::longestMicros).max().orElse(0);
            return new Sum(
                    invocations,
                    sum(shares, UsageShare::errors),
                    sum(shares, UsageShare::coldStarts),
                    sum(shares, UsageShare::billedMillis),
                    rounded(Prices.gigabyteSeconds(sum(shares, UsageShare::megabyteMillis))),
                    millis(invocations == 0 ? 0 : sum(shares, UsageShare::durationMicros) / invocations),
                    millis(longest),
                    rounded(shares.stream().map(prices::of).reduce(BigDecimal.ZERO, BigDecimal::add)));
        }

        private static long sum(List<UsageShare> shares, ToLongFunction<UsageShare> figure) {
            return shares.stream().mapToLong(figure).sum();
        }

        private static BigDecimal millis(long micros) {
            return BigDecimal.valueOf(micros, 3);
        }

        private static BigDecimal rounded(BigDecimal number) {
            return number.setScale(PLACES, RoundingMode.HALF_UP);
        }
    }

    private UsageJson() {}
}
