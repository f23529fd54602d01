package io.kappa.router.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.ScheduledActionRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimetableTest {
    /** A Friday. */
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private static Instant at(String text) {
        return Instant.parse(text);
    }

    private static Timetable table(String schedule) {
        return table(schedule, null, null, null, null);
    }

    private static Timetable table(
            String schedule,
            @Nullable String zone,
            @Nullable Instant start,
            @Nullable Instant end,
            @Nullable Instant lastDue) {
        return new Timetable(new ScheduledActionRecord(
                FunctionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:f"),
                "live",
                "a",
                "id",
                schedule,
                zone,
                start,
                end,
                1,
                null,
                NOON,
                NOON,
                lastDue));
    }

    /** The next times, one after the other. */
    private static List<Instant> following(Timetable table, Instant from, int count) {
        var times = new ArrayList<Instant>();
        var next = table.next(from);
        while (next.isPresent() && times.size() < count) {
            times.add(next.get());
            next = table.next(next.get());
        }
        return times;
    }

    @Test
    void atIsDueFromItsSecondOnUntilItHasBeenDealtWith() {
        var time = at("2026-11-20T12:00:05Z");
        var table = table("at(2026-11-20T12:00:05)");

        assertThat(table.due(at("2026-11-20T12:00:04.999Z"))).isEmpty();
        assertThat(table.due(time)).contains(time);
        assertThat(table.due(at("2027-01-01T00:00:00Z"))).contains(time);
        assertThat(following(table, NOON, 5)).containsExactly(time);

        assertThat(table("at(2026-11-20T12:00:05)", null, null, null, time).due(at("2027-01-01T00:00:00Z")))
                .isEmpty();
    }

    @Test
    void whatLiesBeforeTheScheduleWasSetIsNeverDue() {
        assertThat(table("at(2026-11-20T11:59:59)").due(at("2027-01-01T00:00:00Z")))
                .isEmpty();
        assertThat(table("cron(0 11 * * ? *)").due(at("2026-11-21T10:59:59Z"))).isEmpty();
    }

    @Test
    void aRateCountsFromWhenItWasSet() {
        var table = table("rate(5 minutes)");

        assertThat(table.due(at("2026-11-20T12:04:59Z"))).isEmpty();
        assertThat(table.due(at("2026-11-20T12:05:00Z"))).contains(at("2026-11-20T12:05:00Z"));
        assertThat(following(table, NOON, 3))
                .containsExactly(at("2026-11-20T12:05:00Z"), at("2026-11-20T12:10:00Z"), at("2026-11-20T12:15:00Z"));
    }

    @Test
    void aRateWithAStartBeginsThere() {
        var table = table("rate(1 hour)", null, at("2026-11-20T12:10:00Z"), null, null);

        assertThat(table.due(at("2026-11-20T12:09:59Z"))).isEmpty();
        assertThat(following(table, NOON, 2)).containsExactly(at("2026-11-20T12:10:00Z"), at("2026-11-20T13:10:00Z"));
    }

    @Test
    void aStartInThePastGivesARateItsPaceAndNothingToCatchUp() {
        var table = table("rate(1 hour)", null, at("2026-11-20T10:30:00Z"), null, null);

        assertThat(table.due(NOON)).isEmpty();
        assertThat(following(table, NOON, 1)).containsExactly(at("2026-11-20T12:30:00Z"));
    }

    @Test
    void ofSeveralTimesThatWereMissedTheLatestIsDue() {
        var later = at("2026-11-20T15:07:00Z");

        assertThat(table("rate(10 minutes)").due(later)).contains(at("2026-11-20T15:00:00Z"));
        assertThat(table("cron(0/10 * * * ? *)").due(later)).contains(at("2026-11-20T15:00:00Z"));
        assertThat(table("cron(0/10 * * * ? *)", null, null, null, at("2026-11-20T15:00:00Z"))
                        .due(later))
                .isEmpty();
    }

    @Test
    void aMinuteThatMatchesIsDueAsSoonAsItBegins() {
        var table = table("cron(30 12 * * ? *)");

        assertThat(table.due(at("2026-11-20T12:29:59.999Z"))).isEmpty();
        assertThat(table.due(at("2026-11-20T12:30:00Z"))).contains(at("2026-11-20T12:30:00Z"));
        assertThat(table.due(at("2026-11-20T12:30:59Z"))).contains(at("2026-11-20T12:30:00Z"));
    }

    @Test
    void beforeTheStartAndAfterTheEndNothingIsDue() {
        var table = table("cron(* * * * ? *)", null, at("2026-11-20T12:10:00Z"), at("2026-11-20T12:12:30Z"), null);

        assertThat(table.due(at("2026-11-20T12:09:59Z"))).isEmpty();
        assertThat(following(table, NOON, 9))
                .containsExactly(at("2026-11-20T12:10:00Z"), at("2026-11-20T12:11:00Z"), at("2026-11-20T12:12:00Z"));
        assertThat(table.due(at("2026-11-21T12:00:00Z")))
                .as("missed before the end")
                .contains(at("2026-11-20T12:12:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "cron(15 10 * * ? *), 2026-11-21T10:15:00Z, 2026-11-22T10:15:00Z",
        "cron(0/20 13 ? * FRI *), 2026-11-20T13:00:00Z, 2026-11-20T13:20:00Z",
        "cron(0 8 ? * MON-FRI *), 2026-11-23T08:00:00Z, 2026-11-24T08:00:00Z",
        "cron(0 8 ? * 1 *), 2026-11-22T08:00:00Z, 2026-11-29T08:00:00Z",
        "cron(0 8 ? * 7 *), 2026-11-21T08:00:00Z, 2026-11-28T08:00:00Z",
        "cron(0 8 L * ? *), 2026-11-30T08:00:00Z, 2026-12-31T08:00:00Z",
        "cron(0 8 LW * ? *), 2026-11-30T08:00:00Z, 2026-12-31T08:00:00Z",
        "cron(0 8 15W * ? *), 2026-12-15T08:00:00Z, 2027-01-15T08:00:00Z",
        "cron(0 8 1W * ? *), 2026-12-01T08:00:00Z, 2027-01-01T08:00:00Z",
        "cron(0 8 ? * 6L *), 2026-11-27T08:00:00Z, 2026-12-25T08:00:00Z",
        "cron(0 8 ? * 2#1 *), 2026-12-07T08:00:00Z, 2027-01-04T08:00:00Z",
        "cron(0 0 29 FEB ? *), 2028-02-29T00:00:00Z, 2032-02-29T00:00:00Z",
        "cron(0 0 1 1 ? 2030-2031), 2030-01-01T00:00:00Z, 2031-01-01T00:00:00Z",
    })
    void cronMeansWhatAwsMeansByIt(String schedule, Instant first, Instant second) {
        assertThat(following(table(schedule), NOON, 2)).containsExactly(first, second);
        assertThat(table(schedule).due(first)).contains(first);
        assertThat(table(schedule).due(second.minusSeconds(1))).contains(first);
    }

    @Test
    void aDateThatThereIsNotNeverComes() {
        assertThat(table("cron(0 0 30 2 ? *)").next(NOON)).isEmpty();
        assertThat(table("cron(0 0 30 2 ? *)").due(at("2040-01-01T00:00:00Z"))).isEmpty();
    }

    @Test
    void aYearThatIsOverIsNeverDueAgain() {
        assertThat(table("cron(0 0 1 1 ? 2020)").next(NOON)).isEmpty();
        assertThat(table("cron(0 0 1 1 ? 2020)").due(NOON)).isEmpty();
    }

    @Test
    void localTimesFollowTheTimeZoneThroughTheYear() {
        var table = table("cron(0 8 ? * SAT *)", "Europe/Berlin", at("2027-03-25T00:00:00Z"), null, null);

        assertThat(following(table, NOON, 2)).containsExactly(at("2027-03-27T07:00:00Z"), at("2027-04-03T06:00:00Z"));
        assertThat(following(table("at(2026-12-24T18:00:00)", "Asia/Tokyo", null, null, null), NOON, 2))
                .containsExactly(at("2026-12-24T09:00:00Z"));
    }

    @Test
    void aLocalTimeThatComesTwiceIsDueOnce() {
        var table = table("cron(30 2 * * ? *)", "Europe/Berlin", at("2027-10-30T12:00:00Z"), null, null);

        assertThat(following(table, NOON, 2)).containsExactly(at("2027-10-31T00:30:00Z"), at("2027-11-01T01:30:00Z"));
    }

    @Test
    void aLocalTimeThatIsLeftOutIsNotDueThatDay() {
        var table = table("cron(30 2 * * ? *)", "Europe/Berlin", at("2027-03-27T12:00:00Z"), null, null);

        assertThat(following(table, NOON, 1)).containsExactly(at("2027-03-29T00:30:00Z"));
        assertThat(table.due(at("2027-03-28T23:00:00Z"))).isEmpty();
        assertThat(table("at(2027-03-28T02:30:00)", "Europe/Berlin", null, null, null)
                        .next(NOON))
                .as("once, and so not never")
                .contains(at("2027-03-28T01:30:00Z"));
    }
}
