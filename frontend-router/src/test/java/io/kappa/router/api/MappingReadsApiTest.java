package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertAnswer;
import static io.kappa.router.api.Answers.assertInvalid;
import static io.kappa.router.api.RunningApi.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Finding mappings, one by one and in lists. */
class MappingReadsApiTest extends MappingApi {

    @Test
    void aMappingIsFoundByItsUuid() {
        var made = createOf(QUEUE, "");
        assertAnswer(api.get(MAPPINGS + "/" + uuid(made)), 200, made.body());
        assertAnswer(api.get(MAPPINGS + "/" + uuid(made).toUpperCase(Locale.ROOT)), 200, made.body());
    }

    @Test
    void whatDoesNotExistIsNotFound() {
        for (var uuid : List.of("14e0db71-5d35-4eb5-b481-8945cf9d10c2", "nonsense")) {
            assertGone(api.get(MAPPINGS + "/" + uuid));
            assertGone(api.delete(MAPPINGS + "/" + uuid));
            assertGone(api.put(MAPPINGS + "/" + uuid, "{}"));
        }
    }

    @Test
    void aMappingOfAnAliasIsShownByIt() {
        api.post(RunningApi.FUNCTIONS + "/f/aliases", "{\"Name\":\"live\",\"FunctionVersion\":\"1\"}");

        var made = api.post(MAPPINGS, "{\"FunctionName\":\"f:live\",\"EventSourceArn\":\"" + QUEUE + "\"}");

        assertThat(made.body()).contains("\"FunctionArn\":\"" + ARN + "f:live\"");
        assertThat(listed("?FunctionName=f:live")).containsExactly(uuid(made));
    }

    @Test
    void aListIsNarrowedBySourceAndFunction() {
        api.create("g", "");
        var queue = uuid(createOf(QUEUE, ""));
        var stream = uuid(createOf(STREAM, fromStart("")));
        var other = uuid(api.post(MAPPINGS, "{\"FunctionName\":\"g\",\"EventSourceArn\":\"" + QUEUE + "\"}"));
        var version = uuid(api.post(MAPPINGS, "{\"FunctionName\":\"f:1\",\"EventSourceArn\":\"" + QUEUE + "\"}"));

        assertThat(listed("")).containsExactlyInAnyOrder(queue, stream, other, version);
        assertThat(listed("?EventSourceArn=" + encoded(QUEUE))).containsExactlyInAnyOrder(queue, other, version);
        for (var name : List.of("f", "000000000000:function:f", ARN + "f")) {
            assertThat(listed("?FunctionName=" + encoded(name))).containsExactlyInAnyOrder(queue, stream, version);
        }
        assertThat(listed("?FunctionName=f:1")).containsExactly(version);
        assertThat(listed("?FunctionName=" + encoded("f:$LATEST"))).containsExactlyInAnyOrder(queue, stream);
        assertThat(listed("?FunctionName=g&EventSourceArn=" + encoded(QUEUE))).containsExactly(other);
        assertThat(listed("?FunctionName=nope")).isEmpty();
    }

    @Test
    void aListComesInPages() {
        var first = uuid(createOf(QUEUE, ""));
        var second = uuid(createOf(STREAM, fromStart("")));
        var page = api.get(MAPPINGS + "?MaxItems=1").body();
        assertThat(page).contains("\"NextMarker\":\"");
        var rest = api.get(
                        MAPPINGS + "?MaxItems=1&Marker=" + page.replaceFirst(".*\"NextMarker\":\"([^\"]*)\".*", "$1"))
                .body();
        assertThat(rest).doesNotContain("NextMarker");
        assertThat(List.of(uuids(page).getFirst(), uuids(rest).getFirst()))
                .containsExactlyInAnyOrder(first, second)
                .isSorted();
        assertInvalid(api.get(MAPPINGS + "?Marker=***"), "Invalid marker: ***");
    }

    @Test
    void aPageHoldsAHundred() {
        for (int i = 0; i < 101; i++) {
            createOf(QUEUE, "");
        }
        assertThat(listed("")).hasSize(100);
        assertThat(listed("?MaxItems=10000")).hasSize(100);
    }

    private List<String> listed(String query) {
        var response = api.get(MAPPINGS + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.body()).contains("\"EventSourceMappings\":[");
        return uuids(response.body());
    }

    private static List<String> uuids(String body) {
        return java.util.regex.Pattern.compile("\"UUID\":\"([^\"]*)\"")
                .matcher(body)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
