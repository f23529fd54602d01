package io.kappa.router.api.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.event.ruler.JsonRuleCompiler;

/** Reads {@code FilterCriteria}. What passes is known to compile, because the mapper compiles it by the same library. */
final class FilterPatterns {
    /** What Lambda grants without being asked for more. */
    private static final int MOST = 5;

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
        if (pattern == null || !compiles(pattern) || !fits(pattern, source)) {
            throw new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, "Invalid filter pattern definition.");
        }
        return pattern;
    }

    private static boolean compiles(String pattern) {
        try {
            return JsonRuleCompiler.check(pattern) == null;
        } catch (RuntimeException e) {
            return false; // The compiler trips over some of what it cannot compile.
        }
    }

    /** Records of streams hold JSON, or match nothing: so a pattern for their data is an object, never a list of plain texts. */
    private static boolean fits(String pattern, EventSource source) {
        return switch (source) {
            case EventSource.Kinesis _ -> isAbsentOrObject(pattern, "data");
            case EventSource.DynamoDb _ -> isAbsentOrObject(pattern, "dynamodb");
            case EventSource.Queue _, EventSource.ManagedKafka _, EventSource.SelfManagedKafka _ -> true;
        };
    }

    private static boolean isAbsentOrObject(String pattern, String field) {
        try {
            JsonNode data = JSON.readTree(pattern).get(field);
            return data == null || data.isObject();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private FilterPatterns() {}
}
