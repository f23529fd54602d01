package io.kappa.router.api;

import static io.kappa.router.api.RunningApi.FUNCTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiServerTest {
    private final RunningApi api = new RunningApi();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void saysWhatItHasNotBuilt() {
        var response = api.post("/2025-12-01/durable-executions/x/stop", "{}");
        assertThat(response.statusCode()).isEqualTo(501);
        assertThat(response.headers().firstValue("x-amzn-ErrorType")).hasValue("NotImplementedException");
        assertThat(response.body())
                .isEqualTo("{\"Type\":\"Service\",\"Message\":\"Kappa does not implement StopDurableExecution yet\"}");
    }

    @Test
    void saysWhatLambdaDoesNotHave() {
        var response = api.get("/2015-03-31/nothing");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("x-amzn-ErrorType")).hasValue("UnknownOperationException");
    }

    @Test
    void answersRequestsThatNameNoPath() throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port())) {
            socket.getOutputStream().write("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 404");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /2015-03-31/functions/f?Qualifier=%zz",
        "POST, /2015-03-31/functions/f/invocations?Qualifier=%",
        "POST, /kappa/readiness/functions/f?Qualifier=%",
    })
    void aQueryThatCannotBeDecodedFailsAsWhatItNames(String method, String target) {
        api.create("f", "");
        var answer = new RawRequest(method, target, List.of(), new byte[0]).send(api.server.port());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.headers()).containsEntry("x-amzn-errortype", "ValidationException");
        assertThat(answer.body()).contains("at 'qualifier' failed to satisfy constraint");
    }

    @Test
    void whatStandsInTheQueryIsNoMemberOfTheBody() {
        api.create("f", "");
        var answer = api.put(
                "/2017-10-31/functions/f/concurrency?ReservedConcurrentExecutions=5",
                "{\"ReservedConcurrentExecutions\":7}");
        assertThat(answer.body()).isEqualTo("{\"ReservedConcurrentExecutions\":7}");
        assertThat(api.post("/2021-10-31/functions/f/url?Cors=x", "{\"AuthType\":\"NONE\"}")
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void refusesLinksThatItHasNotMade() throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port())) {
            socket.getOutputStream()
                    .write("GET /kappa/packages/%zz?Expires=x HTTP/1.1\r\nHost: x\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 403");
        }
    }

    @Test
    void givesEachRequestAnIdOfItsOwn() {
        var first = api.get(FUNCTIONS).headers().firstValue("x-amzn-RequestId").orElseThrow();
        var second = api.get(FUNCTIONS).headers().firstValue("x-amzn-RequestId").orElseThrow();
        assertThat(first).matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void refusesARequestThatSaysItIsTooLongBeforeReadingIt() throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port())) {
            socket.getOutputStream()
                    .write(("POST " + FUNCTIONS + " HTTP/1.1\r\nHost: x\r\nContent-Length: 70167212\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readNBytes(100), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void countsABodyThatDoesNotSayHowLongItIs() {
        var endless = new Endless(70_167_212);
        var response =
                api.send(HttpRequest.newBuilder(api.uri(FUNCTIONS)).POST(BodyPublishers.ofInputStream(() -> endless)));
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body())
                .isEqualTo(
                        "{\"Type\":\"User\",\"message\":\"Request must be smaller than 70167211 bytes for the CreateFunction "
                                + "operation\"}");
        api.awaitNothingLeft();
    }

    @Test
    void takesRequestsWithSignaturesAndWithout() {
        assertThat(api.get(FUNCTIONS).statusCode()).isEqualTo(200);
        assertThat(api.send(HttpRequest.newBuilder(api.uri(FUNCTIONS))
                                .header(
                                        "Authorization",
                                        "AWS4-HMAC-SHA256 Credential=x/20261120/us-east-1/lambda/aws4_request"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void tellsClientsThatWaitForItToContinue() {
        var response = api.send(HttpRequest.newBuilder(api.uri(FUNCTIONS))
                .expectContinue(true)
                .POST(BodyPublishers.ofString(RunningApi.createRequest("f", ""))));
        assertThat(response.statusCode()).isEqualTo(201);
    }

    @Test
    void countsRequestsByOperationAndOutcome() {
        api.get(FUNCTIONS);
        api.get(FUNCTIONS + "/nope");
        assertThat(api.metrics
                        .get("kappa.router.requests")
                        .tag("operation", "ListFunctions")
                        .tag("outcome", "done")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(api.metrics
                        .get("kappa.router.requests")
                        .tag("operation", "GetFunction")
                        .tag("outcome", "ResourceNotFoundException")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(api.metrics.get("kappa.router.requests.running").gauge().value())
                .isZero();
    }

    /** As many bytes as wanted, none of them kept. */
    private static final class Endless extends InputStream {
        private long left;

        Endless(long left) {
            this.left = left;
        }

        @Override
        public int read() {
            return left-- > 0 ? ' ' : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int read = (int) Math.min(left, length);
            java.util.Arrays.fill(into, offset, offset + read, (byte) ' ');
            left -= read;
            return read;
        }
    }
}
