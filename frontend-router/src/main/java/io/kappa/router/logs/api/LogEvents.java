package io.kappa.router.logs.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.shape.Input;
import io.kappa.router.logs.filter.FilterPattern;
import io.kappa.router.logs.filter.FilterPatternException;
import io.kappa.router.logs.index.LogStream;
import io.kappa.router.logs.index.LogStreams;
import io.kappa.router.logs.reading.Bounds;
import io.kappa.router.logs.reading.LogLine;
import io.kappa.router.logs.reading.LogLines;
import io.kappa.router.logs.reading.Position;
import io.kappa.router.logs.reading.StreamPage;
import io.kappa.router.logs.reading.Wanted;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/** Lines as callers see them, of one stream and of several. */
final class LogEvents {
    private static final int MOST = 10_000;

    private final LogArns arns;
    private final LogStreams streams;
    private final LogLines lines;

    LogEvents(LogArns arns, LogStreams streams, LogLines lines) {
        this.arns = arns;
        this.streams = streams;
        this.lines = lines;
    }

    ApiAnswer get(Input input) throws InterruptedException {
        var group = existing(input);
        var stream = streams.stream(group, input.requiredText("logStreamName")).orElseThrow(LogArns::noStream);
        var token = Optional.ofNullable(input.text("nextToken"));
        var position = token.map(LogTokens::parsePosition);
        long from = time(input, "startTime", 0);
        long behind = time(input, "endTime", Long.MAX_VALUE);
        check(from, behind);
        var wanted = new Wanted(
                stream.name()::equals,
                from,
                behind == Long.MAX_VALUE ? behind : behind - 1, // Exclusive here, other than with FilterLogEvents.
                _ -> true);
        var bounds = Bounds.of(input.wholeOr("limit", MOST));
        boolean forward = token.map(LogTokens::isForward).orElse(input.flag("startFromHead"));
        var page = forward
                ? lines.forward(stream, wanted, position, bounds)
                : lines.backward(stream, wanted, position, bounds);
        return ApiAnswer.json(200, json -> write(json, page));
    }

    private static void write(JsonGenerator json, StreamPage page) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("events");
        for (var line : page.lines()) {
            json.writeStartObject();
            writeLine(json, line);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeStringField("nextForwardToken", LogTokens.forward(page.end()));
        json.writeStringField("nextBackwardToken", LogTokens.backward(page.start()));
        json.writeEndObject();
    }

    ApiAnswer filter(Input input) throws InterruptedException {
        var group = existing(input);
        var named = named(input, group);
        var pattern = pattern(input.textOr("filterPattern", ""));
        long from = time(input, "startTime", 0);
        long to = time(input, "endTime", Long.MAX_VALUE);
        check(from, to);
        var wanted = new Wanted(
                name -> named.test(name) && streams.stream(group, name).isPresent(), from, to, pattern::matches);
        Map<Integer, Position> places =
                input.has("nextToken") ? LogTokens.parsePlaces(input.requiredText("nextToken")) : Map.of();
        List<LogStream> candidates = streams.streams(group)
                .filter(stream -> named.test(stream.name()) && stream.mayHaveLines(from, to))
                .toList();
        var page = lines.interleaved(candidates, wanted, places, Bounds.of(input.wholeOr("limit", MOST)));
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("events");
            for (var line : page.lines()) {
                json.writeStartObject();
                json.writeStringField("logStreamName", line.stream());
                writeLine(json, line);
                json.writeStringField("eventId", line.eventId());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("searchedLogStreams"); // Empty with CloudWatch Logs, too.
            json.writeEndArray();
            if (!page.isLast()) {
                json.writeStringField("nextToken", LogTokens.after(page.next()));
            }
            json.writeEndObject();
        });
    }

    /** Which streams of a group are asked for. */
    private Predicate<String> named(Input input, String group) {
        var prefix = input.text("logStreamNamePrefix");
        var names = input.texts("logStreamNames");
        if (prefix != null && names != null) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "logStreamNamePrefix and logStreamNames are mutually exclusive parameters.");
        }
        if (names != null) {
            var set = new HashSet<>(names);
            if (set.stream().anyMatch(name -> streams.stream(group, name).isEmpty())) {
                throw LogArns.noStream();
            }
            return set::contains;
        }
        return prefix == null ? _ -> true : name -> name.startsWith(Objects.requireNonNull(prefix));
    }

    private static FilterPattern pattern(String text) {
        try {
            return FilterPattern.parse(text);
        } catch (FilterPatternException e) {
            throw new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, Objects.requireNonNull(e.getMessage()));
        }
    }

    private String existing(Input input) {
        var group = arns.named(input);
        if (!streams.hasGroup(group)) {
            throw LogArns.noGroup();
        }
        return group;
    }

    private static long time(Input input, String name, long otherwise) {
        return input.has(name) ? input.longNumber(name) : otherwise;
    }

    private static void check(long startTime, long endTime) {
        if (startTime > endTime) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "startTime must not be later than endTime.");
        }
    }

    /** A line ends with its newline, as with CloudWatch Logs. */
    private static void writeLine(JsonGenerator json, LogLine line) throws IOException {
        json.writeNumberField("timestamp", line.time());
        json.writeStringField("message", line.message() + "\n");
        json.writeNumberField("ingestionTime", line.arrived());
    }
}
