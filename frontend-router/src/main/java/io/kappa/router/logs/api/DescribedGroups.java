package io.kappa.router.logs.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.shape.Input;
import io.kappa.router.logs.index.LogGroup;
import io.kappa.router.logs.index.LogStreams;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Log groups as callers see them: there is one for as long as there are lines in it, whatever has become of its functions. */
final class DescribedGroups {
    private static final int MOST = 50;

    private final LogArns arns;
    private final LogStreams streams;
    private final Supplier<OptionalInt> retentionDays;

    DescribedGroups(LogArns arns, LogStreams streams, Supplier<OptionalInt> retentionDays) {
        this.arns = arns;
        this.streams = streams;
        this.retentionDays = retentionDays;
    }

    ApiAnswer describe(Input input) {
        if (input.has("logGroupNamePrefix") && input.has("logGroupNamePattern")) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
        }
        var prefix = input.textOr("logGroupNamePrefix", "");
        var pattern = input.textOr("logGroupNamePattern", "");
        var after = input.has("nextToken") ? LogTokens.parseAfter(input.requiredText("nextToken")) : "";
        boolean ofClass = input.textOr("logGroupClass", "STANDARD").equals("STANDARD");
        var identified = identified(input.texts("logGroupIdentifiers"));
        var days = retentionDays.get();
        var groups = streams.groupsAfter(after)
                .filter(group -> ofClass
                        && identified.test(group.name())
                        && group.name().startsWith(prefix)
                        && group.name().contains(pattern));
        return LogPages.answer(
                "logGroups",
                groups,
                input.wholeOr("limit", MOST),
                LogGroup::name,
                (json, group) -> write(json, group, days));
    }

    private Predicate<String> identified(@Nullable List<String> identifiers) {
        if (identifiers == null) {
            return _ -> true;
        }
        return identifiers.stream().map(arns::identified).collect(Collectors.toSet())::contains;
    }

    private void write(JsonGenerator json, LogGroup group, OptionalInt days) throws IOException {
        json.writeStringField("logGroupName", group.name());
        json.writeNumberField("creationTime", group.created());
        if (days.isPresent()) {
            json.writeNumberField("retentionInDays", days.getAsInt());
        }
        json.writeNumberField("metricFilterCount", 0);
        json.writeStringField("arn", arns.group(group.name()) + ":*");
        json.writeNumberField("storedBytes", group.bytes());
        json.writeStringField("logGroupClass", "STANDARD");
        json.writeStringField("logGroupArn", arns.group(group.name()));
    }
}
