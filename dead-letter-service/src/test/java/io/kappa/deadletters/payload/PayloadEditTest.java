package io.kappa.deadletters.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadEditTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The examples of RFC 7386, appendix A, that are edits of an event. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"a":"b"}            | {"a":"c"}                | {"a":"c"}
            {"a":"b"}            | {"b":"c"}                | {"a":"b","b":"c"}
            {"a":"b"}            | {"a":null}               | {}
            {"a":"b","b":"c"}    | {"a":null}               | {"b":"c"}
            {"a":["b"]}          | {"a":"c"}                | {"a":"c"}
            {"a":"c"}            | {"a":["b"]}              | {"a":["b"]}
            {"a":{"b":"c"}}      | {"a":{"b":"d","c":null}} | {"a":{"b":"d"}}
            {"a":[{"b":"c"}]}    | {"a":[1]}                | {"a":[1]}
            ["a","b"]            | ["c","d"]                | ["c","d"]
            {"a":"b"}            | ["c"]                    | ["c"]
            {"a":"foo"}          | "bar"                    | "bar"
            {"e":null}           | {"a":1}                  | {"e":null,"a":1}
            [1,2]                | {"a":"b","c":null}       | {"a":"b"}
            {}                   | {"a":{"bb":{"ccc":null}}} | {"a":{"bb":{}}}
            """)
    void mergesAsTheStandardSays(String before, String merge, String after) throws Exception {
        assertThat(edited(new PayloadEdit(null, json(merge)), before)).isEqualTo(after);
    }

    @Test
    void patchesAsTheStandardSays() throws Exception {
        var edit = patch("""
                [{"op":"test","path":"/a/b","value":"c"},
                 {"op":"remove","path":"/a/b"},
                 {"op":"add","path":"/list/-","value":3},
                 {"op":"replace","path":"/n","value":null},
                 {"op":"move","from":"/x","path":"/y"},
                 {"op":"copy","from":"/y","path":"/z"}]""");
        assertThat(edited(edit, "{\"a\":{\"b\":\"c\"},\"list\":[1,2],\"n\":1,\"x\":true}"))
                .isEqualTo("{\"a\":{},\"list\":[1,2,3],\"n\":null,\"y\":true,\"z\":true}");
    }

    @Test
    void numbersThatItDoesNotTouchStayAsTheyAre() throws Exception {
        var edit = patch("[{\"op\":\"add\",\"path\":\"/b\",\"value\":1}]");
        assertThat(edited(
                        edit, "{\"a\":1.10,\"big\":123456789012345678901234567890,\"small\":0.1234567890123456789012}"))
                .isEqualTo(
                        "{\"a\":1.10,\"big\":123456789012345678901234567890,\"small\":0.1234567890123456789012,\"b\":1}");
    }

    @Test
    void aPayloadWithoutBytesIsAnEmptyObject() throws Exception {
        var edit = new PayloadEdit(null, json("{\"a\":1}"));
        assertThat(edit.apply(Payload.NONE)).isEqualTo(payload("{\"a\":1}"));
        assertThat(edit.apply(payload(""))).isEqualTo(payload("{\"a\":1}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            no json  | [{"op":"add","path":"/b","value":1}]
            {} {}    | [{"op":"add","path":"/b","value":1}]
            {}       | [{"op":"replace","path":"/b","value":1}]
            {}       | [{"op":"remove","path":"/b"}]
            {"a":1}  | [{"op":"test","path":"/a","value":2}]
            {"a":1}  | [{"op":"add","path":"/a/b/c","value":2}]
            {"a":[]} | [{"op":"add","path":"/a/7","value":2}]
            {}       | [{"op":"move","from":"/b","path":"/c"}]
            {}       | [{"op":"copy","from":"/b","path":"/c"}]
            {"a":[]} | [{"op":"remove","path":"/a/-"}]
            """)
    void saysWhyItDoesNotApply(String payload, String patch) {
        assertThatThrownBy(() -> patch(patch).apply(payload(payload)))
                .isInstanceOf(PayloadEdit.NotApplicableException.class)
                .hasMessageMatching("the payload is not JSON.*|the edit does not apply: .+");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[{}]",
                "[{\"op\":\"burn\",\"path\":\"/a\"}]",
                "[{\"op\":\"add\",\"path\":\"/a\"}]",
                "7",
                "[{\"op\":\"add\",\"path\":\"no pointer\",\"value\":2}]"
            })
    void whatIsNoPatchIsRefusedBeforeItIsTried(String patch) {
        assertThatThrownBy(() -> patch(patch))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a JSON Patch");
    }

    @Test
    void aPatchThatCouldBlowUpAPayloadIsRefused() {
        var copy = "{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a\"}";
        assertThatThrownBy(() -> patch("[" + copy + ("," + copy).repeat(5) + "]"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isOneOfTheTwo() {
        assertThatThrownBy(() -> new PayloadEdit(null, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PayloadEdit(json("[]"), json("{}"))).isInstanceOf(IllegalArgumentException.class);
    }

    private static PayloadEdit patch(String patch) {
        return new PayloadEdit(json(patch), null);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Payload payload(@Nullable String text) {
        return Payload.of(text == null ? null : text.getBytes(UTF_8));
    }

    private static String edited(PayloadEdit edit, String before) throws PayloadEdit.NotApplicableException {
        return new String(Objects.requireNonNull(edit.apply(payload(before)).bytes()), UTF_8);
    }
}
