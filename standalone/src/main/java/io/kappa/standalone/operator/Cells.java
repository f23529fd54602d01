package io.kappa.standalone.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the API answers, as text in a table. What is not there is a dash. */
final class Cells {
    static final String NOTHING = "-";

    private static final int LONGEST_ERROR = 60;

    /** One line, without what would move the cursor of a terminal: functions and clients write what they like. */
    static String line(String text) {
        return text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    }

    static String text(JsonNode of, String member) {
        var value = of.path(member);
        return value.isMissingNode() || value.isNull()
                ? NOTHING
                : line(value.isValueNode() ? value.asText() : value.toString());
    }

    static String yesOrNo(JsonNode of, String member) {
        return of.path(member).asBoolean() ? "yes" : "no";
    }

    /** How long ago that was. */
    static String age(JsonNode of, String member, Instant now) {
        return time(of, member)
                .map(time -> duration(Duration.between(time, now)))
                .orElse(NOTHING);
    }

    /** How long it is until then. */
    static String until(JsonNode of, String member, Instant now) {
        return time(of, member)
                .map(time -> time.isAfter(now) ? "in " + duration(Duration.between(now, time)) : "now")
                .orElse(NOTHING);
    }

    /** The time itself, and how long ago that was. */
    static String moment(JsonNode of, String member, Instant now) {
        return time(of, member)
                .map(time -> time + " (" + duration(Duration.between(time, now)) + " ago)")
                .orElse(text(of, member));
    }

    private static Optional<Instant> time(JsonNode of, String member) {
        try {
            return Optional.ofNullable(of.path(member).textValue()).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** In its two largest units, such as {@code 3m 12s}. */
    static String duration(Duration duration) {
        if (duration.isNegative()) {
            return "0s"; // Clocks differ.
        } else if (duration.toDays() > 0) {
            return duration.toDays() + "d " + duration.toHoursPart() + "h";
        } else if (duration.toHours() > 0) {
            return duration.toHours() + "h " + duration.toMinutesPart() + "m";
        } else if (duration.toMinutes() > 0) {
            return duration.toMinutes() + "m " + duration.toSecondsPart() + "s";
        }
        return duration.toSeconds() + "s";
    }

    /** Type and message of an error, cut short. */
    static String error(JsonNode of) {
        var type = text(of, "errorType");
        var message = text(of, "errorMessage");
        var both = type.equals(NOTHING) ? message : message.equals(NOTHING) ? type : type + ": " + message;
        return both.length() <= LONGEST_ERROR ? both : both.substring(0, LONGEST_ERROR - 3) + "...";
    }

    /** What a filter asks for, in words. */
    static String filter(JsonNode filter, FunctionNames functions) {
        return filter.properties().stream()
                .map(member -> member.getKey() + " " + functions.shown(text(filter, member.getKey())))
                .collect(Collectors.joining(", "));
    }

    /** A line to stand below a list that is not whole; nothing where it is. */
    static String moreOf(JsonNode list) {
        return list.has("cursor") ? "There are more: --limit N or --all shows them." : "";
    }

    private Cells() {}
}
