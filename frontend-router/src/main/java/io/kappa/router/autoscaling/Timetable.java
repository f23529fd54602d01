package io.kappa.router.autoscaling;

import com.cronutils.model.time.ExecutionTime;
import io.kappa.contracts.registry.ScheduledActionRecord;
import io.kappa.router.autoscaling.ScheduleExpression.At;
import io.kappa.router.autoscaling.ScheduleExpression.Matching;
import io.kappa.router.autoscaling.ScheduleExpression.Rate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The times at which a scheduled action is due: those of its expression between its start and its end, both included, from when it was set
 * on. Of a rate, the first is the start, or where there is none, one interval after it was set. A local time that comes twice is due the
 * first time; one that the time zone leaves out is not due that day, or where it is the only one, as much later.
 */
public final class Timetable {
    private final ScheduleExpression expression;
    private final ZoneId zone;
    private final Instant changed;
    private final @Nullable Instant start;
    private final @Nullable Instant end;
    private final Instant dealtWith;

    /** @throws IllegalArgumentException where the action's schedule is none */
    public Timetable(ScheduledActionRecord action) {
        this.expression = ScheduleExpression.parse(action.schedule());
        this.zone = action.timezone() == null ? ZoneOffset.UTC : ZoneId.of(action.timezone());
        this.changed = action.changed();
        this.start = action.start();
        this.end = action.end();
        this.dealtWith = Objects.requireNonNullElse(action.lastDue(), action.changed());
    }

    /**
     * What a schedule means that nobody has set yet.
     *
     * @param timezone null for UTC
     * @throws IllegalArgumentException where the schedule is none
     */
    public Timetable(String schedule, @Nullable String timezone, Instant now) {
        this.expression = ScheduleExpression.parse(schedule);
        this.zone = timezone == null ? ZoneOffset.UTC : ZoneId.of(timezone);
        this.changed = now;
        this.start = null;
        this.end = null;
        this.dealtWith = now;
    }

    /** The latest time, up to now, that has not been dealt with. Earlier ones are over: of several that were missed, only the latest counts. */
    public Optional<Instant> due(Instant now) {
        var until = end != null && end.isBefore(now) ? end : now;
        return latest(until).filter(time -> time.isAfter(dealtWith) && (start == null || !time.isBefore(start)));
    }

    private Optional<Instant> latest(Instant until) {
        return switch (expression) {
            case At(var time) -> Optional.of(time.atZone(zone).toInstant()).filter(instant -> !instant.isAfter(until));
            case Rate(var every) -> {
                long passed = Math.floorDiv(Duration.between(anchor(), until).toSeconds(), every.toSeconds());
                yield passed < first() ? Optional.empty() : Optional.of(anchor().plus(every.multipliedBy(passed)));
            }
            case Matching(var cron) ->
                ExecutionTime.forCron(cron)
                        .lastExecution(until.atZone(zone)
                                .truncatedTo(ChronoUnit.MINUTES)
                                .plusSeconds(1)) // It looks before what it is given.
                        .map(time -> time.toInstant());
        };
    }

    /** The first time after the given one, where one comes within a hundred years. */
    public Optional<Instant> next(Instant after) {
        var from = latest(after, changed);
        if (start != null && start.isAfter(from)) {
            from = start.minusNanos(1);
        }
        return following(from).filter(time -> end == null || !time.isAfter(end));
    }

    private Optional<Instant> following(Instant from) {
        return switch (expression) {
            case At(var time) -> Optional.of(time.atZone(zone).toInstant()).filter(instant -> instant.isAfter(from));
            case Rate(var every) -> {
                long passed = Math.floorDiv(Duration.between(anchor(), from).toSeconds(), every.toSeconds());
                yield Optional.of(anchor().plus(every.multipliedBy(Math.max(passed + 1, first()))));
            }
            case Matching(var cron) ->
                ExecutionTime.forCron(cron).nextExecution(from.atZone(zone)).map(time -> time.toInstant());
        };
    }

    private Instant anchor() {
        return start == null ? changed : start;
    }

    /** Which multiple of a rate's interval comes first. */
    private int first() {
        return start == null ? 1 : 0;
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
