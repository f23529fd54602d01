package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertInvalid;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which patterns a mapping may filter by. */
class MappingFiltersApiTest extends MappingApi {
    private HttpResponse<String> filtered(String arn, String pattern) {
        var escaped = pattern.replace("\\", "\\\\").replace("\"", "\\\"");
        var filters = "\"FilterCriteria\":{\"Filters\":[{\"Pattern\":\"" + escaped + "\"}]}";
        return createOf(arn, arn.equals(QUEUE) ? filters : fromStart(filters));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "simple string",
                "",
                "[]",
                "{\"eventSource\":\"aws:sqs\"}",
                "{\"eventSource\":[]}",
                "{\"body\":{\"n\":[{\"numeric\":[\"above\",1]}]}}",
                "{\"body\":[\"a\"]"
            })
    void whatIsNoPatternIsRefused(String pattern) {
        assertInvalid(filtered(QUEUE, pattern), "Invalid filter pattern definition.");
    }

    @Test
    void deepOrTwistedPatternsAreRefusedRatherThanFailing() {
        assertInvalid(
                filtered(QUEUE, "{\"a\":".repeat(600) + "1" + "}".repeat(600)), "Invalid filter pattern definition.");
        assertInvalid(filtered(QUEUE, "{\"$or\":[{\"a\":[1]}]}"), "Invalid filter pattern definition.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"body\":[\"text\"]}",
                "{\"body\":{\"a\":[1,null,true,\"x\",\"\"],\"b\":{\"c\":[{\"exists\":false}]}}}",
                "{\"body\":{\"n\":[{\"numeric\":[\">\",1,\"<=\",2]}]},\"messageId\":[{\"prefix\":\"a\"}]}",
                "{\"body\":{\"f\":[{\"suffix\":\".png\"},{\"anything-but\":[\"x\"]},{\"equals-ignore-case\":\"Y\"}]}}",
                "{\"body\":{\"$or\":[{\"a\":[1]},{\"b\":[{\"wildcard\":\"x*y\"}]}]}}"
            })
    void everyOperatorIsTaken(String pattern) {
        assertThat(filtered(QUEUE, pattern).statusCode()).isEqualTo(202);
        assertThat(asked().options().filters()).containsExactly(pattern);
    }

    @Test
    void dataOfStreamsIsJson() {
        assertInvalid(filtered(STREAM, "{\"data\":[\"text\"]}"), "Invalid filter pattern definition.");
        assertInvalid(filtered(TABLE, "{\"dynamodb\":[\"text\"]}"), "Invalid filter pattern definition.");
        assertInvalid(
                filtered(STREAM, "{\"$or\":[{\"data\":[\"text\"]},{\"data\":{\"a\":[1]}}]}"),
                "Invalid filter pattern definition.");
        assertThat(filtered(STREAM, "{\"data\":{\"a\":[1]},\"partitionKey\":[\"1\"]}")
                        .statusCode())
                .isEqualTo(202);
        assertThat(filtered(TABLE, "{\"eventName\":[\"INSERT\"]}").statusCode()).isEqualTo(202);
    }

    @Test
    void thereAreFiveAtMost() {
        var filter = "{\"Pattern\":\"{\\\"body\\\":[\\\"a\\\"]}\"}";
        var six = String.join(",", List.of(filter, filter, filter, filter, filter, filter));
        assertThat(createOf(QUEUE, "\"FilterCriteria\":{\"Filters\":[" + six.substring(filter.length() + 1) + "]}")
                        .statusCode())
                .isEqualTo(202);
        assertInvalid(
                createOf(QUEUE, "\"FilterCriteria\":{\"Filters\":[" + six + "]}"),
                "An event source mapping can have at most 5 filters, and 6 were given.");
        assertThat(filtered(QUEUE, "x".repeat(4097)).body())
                .contains("at 'filterCriteria.filters.1.member.pattern' failed to satisfy constraint: "
                        + "Member must have length less than or equal to 4096");
        assertInvalid(createOf(QUEUE, "\"FilterCriteria\":{\"Filters\":[{}]}"), "Invalid filter pattern definition.");
    }
}
