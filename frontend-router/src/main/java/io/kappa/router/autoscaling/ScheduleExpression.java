package io.kappa.router.autoscaling;

import com.cronutils.model.Cron;
import com.cronutils.model.definition.CronConstraint;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.field.CronFieldName;
import com.cronutils.model.field.expression.QuestionMark;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.regex.Pattern;

/** When something is to be done, as Application Auto Scaling writes it. */
public sealed interface ScheduleExpression {

    /** Once, at a time of the schedule's time zone. */
    record At(LocalDateTime time) implements ScheduleExpression {}

    /** Again and again, with so much time between. */
    record Rate(Duration every) implements ScheduleExpression {}

    /** At each minute that fits, in the schedule's time zone. */
    record Matching(Cron cron) implements ScheduleExpression {}

    /** @throws IllegalArgumentException where it is none; the message says what is wrong with it */
    static ScheduleExpression parse(String text) {
        var matcher = Syntax.FUNCTION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("neither at(...), rate(...) nor cron(...)");
        }
        var argument = matcher.group(2).strip();
        return switch (matcher.group(1)) {
            case "at" -> new At(Syntax.time(argument));
            case "rate" -> new Rate(Syntax.rate(argument));
            default -> new Matching(Syntax.cron(argument));
        };
    }

    /** How each of the three is written. */
    final class Syntax {
        private static final Pattern FUNCTION = Pattern.compile("(at|rate|cron)\\((.*)\\)");
        private static final Pattern RATE = Pattern.compile("([1-9]\\d{0,8}) +(minute|hour|day)(s?)");
        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);

        private static final int FIRST_YEAR = 1970;
        private static final int LAST_YEAR = 2199;

        /** Minutes, hours, day of the month, month, day of the week from Sunday, and year. */
        private static final CronDefinition FIELDS = CronDefinitionBuilder.defineCron()
                .withMinutes()
                .withStrictRange()
                .and()
                .withHours()
                .withStrictRange()
                .and()
                .withDayOfMonth()
                .supportsL()
                .supportsW()
                .supportsLW()
                .supportsQuestionMark()
                .and()
                .withMonth()
                .and()
                .withDayOfWeek()
                .withValidRange(1, 7)
                .withMondayDoWValue(2)
                .supportsHash()
                .supportsL()
                .supportsQuestionMark()
                .and()
                .withYear()
                .withValidRange(FIRST_YEAR, LAST_YEAR)
                .and()
                .withCronValidation(oneKindOfDay())
                .instance();

        private static CronConstraint oneKindOfDay() {
            return new CronConstraint("Exactly one of day-of-month and day-of-week must be ?") {
                private static final long serialVersionUID = 1L;

                @Override
                public boolean validate(Cron cron) {
                    return open(cron, CronFieldName.DAY_OF_MONTH) != open(cron, CronFieldName.DAY_OF_WEEK);
                }
            };
        }

        private static boolean open(Cron cron, CronFieldName field) {
            return cron.retrieve(field).getExpression() instanceof QuestionMark;
        }

        private static LocalDateTime time(String text) {
            try {
                return LocalDateTime.parse(text, TIME);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("at(yyyy-mm-ddThh:mm:ss) asks for a time, not '" + text + "'", e);
            }
        }

        private static Duration rate(String text) {
            var matcher = RATE.matcher(text);
            if (!matcher.matches()
                    || matcher.group(1).equals("1") != matcher.group(3).isEmpty()) {
                throw new IllegalArgumentException(
                        "rate(value unit) asks for a positive number of minutes, hours or days, not '" + text + "'");
            }
            long value = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "minute" -> Duration.ofMinutes(value);
                case "hour" -> Duration.ofHours(value);
                default -> Duration.ofDays(value);
            };
        }

        /** Days that some months do not have, with the nearest weekday: the library cannot pass such months over. */
        private static final Pattern WEEKDAY_NEAR_A_RARE_DAY = Pattern.compile("(29|30|31)W");

        private static Cron cron(String text) {
            if (WEEKDAY_NEAR_A_RARE_DAY.matcher(text).find()) {
                throw new IllegalArgumentException(
                        "29W, 30W and 31W are not supported by Kappa: use LW or an earlier day");
            }
            try {
                return new CronParser(FIELDS).parse(text).validate();
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "cron(minutes hours day-of-month month day-of-week year) does not understand '" + text + "': "
                                + e.getMessage(),
                        e);
            }
        }

        private Syntax() {}
    }
}
