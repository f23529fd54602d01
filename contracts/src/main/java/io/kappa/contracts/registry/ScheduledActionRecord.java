package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of a scalable target's range that is done at certain times.
 *
 * @param id a UUID that names it in its ARN
 * @param schedule {@code at(...)}, {@code rate(...)} or {@code cron(...)}
 * @param timezone name of a time zone for {@code at} and {@code cron}; null for UTC
 * @param start before which it is not done; null for no such time
 * @param end after which it is not done; null for no such time
 * @param minimum of the target from then on; null leaves it as it is. Not both are null
 * @param maximum of the target from then on; null leaves it as it is
 * @param changed when the schedule was last set: earlier times are not due
 * @param lastDue the latest time of the schedule that has been dealt with; null where none has come
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScheduledActionRecord(
        @JsonProperty("v") int formatVersion,
        FunctionArn function,
        String qualifier,
        String name,
        String id,
        String schedule,
        @Nullable String timezone,
        @Nullable Instant start,
        @Nullable Instant end,
        @Nullable Integer minimum,
        @Nullable Integer maximum,
        Instant created,
        Instant changed,
        @Nullable Instant lastDue)
        implements ScalingRecord {

    public ScheduledActionRecord(
            FunctionArn function,
            String qualifier,
            String name,
            String id,
            String schedule,
            @Nullable String timezone,
            @Nullable Instant start,
            @Nullable Instant end,
            @Nullable Integer minimum,
            @Nullable Integer maximum,
            Instant created,
            Instant changed,
            @Nullable Instant lastDue) {
        this(
                1, function, qualifier, name, id, schedule, timezone, start, end, minimum, maximum, created, changed,
                lastDue);
    }

    /** After a time of the schedule has been dealt with. */
    public ScheduledActionRecord withLastDue(Instant due) {
        return new ScheduledActionRecord(
                function, qualifier, name, id, schedule, timezone, start, end, minimum, maximum, created, changed, due);
    }

    @Override
    public String key() {
        return ScalingRecord.actionKey(function, qualifier, name);
    }
}
