package io.kappa.router.api.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.EventSource.DynamoDb;
import io.kappa.contracts.eventsource.EventSource.Kinesis;
import io.kappa.contracts.eventsource.EventSource.ManagedKafka;
import io.kappa.contracts.eventsource.EventSource.Queue;
import io.kappa.contracts.eventsource.EventSource.SelfManagedKafka;
import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Patterns;

/** Reads {@code FilterCriteria}. What passes is known to compile, because the mapper compiles it by the same compiler. */
final class FilterPatterns {
    /** What Lambda grants without being asked for more. */
    private static final int MOST = 5;

    /** As many as EventBridge takes. Without a limit, a short text could ask for more than any memory holds. */
    private static final long MOST_ALTERNATIVES = 1000;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @return null where nothing is said of filters; empty where they are cleared */
    static @Nullable List<String> read(Input input, EventSource source) {
        var criteria = input.structure("FilterCriteria");
        if (criteria == null) {
            return null;
        }
        var filters = criteria.structures("Filters");
        if (filters == null) {
            return List.of();
        }
        if (filters.size() > MOST) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "An event source mapping can have at most " + MOST + " filters, and " + filters.size()
                            + " were given.");
        }
        var patterns = new ArrayList<String>();
        for (var filter : filters) {
            patterns.add(checked(filter.text("Pattern"), source));
        }
        return patterns;
    }

    private static String checked(@Nullable String pattern, EventSource source) {
        if (pattern == null || !compiles(pattern, source)) {
            throw new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, "Invalid filter pattern definition.");
        }
        return pattern;
    }

    private static boolean compiles(String pattern, EventSource source) {
        try {
            return alternatives(JSON.readTree(pattern)) <= MOST_ALTERNATIVES
                    && fits(JsonRuleCompiler.compile(pattern), source);
        } catch (IOException | RuntimeException e) {
            return false; // The compiler trips over some of what it cannot compile.
        }
    }

    /** How many rules a pattern is taken apart into, at most: each {@code $or} multiplies them. */
    private static long alternatives(JsonNode pattern) {
        long product = 1;
        for (var field : pattern.properties()) {
            long more = field.getKey().equals("$or") && field.getValue().isArray()
                    ? sum(field.getValue())
                    : alternatives(field.getValue());
            product = Math.min(product * more, MOST_ALTERNATIVES + 1);
        }
        return product;
    }

    private static long sum(JsonNode choices) {
        long sum = 0;
        for (var choice : choices) {
            sum += alternatives(choice);
        }
        return Math.max(1, sum);
    }

    /** Records of streams hold JSON, or match nothing: so a pattern for their data is an object, never a list of plain texts. */
    private static boolean fits(List<Map<String, List<Patterns>>> alternatives, EventSource source) {
        return switch (source) {
            case Kinesis _ -> alternatives.stream().noneMatch(paths -> paths.containsKey("data"));
            case DynamoDb _ -> alternatives.stream().noneMatch(paths -> paths.containsKey("dynamodb"));
            case Queue _, ManagedKafka _, SelfManagedKafka _ -> true;
        };
    }

    private FilterPatterns() {}
}
