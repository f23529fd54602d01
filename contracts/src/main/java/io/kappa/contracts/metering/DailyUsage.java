package io.kappa.contracts.metering;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * What the invocations of a function that began on one day have used: a record of {@code functions.usage}, keyed by day and ARN. A later
 * record of the same key replaces the earlier.
 *
 * @param day in UTC
 */
public record DailyUsage(
        @JsonProperty("v") int formatVersion, FunctionArn function, LocalDate day, List<UsageShare> shares) {

    public DailyUsage {
        shares = List.copyOf(shares);
    }

    /** Of a function that has used nothing on that day. */
    public static DailyUsage none(FunctionArn function, LocalDate day) {
        return new DailyUsage(1, function, day, List.of());
    }

    /** {@code DAY/ARN}: sorts by day. */
    public String key() {
        return day + "/" + function;
    }

    /** The same with those invocations more. */
    public DailyUsage plus(UseBatch batch) {
        var sum = this;
        for (var use : batch.uses()) {
            sum = sum.plus(use);
        }
        return sum;
    }

    DailyUsage plus(InvocationUse use) {
        var more = UsageShare.of(use);
        var all = new ArrayList<>(shares);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isChargedLike(more)) {
                all.set(i, all.get(i).plus(more));
                return new DailyUsage(formatVersion, function, day, all);
            }
        }
        all.add(more);
        return new DailyUsage(formatVersion, function, day, all);
    }
}
