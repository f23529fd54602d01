package io.kappa.router.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.router.autoscaling.ScheduleExpression.At;
import io.kappa.router.autoscaling.ScheduleExpression.Matching;
import io.kappa.router.autoscaling.ScheduleExpression.Rate;
import java.time.Duration;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleExpressionTest {

    @Test
    void atNamesOneTime() {
        assertThat(ScheduleExpression.parse("at(2026-11-20T12:30:05)"))
                .isEqualTo(new At(LocalDateTime.parse("2026-11-20T12:30:05")));
    }

    @ParameterizedTest
    @CsvSource({
        "rate(1 minute), PT1M",
        "rate(5 minutes), PT5M",
        "rate(1 hour), PT1H",
        "rate(12 hours), PT12H",
        "rate(1 day), P1D",
        "rate(7 days), P7D",
    })
    void rateNamesAnInterval(String text, Duration every) {
        assertThat(ScheduleExpression.parse(text)).isEqualTo(new Rate(every));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cron(15 10 * * ? *)",
                "cron(0/15 8-17 ? * MON-FRI *)",
                "cron(0 0 L * ? *)",
                "cron(0 0 15W * ? *)",
                "cron(0 0 LW * ? *)",
                "cron(0 9 ? * 2#1 *)",
                "cron(0 18 ? * 6L *)",
                "cron(0 18 ? * FRI 2026-2030)",
                "cron(0,30 0 1,15 JAN,JUL ? 2199)",
            })
    void cronNamesMinutesInSixFields(String text) {
        assertThat(ScheduleExpression.parse(text)).isInstanceOf(Matching.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "daily",
                "at()",
                "at(2026-02-30T00:00:00)",
                "at(2026-11-20 12:30:05)",
                "at(2026-11-20T12:30)",
                "at(2026-11-20T12:30:05Z)",
                "rate(0 minutes)",
                "rate(-1 minutes)",
                "rate(1 minutes)",
                "rate(5 minute)",
                "rate(5 seconds)",
                "rate(5)",
                "rate(9999999999 days)",
                "cron()",
                "cron(15 10 * * ?)",
                "cron(0 15 10 * * ? *)",
                "cron(15 10 * * * *)",
                "cron(15 10 ? * ? *)",
                "cron(60 10 * * ? *)",
                "cron(15 24 * * ? *)",
                "cron(15 10 32 * ? *)",
                "cron(15 10 ? * 0 *)",
                "cron(15 10 ? * 8 *)",
                "cron(15 10 * 13 ? *)",
                "cron(15 10 * * ? 1969)",
                "cron(15 10 * * ? 2200)",
                "cron(15 10 31W * ? *)",
                "cron(15 10 1,29W * ? *)",
            })
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> ScheduleExpression.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
