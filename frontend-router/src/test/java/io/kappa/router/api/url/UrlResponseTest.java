package io.kappa.router.api.url;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlResponseTest {
    private static UrlResponse of(String result) {
        return UrlResponse.of(Buffer.buffer(result));
    }

    private static Map<String, String> headers(String headers) {
        return of("{\"statusCode\":200,\"headers\":" + headers + "}").head().headers();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"hello\": \"world\"}|{\"hello\":\"world\"}",
                "\"hello\"|hello",
                "\"gr\\u00fc\\u00df \\\"dich\\\"\"|grüß \"dich\"",
                "3|3",
                "3.10|3.10",
                "1E2|1E2",
                "true|true",
                "null|null",
                "[\"hello\", 3, true]|[\"hello\",3,true]",
                "{\"a \\\" b\": \"\\\\\", \"c\" : [ ]}|{\"a \\\" b\":\"\\\\\",\"c\":[]}",
                "{\"headers\": 3}|{\"headers\":3}",
            })
    void infersAResponseFromAnyOtherResult(String result, String body) {
        var response = of(result);
        assertThat(response.body().toString()).isEqualTo(body);
        assertThat(response.head().status()).isEqualTo(200);
        assertThat(response.head().headers()).containsExactly(Map.entry("content-type", "application/json"));
    }

    @Test
    void anEmptyResultIsAnEmptyResponse() {
        assertThat(UrlResponse.of(Buffer.buffer()).body().length()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"body123\"|body123",
                "\"{\\\"hello\\\": \\\"world\\\"}\"|{\"hello\": \"world\"}",
                "{\"an\": \"object\"}|{\"an\":\"object\"}",
                "3|3",
                "null|``",
            })
    void takesTheBodyThatIsNamed(String body, String sent) {
        assertThat(of("{\"statusCode\":200,\"body\":" + body + "}").body().toString())
                .isEqualTo(sent);
    }

    @Test
    void decodesABodyThatIsEncoded() {
        var response = of("{\"statusCode\":200,\"isBase64Encoded\":true,\"body\":\"AAH/\"}");
        assertThat(response.body().getBytes()).containsExactly(0, 1, 0xff);
    }

    @Test
    void takesStatusHeadersAndCookies() {
        var head =
                of("{\"statusCode\":302,\"headers\":{\"Location\":\"/there\",\"X-N\":1,\"X-B\":true,\"X-Null\":null},"
                                + "\"cookies\":[\"a=1; Secure\",\"b=2\"]}")
                        .head();
        assertThat(head.status()).isEqualTo(302);
        assertThat(head.headers())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("content-type", "application/json", "location", "/there", "x-n", "1", "x-b", "true"));
        assertThat(head.cookies()).containsExactly("a=1; Secure", "b=2");
    }

    @Test
    void namesTheContentTypeThatTheFunctionNames() {
        assertThat(headers("{\"Content-Type\":\"text/html\"}")).containsExactly(Map.entry("content-type", "text/html"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Date", "server", "WWW-Authenticate", "Connection", "keep-alive", "upgrade"})
    void sendsUnderAnotherNameWhatIsNotTheFunctionsToSay(String name) {
        assertThat(headers("{\"" + name + "\":\"v\"}"))
                .containsEntry("x-amzn-remapped-" + name.toLowerCase(Locale.ROOT), "v");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "transfer-encoding"})
    void leavesOutWhatOnlyThePlatformCanKnow(String name) {
        assertThat(headers("{\"" + name + "\":\"5\"}")).containsOnlyKeys("content-type");
    }

    @Test
    void sendsHeadersAsUtf8() {
        var sent = Objects.requireNonNull(headers("{\"x-name\":\"Zürich\"}").get("x-name"));
        assertThat(new String(sent.getBytes(ISO_8859_1), UTF_8)).isEqualTo("Zürich");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"statusCode\":\"200\"}",
                "{\"statusCode\":200.5}",
                "{\"statusCode\":null}",
                "{\"statusCode\":99}",
                "{\"statusCode\":101}",
                "{\"statusCode\":600}",
                "{\"statusCode\":200,\"headers\":[]}",
                "{\"statusCode\":200,\"headers\":{\"a b\":\"v\"}}",
                "{\"statusCode\":200,\"headers\":{\"\":\"v\"}}",
                "{\"statusCode\":200,\"headers\":{\"a\":[\"v\"]}}",
                "{\"statusCode\":200,\"headers\":{\"a\":\"v\\r\\nset-cookie: stolen=1\"}}",
                "{\"statusCode\":200,\"cookies\":\"a=1\"}",
                "{\"statusCode\":200,\"cookies\":[\"a=1\\nb\"]}",
                "{\"statusCode\":200,\"isBase64Encoded\":true,\"body\":\"*\"}",
                "no json",
                "{\"statusCode\":200} trailing",
            })
    void refusesWhatNoResponseCanBe(String result) {
        assertThatThrownBy(() -> of(result)).isInstanceOf(MalformedResultException.class);
    }

    @Test
    void readsThePreludeOfAGatheredStream() {
        var response = of("{\"statusCode\":201}" + "\0".repeat(8) + "the rest");
        assertThat(response.head().status()).isEqualTo(201);
        assertThat(response.body().toString()).isEqualTo("the rest");
        assertThatThrownBy(() -> of("{\"statusCode\":201}\0")).isInstanceOf(MalformedResultException.class);
    }

    @Test
    void readsAPreludeThatComesInAnyParts() {
        var whole = Buffer.buffer("{\"statusCode\":201,\"cookies\":[\"a=1\"]}").appendBytes(new byte[8]);
        for (int cut = 0; cut <= whole.length(); cut++) {
            var prelude = new Prelude();
            var first = prelude.take(whole.slice(0, cut));
            var rest = first.isPresent()
                    ? first
                    : prelude.take(whole.getBuffer(cut, whole.length()).appendString("rest"));
            assertThat(rest.map(Buffer::toString)).isEqualTo(Optional.of(first.isPresent() ? "" : "rest"));
            var head = Objects.requireNonNull(prelude.head());
            assertThat(head.status()).isEqualTo(201);
            assertThat(head.cookies()).containsExactly("a=1");
            assertThat(head.headers()).containsExactly(Map.entry("content-type", "application/octet-stream"));
        }
    }

    @Test
    void aPreludeEndsSomewhereAndSaysWhatAResponseCanBe() {
        var prelude = new Prelude();
        assertThat(prelude.take(Buffer.buffer("{".repeat(1024 * 1024)))).isEmpty();
        assertThatThrownBy(() -> prelude.take(Buffer.buffer("{"))).isInstanceOf(MalformedResultException.class);
        assertThatThrownBy(() -> new Prelude().take(Buffer.buffer("no json").appendBytes(new byte[8])))
                .isInstanceOf(MalformedResultException.class);
    }
}
