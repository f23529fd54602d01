package io.kappa.router.logs.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.shape.Input;
import io.kappa.router.logs.index.LogStream;
import io.kappa.router.logs.index.LogStreams;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.io.IOException;
import java.util.Comparator;
import java.util.function.Function;

/** Log streams of a group as callers see them, by their names or by their latest lines. */
final class DescribedStreams {
    private static final int MOST = 50;

    private final LogArns arns;
    private final LogStreams streams;

    DescribedStreams(LogArns arns, LogStreams streams) {
        this.arns = arns;
        this.streams = streams;
    }

    ApiAnswer describe(Input input) {
        var group = arns.named(input);
        boolean byTime = input.textOr("orderBy", "LogStreamName").equals("LastEventTime");
        if (byTime && input.has("logStreamNamePrefix")) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "Cannot order by LastEventTime with a logStreamNamePrefix.");
        }
        if (!streams.hasGroup(group)) {
            throw LogArns.noGroup();
        }
        Function<LogStream, String> position = byTime ? DescribedStreams::byTime : LogStream::name;
        var order = Comparator.comparing(position);
        if (input.flag("descending")) {
            order = order.reversed();
        }
        var prefix = input.textOr("logStreamNamePrefix", "");
        var rest = streams.streams(group)
                .filter(stream -> stream.name().startsWith(prefix))
                .sorted(order);
        if (input.has("nextToken")) {
            var after = LogTokens.parseAfter(input.requiredText("nextToken"));
            int direction = input.flag("descending") ? -1 : 1;
            rest = rest.filter(stream -> position.apply(stream).compareTo(after) * direction > 0);
        }
        return LogPages.answer("logStreams", rest, input.wholeOr("limit", MOST), position, this::write);
    }

    private static String byTime(LogStream stream) {
        return "%015d %s".formatted(Math.max(0, stream.lastTime()), stream.name());
    }

    private void write(JsonGenerator json, LogStream stream) throws IOException {
        json.writeStringField("logStreamName", stream.name());
        json.writeNumberField("creationTime", stream.created());
        json.writeNumberField("firstEventTimestamp", stream.firstTime());
        json.writeNumberField("lastEventTimestamp", stream.lastTime());
        json.writeNumberField("lastIngestionTime", stream.lastWritten());
        json.writeStringField("arn", arns.stream(stream.group(), stream.name()));
        json.writeNumberField(
                "storedBytes", 0); // So it is of every stream, since CloudWatch Logs counts by groups alone.
    }
}
