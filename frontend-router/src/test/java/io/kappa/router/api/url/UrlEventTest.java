package io.kappa.router.api.url;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlEventTest {
    private static final String URL_ID = "a".repeat(32);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode event(
            String path,
            @Nullable String query,
            Buffer body,
            @Nullable UrlCaller caller,
            List<Entry<String, String>> headers)
            throws IOException {
        var request = new UrlRequest("POST", path, query, headers, "HTTP/1.1", "http", "192.0.2.7", 9000, body);
        return JSON.readTree(new UrlEvent(
                        request,
                        URL_ID,
                        URL_ID + ".lambda-url.localhost",
                        "000000000000",
                        "request-1",
                        "Root=1-2-3",
                        caller,
                        Instant.parse("2020-03-12T19:03:58.390Z"))
                .toJson()
                .getBytes());
    }

    private static JsonNode event(String path, @Nullable String query) throws IOException {
        return event(path, query, Buffer.buffer(), null, List.of());
    }

    /** @param headers names, each followed by its value */
    private static JsonNode eventWith(String... headers) throws IOException {
        var entries = new ArrayList<Entry<String, String>>();
        for (int i = 0; i < headers.length; i += 2) {
            entries.add(Map.entry(headers[i], headers[i + 1]));
        }
        return event("/", null, Buffer.buffer(), null, entries);
    }

    private static JsonNode eventOf(Buffer body, String... contentType) throws IOException {
        var headers = new ArrayList<Entry<String, String>>();
        for (var type : contentType) {
            headers.add(Map.entry("Content-Type", type));
        }
        return event("/", null, body, null, headers);
    }

    @Test
    void isOfVersionTwoAndTellsAllOfTheRequest() throws IOException {
        var event = event(
                "/my/path",
                "p=1",
                Buffer.buffer("hi"),
                null,
                List.of(Map.entry("User-Agent", "agent"), Map.entry("Content-Type", "text/plain")));

        assertThat(event).isEqualTo(JSON.readTree("""
                {"version":"2.0","routeKey":"$default","rawPath":"/my/path","rawQueryString":"p=1",
                 "headers":{"user-agent":"agent","content-type":"text/plain","x-amzn-trace-id":"Root=1-2-3",
                  "x-forwarded-for":"192.0.2.7","x-forwarded-port":"9000","x-forwarded-proto":"http"},
                 "queryStringParameters":{"p":"1"},
                 "requestContext":{"accountId":"anonymous","apiId":"%1$s","domainName":"%1$s.lambda-url.localhost",
                  "domainPrefix":"%1$s","http":{"method":"POST","path":"/my/path","protocol":"HTTP/1.1",
                   "sourceIp":"192.0.2.7","userAgent":"agent"},"requestId":"request-1","routeKey":"$default",
                  "stage":"$default","time":"12/Mar/2020:19:03:58 +0000","timeEpoch":1584039838390},
                 "body":"hi","isBase64Encoded":false}""".formatted(URL_ID)));
    }

    @Test
    void joinsHeadersOfOneNameWhateverItsCase() throws IOException {
        var headers = eventWith("X-A", "1", "x-a", "2").path("headers");
        assertThat(headers.path("x-a").asText()).isEqualTo("1,2");
        assertThat(headers.has("X-A")).isFalse();
    }

    @Test
    void tellsCookiesApartAndNotAsAHeader() throws IOException {
        var event = eventWith("Cookie", "a=1; b=2", "cookie", "c=3");
        assertThat(event.path("cookies").toString()).isEqualTo("[\"a=1\",\"b=2\",\"c=3\"]");
        assertThat(event.path("headers").has("cookie")).isFalse();
        assertThat(eventWith().has("cookies")).isFalse();
    }

    @Test
    void addsItselfToTheProxiesThatARequestCameThrough() throws IOException {
        var headers = eventWith(
                        "X-Forwarded-For",
                        "198.51.100.1",
                        "X-Forwarded-Proto",
                        "https",
                        "X-Forwarded-Port",
                        "443",
                        "X-Amzn-Trace-Id",
                        "given")
                .path("headers");
        assertThat(headers.path("x-forwarded-for").asText()).isEqualTo("198.51.100.1,192.0.2.7");
        assertThat(headers.path("x-forwarded-proto").asText()).isEqualTo("https");
        assertThat(headers.path("x-forwarded-port").asText()).isEqualTo("443");
        assertThat(headers.path("x-amzn-trace-id").asText()).isEqualTo("Root=1-2-3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "p=1&p=2|{\"p\":\"1,2\"}",
                "p=a%20b+c|{\"p\":\"a b c\"}",
                "p|{\"p\":\"\"}",
                "p=|{\"p\":\"\"}",
                "p=1&q=%C3%BC|{\"p\":\"1\",\"q\":\"ü\"}",
                "a%5B0%5D=x|{\"a[0]\":\"x\"}",
            })
    void decodesTheQueryAndKeepsItRaw(String query, String parameters) throws IOException {
        var event = event("/", query);
        assertThat(event.path("rawQueryString").asText()).isEqualTo(query);
        assertThat(event.path("queryStringParameters").toString()).isEqualTo(parameters);
    }

    @Test
    void leavesOutParametersThatAreNotThere() throws IOException {
        assertThat(event("/", null).path("rawQueryString").asText("x")).isEmpty();
        assertThat(event("/", null).has("queryStringParameters")).isFalse();
        assertThat(event("/", "").has("queryStringParameters")).isFalse();
        assertThat(event("/", "p=%zz").has("queryStringParameters")).isFalse();
    }

    @Test
    void doesNotDecodeThePath() throws IOException {
        var event = event("/pa2%Fth/%20/1", null);
        assertThat(event.path("rawPath").asText()).isEqualTo("/pa2%Fth/%20/1");
        assertThat(event.at("/requestContext/http/path").asText()).isEqualTo("/pa2%Fth/%20/1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "text/html; charset=utf-8",
                "application/json",
                "Application/JSON;charset=UTF-8",
                "application/xml",
                "application/javascript",
                "application/problem+json",
                "image/svg+xml",
            })
    void handsOnTextAsItIs(String contentType) throws IOException {
        var event = eventOf(Buffer.buffer("grüß \"dich\""), contentType);
        assertThat(event.path("body").asText()).isEqualTo("grüß \"dich\"");
        assertThat(event.path("isBase64Encoded").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data; boundary=x",
                "application/x-www-form-urlencoded",
                "application/octet-stream",
                "image/png",
                "some/thing",
            })
    void encodesWhateverElseThereIs(String contentType) throws IOException {
        var event = eventOf(Buffer.buffer("a=1"), contentType);
        assertThat(event.path("body").asText()).isEqualTo(Base64.getEncoder().encodeToString("a=1".getBytes(UTF_8)));
        assertThat(event.path("isBase64Encoded").asBoolean()).isTrue();
    }

    @Test
    void encodesWhatDoesNotSayWhatItIsAndWhatIsNoText() throws IOException {
        assertThat(eventOf(Buffer.buffer("a")).path("isBase64Encoded").asBoolean())
                .isTrue();
        var event = eventOf(Buffer.buffer(new byte[] {(byte) 0xff, 0}), "text/plain");
        assertThat(event.path("body").asText()).isEqualTo("/wA=");
        assertThat(event.path("isBase64Encoded").asBoolean()).isTrue();
    }

    @Test
    void hasNoBodyWhereThereIsNone() throws IOException {
        var event = eventOf(Buffer.buffer(), "text/plain");
        assertThat(event.has("body")).isFalse();
        assertThat(event.path("isBase64Encoded").asBoolean(true)).isFalse();
    }

    @Test
    void namesWhoHasSignedItAndKeepsTheSignatureBack() throws IOException {
        var event = event(
                "/",
                null,
                Buffer.buffer(),
                new UrlCaller("AKIAEXAMPLE"),
                List.of(Map.entry("Authorization", "AWS4-HMAC-SHA256 …"), Map.entry("X-Amz-Date", "20260101T000000Z")));

        var context = event.path("requestContext");
        assertThat(context.path("accountId").asText()).isEqualTo("000000000000");
        assertThat(context.at("/authorizer/iam/accessKey").asText()).isEqualTo("AKIAEXAMPLE");
        assertThat(context.at("/authorizer/iam/userArn").asText()).isEqualTo("arn:aws:iam::000000000000:root");
        assertThat(context.has("authentication")).isTrue();
        assertThat(event.path("headers").has("authorization")).isFalse();
        assertThat(event.path("headers").has("x-amz-date")).isTrue();
    }

    @Test
    void leavesTheFunctionItsOwnAuthorization() throws IOException {
        assertThat(eventWith("Authorization", "Bearer t")
                        .at("/headers/authorization")
                        .asText())
                .isEqualTo("Bearer t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=ab||AKID",
                "|X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260101%2Fus-east-1&X-Amz-Signature=ab|AKID",
                "Bearer token||",
                "AWS4-HMAC-SHA256 Credential=AKID||",
                "|X-Amz-Signature=ab|",
                "||",
            })
    void knowsASignerByHeaderOrQuery(
            @Nullable String authorization, @Nullable String query, @Nullable String accessKey) {
        assertThat(UrlCaller.of(authorization, query).map(UrlCaller::accessKey).orElse(null))
                .isEqualTo(accessKey);
    }
}
