package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertAnswer;
import static io.kappa.router.api.Answers.assertError;
import static io.kappa.router.api.Answers.assertNotFound;
import static io.kappa.router.api.RunningApi.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionUrlApiTest extends FunctionApi {
    private static final String FORBIDDEN = "{\"Message\":\"Forbidden. For troubleshooting Function URL authorization "
            + "issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html\"}";
    private static final String PAGE = "https://shop.example";

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }

    private static String configs(String function) {
        return "/2021-10-31/functions/" + function + "/url";
    }

    /** Makes a URL with further members of the request, and returns it. */
    private String url(String function, String more) throws IOException {
        var created = api.post(configs(function), "{\"AuthType\":\"NONE\"" + more + "}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        return json(created.body()).path("FunctionUrl").asText();
    }

    private HttpResponse<String> get(String url, String... headers) {
        var request = HttpRequest.newBuilder(api.uri(url));
        return api.send(headers.length == 0 ? request : request.headers(headers));
    }

    private JsonNode event() throws IOException {
        return json(api.worker.asked().getLast().payload().toString());
    }

    @Test
    void aUrlIsShownAsItIsConfigured() throws IOException {
        var created = api.post(
                configs("f"),
                "{\"AuthType\":\"NONE\",\"Cors\":{\"AllowCredentials\":true,\"AllowOrigins\":[\"*\"],\"MaxAge\":300}}");

        assertThat(created.statusCode()).isEqualTo(201);
        var url = json(created.body()).path("FunctionUrl").asText();
        assertThat(url).matches("http://127\\.0\\.0\\.1:" + api.server.port() + "/kappa/urls/[a-z0-9]{32}/");
        var members = "\"FunctionUrl\":\"" + url + "\",\"FunctionArn\":\"" + ARN
                + "f\",\"AuthType\":\"NONE\",\"InvokeMode\":\"BUFFERED\",\"CreationTime\":\"2026-11-20T12:00:00.123000Z\","
                + "\"Cors\":{\"AllowCredentials\":true,\"AllowOrigins\":[\"*\"],\"MaxAge\":300}";
        assertThat(created.body()).isEqualTo("{" + members + "}");
        var shown = "{" + members + ",\"LastModifiedTime\":\"2026-11-20T12:00:00.123000Z\"}";
        assertAnswer(api.get(configs("f")), 200, shown);
        assertAnswer(api.get("/2021-10-31/functions/f/urls"), 200, "{\"FunctionUrlConfigs\":[" + shown + "]}");
        var updated = api.put(configs("f"), "{\"InvokeMode\":\"RESPONSE_STREAM\",\"Cors\":{}}");
        assertThat(json(updated.body()).path("FunctionUrl").asText()).isEqualTo(url);
        assertThat(json(updated.body()).path("InvokeMode").asText()).isEqualTo("RESPONSE_STREAM");
        assertThat(json(updated.body()).has("Cors")).isFalse();

        assertThat(api.delete(configs("f")).statusCode()).isEqualTo(204);
        assertNotFound(api.get(configs("f")), "The resource you requested does not exist.");
    }

    @Test
    void noTwoUrlsAreTheSame() throws IOException {
        var first = url("f", "");
        api.delete(configs("f"));
        assertThat(url("f", "")).isNotEqualTo(first);
    }

    @Test
    void listsThoseOfAFunctionPageByPage() throws IOException {
        url("f", "");
        var created = api.post(configs("f") + "?Qualifier=live", "{\"AuthType\":\"AWS_IAM\"}");
        assertThat(json(created.body()).path("FunctionArn").asText()).isEqualTo(ARN + "f:live");

        var first = json(api.get("/2021-10-31/functions/f/urls?MaxItems=1").body());
        assertThat(first.at("/FunctionUrlConfigs/0/FunctionArn").asText()).isEqualTo(ARN + "f");
        var second = json(api.get("/2021-10-31/functions/f/urls?MaxItems=1&Marker="
                        + first.path("NextMarker").asText())
                .body());
        assertThat(second.at("/FunctionUrlConfigs/0/FunctionArn").asText()).isEqualTo(ARN + "f:live");
        assertThat(second.has("NextMarker")).isFalse();
        assertNotFound(api.get("/2021-10-31/functions/g/urls"), "Function does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"f/url?Qualifier=1", "f/url?Qualifier=$LATEST", "f:1/url"})
    void versionsHaveNone(String path) {
        var response = api.post("/2021-10-31/functions/" + path, "{\"AuthType\":\"NONE\"}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .contains(
                        "at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: "
                                + "((?!^\\\\d+$)^[0-9a-zA-Z-_]+$)");
    }

    @Test
    void whatCorsMaySayIsBounded() {
        var refused = api.post(
                configs("f"), "{\"AuthType\":\"NONE\",\"Cors\":{\"AllowMethods\":[\"OPTIONS\"],\"MaxAge\":86401}}");
        assertThat(refused.body())
                .contains("2 validation errors detected")
                .contains("'cors.allowMethods'")
                .contains(
                        "'cors.maxAge' failed to satisfy constraint: Member must have value less than or equal to 86400");
        assertThat(api.post(configs("f"), "{}").body()).contains("Value null at 'authType'");
    }

    @Test
    void aRequestBecomesAnEventAndTheResultTheResponse() throws IOException {
        var url = url("f", "");
        api.worker.returns("{\"statusCode\":201,\"headers\":{\"X-Own\":\"1\",\"Content-Type\":\"text/plain\"},"
                + "\"cookies\":[\"a=1\",\"b=2\"],\"body\":\"made\"}");

        var response = api.send(HttpRequest.newBuilder(api.uri(url + "my/path?p=1"))
                .header("X-Given", "yes")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("hi")));

        assertAnswer(response, 201, "made");
        assertThat(response.headers().allValues("set-cookie")).containsExactly("a=1", "b=2");
        assertThat(response.headers().firstValue("x-own")).hasValue("1");
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain");
        assertThat(response.headers().firstValue("X-Amzn-Trace-Id")).isPresent();
        var event = event();
        assertThat(event.path("rawPath").asText()).isEqualTo("/my/path");
        assertThat(event.path("rawQueryString").asText()).isEqualTo("p=1");
        assertThat(event.path("body").asText()).isEqualTo("hi");
        assertThat(event.at("/headers/x-given").asText()).isEqualTo("yes");
        assertThat(event.at("/requestContext/domainName").asText()).isEqualTo("127.0.0.1");
        assertThat(response.headers().firstValue("x-amzn-RequestId"))
                .hasValue(event.at("/requestContext/requestId").asText());
        var asked = api.worker.asked().getFirst();
        assertThat(asked.header(InvocationProtocol.INVOKED_ARN)).isEqualTo(ARN + "f");
        assertThat(asked.header(InvocationProtocol.ANSWER_MODE)).isEqualTo("null");
        api.awaitNothingLeft();
    }

    @Test
    void isServedAtAHostOfItsOwnWhateverThePath() throws IOException {
        var url = url("f", "");
        var id = url.substring(url.length() - 33, url.length() - 1);
        api.worker.returns("\"hello\"");
        var answer = new StringBuilder();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port())) {
            socket.getOutputStream()
                    .write(("GET /2015-03-31/functions?x HTTP/1.1\r\nHost: " + id
                                    + ".lambda-url.localhost:9000\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            answer.append(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(answer).startsWith("HTTP/1.1 200 OK").endsWith("hello");
        assertThat(event().path("rawPath").asText()).isEqualTo("/2015-03-31/functions");
        assertThat(event().at("/requestContext/domainName").asText()).isEqualTo(id + ".lambda-url.localhost");
    }

    @Test
    void theUrlOfAnAliasRunsWhatTheAliasPointsTo() throws IOException {
        api.post(RunningApi.FUNCTIONS + "/f/aliases", "{\"Name\":\"live\",\"FunctionVersion\":\"1\"}");
        var created = api.post(configs("f") + "?Qualifier=live", "{\"AuthType\":\"NONE\"}");

        get(json(created.body()).path("FunctionUrl").asText());

        var asked = api.worker.asked().getFirst();
        assertThat(asked.header(InvocationProtocol.VERSION)).isEqualTo(ARN + "f:1");
        assertThat(asked.header(InvocationProtocol.INVOKED_ARN)).isEqualTo(ARN + "f:live");
    }

    @Test
    void aHeadRequestIsToldTheLengthAlone() throws IOException {
        var url = url("f", "");
        api.worker.returns("\"hello\"");
        var response = api.send(HttpRequest.newBuilder(api.uri(url)).method("HEAD", BodyPublishers.noBody()));
        assertThat(response.headers().firstValue("content-length")).hasValue("5");
        assertThat(response.body()).isEmpty();
        api.worker.returns("{\"statusCode\":204,\"body\":\"dropped\"}");
        assertAnswer(get(url), 204, "");
    }

    @Test
    void whatFailsIsToldInFewWords() throws IOException {
        var url = url("f", "");
        api.worker.failsWith("{\"errorType\":\"Secret\"}");
        assertError(get(url), 502, "ServiceException", "Internal Server Error");
        api.worker.returns("{\"statusCode\":\"no\"}");
        assertError(get(url), 502, "ServiceException", "Internal Server Error");
        api.worker.breaksOff();
        assertError(get(url), 502, "ServiceException", "Internal Server Error");
        api.worker.refuses(Refusal.FULL);
        assertThat(get(url).statusCode()).isEqualTo(503);
        api.put("/2017-10-31/functions/f/concurrency", "{\"ReservedConcurrentExecutions\":0}");
        assertError(
                get(url),
                429,
                "TooManyRequestsException",
                "{\"Reason\":\"ReservedFunctionConcurrentInvocationLimitExceeded\",\"Type\":\"User\",\"message\":\"Rate Exceeded.\"}");
        api.awaitNothingLeft();
    }

    @Test
    void aRequestThatIsTooLongIsRefused() throws IOException {
        var url = url("f", "");
        var body = "x".repeat(6 * 1024 * 1024 - 100);
        assertThat(api.post(url, body).statusCode()).isEqualTo(413);
        assertThat(api.post(url, body + body).statusCode()).isEqualTo(413);
        assertThat(api.worker.asked()).isEmpty();
    }

    @Test
    void unknownUrlsAndThoseOfFunctionsThatAreGoneAreForbidden() throws IOException {
        assertError(get("/kappa/urls/" + "a".repeat(32)), 403, "AccessDeniedException", "{\"Message\":null}");
        var url = url("f", "");
        api.delete(RunningApi.FUNCTIONS + "/f");
        assertError(get(url), 403, "AccessDeniedException", FORBIDDEN);
    }

    @Test
    void whoeverDoesNotSignIsForbiddenWhereSignaturesAreAskedFor() throws IOException {
        var created = api.post(configs("f"), "{\"AuthType\":\"AWS_IAM\"}");
        var url = json(created.body()).path("FunctionUrl").asText();
        assertError(get(url), 403, "AccessDeniedException", FORBIDDEN);
        assertThat(get(
                                url,
                                "Authorization",
                                "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/lambda/aws4_request, "
                                        + "SignedHeaders=host, Signature=ab")
                        .statusCode())
                .isEqualTo(200);
        assertThat(event().at("/requestContext/authorizer/iam/accessKey").asText())
                .isEqualTo("AKID");
        var path = url.substring(url.indexOf("/kappa/"));
        var signedInQuery = new RawRequest(
                "GET", path + "?X-Amz-Signature=ab&X-Amz-Credential=%zz/20260101", List.of(), new byte[0]);
        assertThat(signedInQuery.send(api.server.port()).status()).isEqualTo(200);
        assertThat(event().at("/requestContext/authorizer/iam/accessKey").asText())
                .isEqualTo("%zz");
    }

    @Test
    void preflightsAreAnsweredWithoutTheFunction() throws IOException {
        var url = url("f", ",\"Cors\":{\"AllowOrigins\":[\"" + PAGE + "\"],\"AllowMethods\":[\"GET\"]}");
        var response = api.send(HttpRequest.newBuilder(api.uri(url))
                .header("Origin", PAGE)
                .header("Access-Control-Request-Method", "GET")
                .method("OPTIONS", BodyPublishers.noBody()));
        assertAnswer(response, 200, "");
        assertThat(response.headers().firstValue("access-control-allow-origin")).hasValue(PAGE);
        assertThat(response.headers().firstValue("access-control-allow-methods"))
                .hasValue("GET");
        assertThat(api.worker.asked()).isEmpty();
    }

    @Test
    void whatIsConfiguredReplacesTheFunctionsOwnAndIsToldOfErrorsToo() throws IOException {
        var url = url("f", ",\"Cors\":{\"AllowOrigins\":[\"" + PAGE + "\"]}");
        api.worker.returns(
                "{\"statusCode\":200,\"headers\":{\"Access-Control-Allow-Origin\":\"*\",\"Vary\":\"Accept\"}}");
        var headers = get(url, "Origin", PAGE).headers();
        assertThat(headers.allValues("access-control-allow-origin")).containsExactly(PAGE);
        assertThat(headers.allValues("vary")).containsExactlyInAnyOrder("Origin", "Accept");
        assertThat(get(url).headers().allValues("access-control-allow-origin")).containsExactly("*");
        api.worker.failsWith("{}");
        assertThat(get(url, "Origin", PAGE).headers().firstValue("access-control-allow-origin"))
                .hasValue(PAGE);
    }

    @Test
    void withoutCorsTheFunctionAnswersPreflights() throws IOException {
        var url = url("f", "");
        api.send(HttpRequest.newBuilder(api.uri(url))
                .header("Origin", PAGE)
                .header("Access-Control-Request-Method", "GET")
                .method("OPTIONS", BodyPublishers.noBody()));
        assertThat(event().at("/requestContext/http/method").asText()).isEqualTo("OPTIONS");
    }

    private void streams(String contentType, byte[] body, String outcome) {
        api.worker.does(request -> request.response()
                .setChunked(true)
                .putHeader("Content-Type", contentType)
                .putHeader(InvocationProtocol.OUTCOME, InvocationProtocol.OUTCOME_STREAM)
                .putTrailer(InvocationProtocol.OUTCOME, outcome)
                .end(Buffer.buffer(body)));
    }

    @Test
    void streamsWhatTheFunctionMakesWithTheHeadThatItGives() throws IOException {
        var url = url("f", ",\"InvokeMode\":\"RESPONSE_STREAM\"");
        var prelude = "{\"statusCode\":418,\"headers\":{\"X-Own\":\"1\"},\"cookies\":[\"a=1\"]}" + "\0".repeat(8);
        streams(
                "application/vnd.awslambda.http-integration-response",
                (prelude + "body").getBytes(StandardCharsets.UTF_8),
                "result");
        var response = get(url);
        assertAnswer(response, 418, "body");
        assertThat(response.headers().firstValue("x-own")).hasValue("1");
        assertThat(response.headers().firstValue("set-cookie")).hasValue("a=1");
        assertThat(response.headers().firstValue("content-type")).hasValue("application/octet-stream");

        streams("text/html", "<p>".getBytes(StandardCharsets.UTF_8), "result");
        assertAnswer(get(url), 200, "<p>");
        assertThat(get(url).headers().firstValue("content-type")).hasValue("text/html");
        api.awaitNothingLeft();
    }

    @Test
    void aResultThatIsNotStreamedIsSentAsItIs() throws IOException {
        var url = url("f", ",\"InvokeMode\":\"RESPONSE_STREAM\"");
        api.worker.returns("{\"statusCode\": 418}");
        assertAnswer(get(url), 200, "{\"statusCode\": 418}");
    }

    @Test
    void aStreamThatFailsBeforeItsHeadIsAnErrorAndAfterwardsIsCut() throws IOException {
        var url = url("f", ",\"InvokeMode\":\"RESPONSE_STREAM\"");
        api.worker.failsWith("{}");
        assertError(get(url), 502, "ServiceException", "Internal Server Error");
        streams("application/vnd.awslambda.http-integration-response", "{}".getBytes(StandardCharsets.UTF_8), "result");
        assertError(get(url), 502, "ServiceException", "Internal Server Error");
        streams("text/html", "half".getBytes(StandardCharsets.UTF_8), "function-error");
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port())) {
            socket.getOutputStream()
                    .write(("GET " + api.uri(url).getPath() + " HTTP/1.1\r\nHost: any\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 200").contains("half").doesNotEndWith("0\r\n\r\n");
        }
        api.awaitNothingLeft();
    }
}
