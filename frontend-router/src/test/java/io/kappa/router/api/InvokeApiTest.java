package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertError;
import static io.kappa.router.api.RunningApi.ARN;
import static io.kappa.router.api.RunningApi.FUNCTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.contracts.worker.InvocationProtocol;
import io.kappa.contracts.worker.InvocationProtocol.Refusal;
import io.kappa.router.dispatch.FakeWorker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvokeApiTest extends FunctionApi {
    private FakeWorker.Asked asked() {
        assertThat(api.worker.asked()).hasSize(1);
        return api.worker.asked().getFirst();
    }

    @Test
    void answersWithTheResultAndWhatRan() {
        api.worker.returns("{\"answer\":42}");
        var response = api.invoke("f", "{\"question\":1}");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"answer\":42}");
        var headers = response.headers();
        assertThat(headers.firstValue("X-Amz-Executed-Version")).hasValue("$LATEST");
        assertThat(headers.firstValue("Content-Type")).hasValue("application/json");
        assertThat(headers.firstValue("X-Amz-Function-Error")).isEmpty();
        assertThat(headers.firstValue("X-Amz-Log-Result")).isEmpty();
        assertThat(headers.firstValue("X-Amzn-Trace-Id").orElseThrow())
                .matches("Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0");
        assertThat(asked().payload().toString()).isEqualTo("{\"question\":1}");
        assertThat(asked().header(InvocationProtocol.VERSION)).isEqualTo(ARN + "f:$LATEST");
        assertThat(asked().header(InvocationProtocol.INVOKED_ARN)).isEqualTo(ARN + "f");
        assertThat(headers.firstValue("x-amzn-RequestId")).hasValue(asked().header(InvocationProtocol.REQUEST_ID));
        assertThat(headers.firstValue("X-Amzn-Trace-Id")).hasValue(asked().header(InvocationProtocol.TRACE_ID));
    }

    @ParameterizedTest
    @CsvSource({"f?Qualifier=1", "f:1", "f%3A1", "function:f:1", "f:1?Qualifier=1"})
    void runsTheVersionThatIsAskedFor(String name) {
        var path = name.contains("?") ? name.replace("?", "/invocations?") : name + "/invocations";
        var response = api.post(FUNCTIONS + "/" + path, "{}");
        assertThat(response.headers().firstValue("X-Amz-Executed-Version")).hasValue("1");
        assertThat(asked().header(InvocationProtocol.VERSION)).isEqualTo(ARN + "f:1");
        assertThat(asked().header(InvocationProtocol.INVOKED_ARN)).isEqualTo(ARN + "f:1");
    }

    private void alias(String name, String version, String weights) {
        api.post(
                FUNCTIONS + "/f/aliases",
                "{\"Name\":\"" + name + "\",\"FunctionVersion\":\"" + version
                        + "\",\"RoutingConfig\":{\"AdditionalVersionWeights\":{" + weights + "}}}");
    }

    private String executedThrough(String alias) {
        return api.invoke("f:" + alias, "{}")
                .headers()
                .firstValue("X-Amz-Executed-Version")
                .orElseThrow();
    }

    @Test
    void runsTheVersionThatAnAliasPointsToAndLetsItSeeTheAlias() {
        alias("live", "1", "");
        var response = api.invoke("f:live", "{}");
        assertThat(response.headers().firstValue("X-Amz-Executed-Version")).hasValue("1");
        assertThat(asked().header(InvocationProtocol.VERSION)).isEqualTo(ARN + "f:1");
        assertThat(asked().header(InvocationProtocol.INVOKED_ARN)).isEqualTo(ARN + "f:live");
    }

    @Test
    void followsAnAliasFromTheNextInvocationOn() {
        alias("live", "1", "");
        assertThat(executedThrough("live")).isEqualTo("1");
        api.post(FUNCTIONS + "/f/versions", "{}");
        api.put(FUNCTIONS + "/f/aliases/live", "{\"FunctionVersion\":\"2\"}");
        assertThat(executedThrough("live")).isEqualTo("2");
        api.delete(FUNCTIONS + "/f/aliases/live");
        assertThat(api.invoke("f:live", "{}").statusCode()).isEqualTo(404);
    }

    @Test
    void drawsTheVersionOfEachInvocationAnew() {
        api.post(FUNCTIONS + "/f/versions", "{}");
        alias("live", "1", "\"2\":0.25");
        int second = 0;
        for (int i = 0; i < 1000; i++) {
            if (executedThrough("live").equals("2")) {
                second++;
            }
        }
        assertThat(second).isBetween(100, 400); // Within ten standard deviations.
    }

    @ParameterizedTest
    @CsvSource({"0.0, 1", "1.0, 2"})
    void drawsNothingWhereTheWeightLeavesNoChoice(String weight, String version) {
        api.post(FUNCTIONS + "/f/versions", "{}");
        alias("live", "1", "\"2\":" + weight);
        for (int i = 0; i < 50; i++) {
            assertThat(executedThrough("live")).isEqualTo(version);
        }
    }

    @Test
    void marksErrorsOfTheFunction() {
        api.worker.failsWith("{\"errorMessage\":\"boom\"}");
        var response = api.invoke("f", "{}");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("X-Amz-Function-Error")).hasValue("Unhandled");
        assertThat(response.body()).isEqualTo("{\"errorMessage\":\"boom\"}");
    }

    @Test
    void bringsTheTailOfTheLogOnDemand() {
        var response = api.invoke("f", "{}", "X-Amz-Log-Type", "Tail");
        assertThat(response.headers().firstValue("X-Amz-Log-Result")).hasValue("dGFpbA==");
        assertThat(asked().header(InvocationProtocol.LOG_TYPE)).isEqualTo("Tail");
    }

    @Test
    void handsAnEmptyObjectToTheFunctionWhereThereIsNoPayload() {
        api.invoke("f", "");
        assertThat(asked().payload().toString()).isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"text\"", "1", "null", "[]"})
    void takesEveryJsonValue(String payload) {
        assertThat(api.invoke("f", payload).body()).isEqualTo(payload);
    }

    @Test
    void refusesWhatIsNotJson() {
        var response = api.invoke("f", "{");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("x-amzn-ErrorType")).hasValue("InvalidRequestContentException");
        assertThat(response.body())
                .startsWith(
                        "{\"Type\":\"User\",\"message\":\"Could not parse request body into json: Could not parse payload");
        assertThat(api.worker.asked()).isEmpty();
    }

    @Test
    void looksThroughLargePayloadsToo() {
        var payload = "\"" + "x".repeat(6_291_454) + "\"";
        assertThat(api.invoke("f", payload).body()).isEqualTo(payload);
        assertThat(api.invoke("f", payload.substring(1)).statusCode()).isEqualTo(400);
        api.awaitNothingLeft();
    }

    @Test
    void refusesPayloadsPastTheLimitByTheirLength() {
        assertError(
                api.invoke("f", "x".repeat(6_291_457)),
                413,
                "RequestEntityTooLargeException",
                "{\"Type\":\"User\",\"message\":\"6291457 byte payload is too large for the RequestResponse invocation type "
                        + "(limit 6291456 bytes)\"}");
    }

    @Test
    void dryRunChecksEverythingAndRunsNothing() {
        var response = api.invoke("f", "{}", "X-Amz-Invocation-Type", "DryRun");
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
        assertThat(api.invoke("nope", "{}", "X-Amz-Invocation-Type", "DryRun").statusCode())
                .isEqualTo(404);
        assertThat(api.invoke("f", "{", "X-Amz-Invocation-Type", "DryRun").statusCode())
                .isEqualTo(400);
        assertThat(api.worker.asked()).isEmpty();
    }

    @Test
    void anAttemptOfAnEventGoesByTheEventsId() {
        var id = "0b5e6c1f-7d3a-4c2b-9e8f-112233445566";
        var response = api.invoke("f", "{}", "Kappa-Request-Id", id);
        assertThat(response.headers().firstValue("x-amzn-RequestId")).hasValue(id);
        assertThat(asked().header(InvocationProtocol.REQUEST_ID)).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "0b5e6c1f-7d3a-4c2b-9e8f-11223344556g", "1-2-3-4-5"})
    void anIdThatIsNoUuidIsIgnored(String id) {
        var response = api.invoke("f", "{}", "Kappa-Request-Id", id);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("x-amzn-RequestId").orElseThrow())
                .isNotEqualTo(id)
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    }

    @Test
    void namesEveryViolationAtOnce() {
        assertError(
                api.send(HttpRequest.newBuilder(api.uri(FUNCTIONS + "/f!/invocations?Qualifier="))
                        .header("X-Amz-Invocation-Type", "Later")
                        .POST(BodyPublishers.noBody())),
                400,
                "ValidationException",
                "{\"message\":\"4 validation errors detected: Value '' at 'qualifier' failed to satisfy constraint: Member must "
                        + "satisfy regular expression pattern: \\\\$(LATEST(\\\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+; Value '' at "
                        + "'qualifier' failed to satisfy constraint: Member must have length greater than or equal to 1; Value 'f!' "
                        + "at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: "
                        + "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\\\d{1}:)?(\\\\d{12}:)?"
                        + "(function:)?([a-zA-Z0-9-_\\\\.]+)(:(\\\\$LATEST(\\\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?; Value 'Later' at "
                        + "'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, "
                        + "RequestResponse, DryRun]\"}");
    }

    @ParameterizedTest
    @CsvSource({"nope, nope:$LATEST", "f:9, f:9", "f:prod, f:prod", "f:$LATEST.PUBLISHED, f:$LATEST.PUBLISHED"})
    void alwaysShowsTheQualifierOfWhatIsNotThere(String name, String shown) {
        assertError(
                api.invoke(name, "{}"),
                404,
                "ResourceNotFoundException",
                "{\"Type\":\"User\",\"Message\":\"Function not found: " + ARN + shown + "\"}");
    }

    @Test
    void seesAFunctionThatIsMadeAfterItWasAskedForInVain() {
        assertThat(api.invoke("later", "{}").statusCode()).isEqualTo(404);
        api.create("later", "");
        assertThat(api.invoke("later", "{}").statusCode()).isEqualTo(200);
        api.delete(FUNCTIONS + "/later");
        assertThat(api.invoke("later", "{}").statusCode()).isEqualTo(404);
    }

    @Test
    void refusesFunctionsThatAreNotReady() {
        api.registry.makeFunctions(State.CREATING);
        api.create("pending", "");
        assertError(
                api.invoke("pending", "{}"),
                409,
                "ResourceConflictException",
                "{\"Type\":\"User\",\"message\":\"The operation cannot be performed at this time. The function is currently in "
                        + "the following state: Pending\"}");
    }

    @Test
    void passesTheClientContextOnInAscii() {
        var context = Base64.getEncoder().encodeToString("{\"custom\": {\"é\": 1}}".getBytes(StandardCharsets.UTF_8));
        api.invoke("f", "{}", "X-Amz-Client-Context", context);
        assertThat(asked().header(InvocationProtocol.CLIENT_CONTEXT)).isEqualTo("{\"custom\":{\"\\u00E9\":1}}");
        assertThat(api.invoke("f", "{}", "X-Amz-Client-Context", "?").statusCode())
                .isEqualTo(400);
    }

    @Test
    void passesTheTraceOn() {
        var trace = "Root=1-6500a1b2-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1;Lineage=1:0a0b0c0d:2";
        var answered = api.invoke("f", "{}", "X-Amzn-Trace-Id", trace).headers().firstValue("X-Amzn-Trace-Id");

        assertThat(answered).hasValueSatisfying(told -> assertThat(told).startsWith(trace + "|"));
        assertThat(answered).hasValue(asked().header(InvocationProtocol.TRACE_ID));
    }

    @Test
    void theSeventeenthRunOfOneChainIsRefusedUnlessTheFunctionAllowsLoops() {
        api.create("g", "");
        var trace = "Root=1-6500a1b2-0123456789abcdef01234567";
        for (int run = 1; run <= 16; run++) {
            trace = api.invoke("f", "{}", "X-Amzn-Trace-Id", trace)
                    .headers()
                    .firstValue("X-Amzn-Trace-Id")
                    .orElseThrow();
        }

        assertError(
                api.invoke("f", "{}", "X-Amzn-Trace-Id", trace),
                400,
                "RecursiveInvocationException",
                "{\"Type\":\"User\",\"Message\":\"AWS Lambda has detected your function being invoked in a recursive loop "
                        + "with other AWS resources and stopped your function's invocation.\"}");
        assertThat(api.invoke("g", "{}", "X-Amzn-Trace-Id", trace).statusCode()).isEqualTo(200);

        api.put("/2024-08-31/functions/f/recursion-config", "{\"RecursiveLoop\":\"Allow\"}");
        assertThat(api.invoke("f", "{}", "X-Amzn-Trace-Id", trace).statusCode()).isEqualTo(200);
    }

    @Test
    void refusesTenantsAndDurableNames() {
        assertThat(api.invoke("f", "{}", "X-Amz-Tenant-Id", "t").statusCode()).isEqualTo(400);
        assertThat(api.invoke("f", "{}", "X-Amz-Durable-Execution-Name", "n").statusCode())
                .isEqualTo(400);
        assertThat(api.worker.asked()).isEmpty();
    }

    @Test
    void answersPlatformErrorsAsErrorsOfTheService() {
        api.worker.refuses(Refusal.FULL);
        assertError(
                api.invoke("f", "{}"),
                503,
                "ServiceUnavailableException",
                "{\"Type\":\"Service\",\"Message\":\"No worker node has memory left to run the function.\"}");
        api.worker.breaksOff();
        assertThat(api.invoke("f", "{}").statusCode()).isEqualTo(500);
    }

    @Test
    void refusesABadClientContextBesideALargePayload() {
        var payload = "\"" + "x".repeat(100_000) + "\"";
        assertThat(api.invoke("f", payload, "X-Amz-Client-Context", "?").statusCode())
                .isEqualTo(400);
    }

    @Test
    void throttlesLargePayloadsForWhichThereIsNoMemory() {
        try (var small = new RunningApi(1)) {
            small.create("f", "");
            var response = small.invoke("f", "\"" + "x".repeat(1_100_000) + "\"");
            assertError(
                    response,
                    429,
                    "TooManyRequestsException",
                    "{\"Reason\":\"CallerRateLimitExceeded\",\"Type\":\"User\",\"message\":\"Rate Exceeded.\"}");
            assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
            for (int i = 0; i < 5; i++) {
                assertThat(small.invoke("f", "\"" + "x".repeat(800_000) + "\"").statusCode())
                        .isEqualTo(200);
            }
        }
    }

    /** Keeps the next invocation until the returned action lets it end. */
    private CompletableFuture<Runnable> holdTheNextInvocation() {
        var reached = new CompletableFuture<Runnable>();
        api.worker.does(request -> reached.complete(() -> request.response()
                .putHeader(InvocationProtocol.OUTCOME, InvocationProtocol.OUTCOME_RESULT)
                .end("\"done\"")));
        return reached;
    }

    private void reserve(int executions) {
        var put =
                api.put("/2017-10-31/functions/f/concurrency", "{\"ReservedConcurrentExecutions\":" + executions + "}");
        assertThat(put.statusCode()).isEqualTo(200);
    }

    private void assertThrottled(HttpResponse<String> response) {
        assertError(
                response,
                429,
                "TooManyRequestsException",
                "{\"Reason\":\"ReservedFunctionConcurrentInvocationLimitExceeded\",\"Type\":\"User\","
                        + "\"message\":\"Rate Exceeded.\"}");
        assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
    }

    private double throttles() {
        return api.metrics
                .get("kappa.router.throttles")
                .tag("reason", "ReservedFunctionConcurrentInvocationLimitExceeded")
                .counter()
                .count();
    }

    @Test
    void throttlesWhatComesWhileAllThatIsReservedRuns() {
        // given
        reserve(1);
        var reached = holdTheNextInvocation();
        var running = CompletableFuture.supplyAsync(() -> api.invoke("f", "{}"));
        var finish = reached.join();
        // when
        var second = api.invoke("f:1", "{}");
        // then
        assertThrottled(second);
        assertThat(throttles()).isEqualTo(1);
        finish.run();
        assertThat(running.join().statusCode()).isEqualTo(200);
        api.worker.returns("1");
        assertThat(api.invoke("f", "{}").statusCode()).isEqualTo(200);
    }

    @Test
    void freesThePlaceOfAnInvocationThatIsOverOrHasNotBegun() {
        reserve(1);
        api.worker.failsWith("{}");
        assertThat(api.invoke("f", "{}").statusCode()).isEqualTo(200);
        api.worker.refuses(Refusal.FULL);
        assertThat(api.invoke("f", "{}").statusCode()).isEqualTo(503);
        api.worker.returns("1");
        assertThat(api.invoke("f", "{").statusCode()).isEqualTo(400);
        assertThat(api.invoke("f", "{}").statusCode()).isEqualTo(200);
    }

    @Test
    void keepsThePlaceOfAnInvocationThatMayRunStill() {
        reserve(1);
        api.worker.breaksOff();
        assertThat(api.invoke("f", "{}").statusCode()).isEqualTo(500);
        api.worker.returns("1");
        assertThrottled(api.invoke("f", "{}"));
    }

    @Test
    void runsNothingOfAFunctionForWhichZeroIsReservedButTakesItsEvents() {
        reserve(0);
        assertThrottled(api.invoke("f", "{}"));
        assertThat(api.invoke("f", "{}", "X-Amz-Invocation-Type", "DryRun").statusCode())
                .isEqualTo(204);
        assertThat(api.invoke("f", "{}", "X-Amz-Invocation-Type", "Event").statusCode())
                .isEqualTo(202);
        assertThat(api.worker.asked()).isEmpty();
        api.delete("/2017-10-31/functions/f/concurrency");
        assertThat(api.invoke("f", "{}").statusCode()).isEqualTo(200);
    }

    @Test
    void outlivesACallerThatDoesNotWait() throws Exception {
        var reached = holdTheNextInvocation();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port())) {
            socket.getOutputStream()
                    .write(("POST " + FUNCTIONS + "/f/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
                            .getBytes(StandardCharsets.US_ASCII));
            reached.join();
        }
        reached.join().run();
        api.worker.returns("1");
        assertThat(api.invoke("f", "{}").body()).isEqualTo("1");
        api.awaitNothingLeft();
    }

    @Test
    void letsARunningInvocationEndWhenTheRouterStops() {
        var reached = holdTheNextInvocation();
        var answer = CompletableFuture.supplyAsync(() -> api.invoke("f", "{}"));
        var finish = reached.join();
        var closed = CompletableFuture.runAsync(api.server::close);
        while (takesConnections()) {
            Thread.onSpinWait();
        }
        finish.run();
        assertThat(answer.join().body()).isEqualTo("\"done\"");
        closed.join();
    }

    private boolean takesConnections() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
