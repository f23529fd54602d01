package io.kappa.router.api;

import static io.kappa.router.api.Answers.assertError;
import static io.kappa.router.api.RunningApi.ARN;
import static io.kappa.router.api.RunningApi.FUNCTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventsApiTest extends FunctionApi {
    private static final String ASYNC = "/2014-11-13/functions/";

    private HttpResponse<String> send(String name, String payload, String... headers) {
        return api.send(HttpRequest.newBuilder(api.uri(FUNCTIONS + "/" + name + "/invocations"))
                .headers(headers.length == 0 ? new String[] {"X-Unused", "1"} : headers)
                .header("X-Amz-Invocation-Type", "Event")
                .POST(BodyPublishers.ofString(payload)));
    }

    private HttpResponse<String> sendAsync(String name, String payload) {
        return api.post(ASYNC + name + "/invoke-async/", payload);
    }

    private FakeEventQueue.Added queued() {
        assertThat(api.events.added).hasSize(1);
        return api.events.added.getFirst();
    }

    @Test
    void anEventIsQueuedUnderTheIdThatTheAnswerShows() {
        var response = send("f", "{\"k\":1}");
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(response.body()).isEmpty();
        var headers = response.headers();
        assertThat(headers.firstValue("X-Amz-Executed-Version")).isEmpty();
        assertThat(headers.firstValue("X-Amz-Function-Error")).isEmpty();
        assertThat(headers.firstValue("x-amzn-RequestId"))
                .hasValue(queued().requestId().toString());
        assertThat(queued().payload()).isEqualTo("{\"k\":1}");
        assertThat(queued().event().target()).hasToString(ARN + "f");
        assertThat(queued().event().redrive()).isNull();
        assertThat(api.worker.asked()).isEmpty();
    }

    @Test
    void theAnswerWaitsForTheAcknowledgement() {
        // given
        var acknowledgement = api.events.acknowledgeLater();
        // when
        var response = CompletableFuture.supplyAsync(() -> send("f", "{}"));
        while (api.events.added.isEmpty()) {
            Thread.onSpinWait();
        }
        // then
        assertThat(api.metrics.get("kappa.router.requests.running").gauge().value())
                .isEqualTo(1);
        assertThat(response).isNotDone();
        acknowledgement.complete(null);
        assertThat(response.join().statusCode()).isEqualTo(202);
    }

    @ParameterizedTest
    @CsvSource({"f:1, f:1", "f:$LATEST, f:$LATEST", "function:f, f", "f:live, f:live"})
    void theQualifierIsKeptAsItWasGiven(String name, String kept) {
        api.post(FUNCTIONS + "/f/aliases", "{\"Name\":\"live\",\"FunctionVersion\":\"1\"}");
        send(name, "{}");
        assertThat(queued().event().target()).hasToString(ARN + kept);
    }

    @Test
    void anEventWithoutAPayloadHasAnEmptyObject() {
        assertThat(send("f", "").statusCode()).isEqualTo(202);
        assertThat(queued().payload()).isEqualTo("{}");
    }

    @Test
    void traceAndClientContextGoWithTheEvent() {
        var trace = "Root=1-6500a1b2-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1;Lineage=1:0a0b0c0d:2";
        var context = Base64.getEncoder().encodeToString("{\"custom\": {\"é\": 1}}".getBytes(StandardCharsets.UTF_8));
        send("f", "{}", "X-Amzn-Trace-Id", trace, "X-Amz-Client-Context", context);
        assertThat(queued().event().traceId()).isEqualTo(trace);
        assertThat(queued().event().clientContext()).isEqualTo("{\"custom\":{\"\\u00E9\":1}}");
    }

    @Test
    void aTraceBeginsWithAnEventThatHasNone() {
        send("f", "{}");
        assertThat(queued().event().traceId()).matches("Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0");
    }

    @ParameterizedTest
    @CsvSource({"nope, nope:$LATEST", "f:9, f:9", "f:prod, f:prod"})
    void whatIsNotThereGetsNoEvents(String name, String shown) {
        assertError(
                send(name, "{}"),
                404,
                "ResourceNotFoundException",
                "{\"Type\":\"User\",\"Message\":\"Function not found: " + ARN + shown + "\"}");
        assertThat(api.events.added).isEmpty();
    }

    @Test
    void functionsThatAreNotReadyGetNoEvents() {
        api.registry.makeFunctions(State.CREATING);
        api.create("pending", "");
        assertThat(send("pending", "{}").statusCode()).isEqualTo(409);
        assertThat(sendAsync("pending", "{}").statusCode()).isEqualTo(409);
        assertThat(api.events.added).isEmpty();
    }

    @Test
    void whatIsNotJsonIsNotQueued() {
        assertThat(send("f", "{").headers().firstValue("x-amzn-ErrorType")).hasValue("InvalidRequestContentException");
        assertThat(send("f", "\"" + "x".repeat(100_000)).statusCode()).isEqualTo(400);
        assertThat(send("f", "{}", "X-Amz-Client-Context", "?").statusCode()).isEqualTo(400);
        assertThat(send("f", "{}", "X-Amz-Tenant-Id", "t").statusCode()).isEqualTo(400);
        assertThat(api.events.added).isEmpty();
    }

    @Test
    void anEventMayBeAMegabyteLongAndNotAByteMore() {
        assertThat(send("f", "\"" + "x".repeat(1_048_574) + "\"").statusCode()).isEqualTo(202);
        assertThat(queued().payload()).hasSize(1_048_576);
        assertError(
                send("f", "\"" + "x".repeat(1_048_575) + "\""),
                413,
                "RequestEntityTooLargeException",
                "{\"Type\":\"User\",\"message\":\"1048577 byte payload is too large for the Event invocation type (limit "
                        + "1048576 bytes)\"}");
        api.awaitNothingLeft();
    }

    @Test
    void anEventThatTheQueueDoesNotTakeIsRefused() {
        api.events.refuse(new LambdaApiException(ErrorCode.SERVICE_UNAVAILABLE, "The queue is full."));
        assertError(
                send("f", "{}"),
                503,
                "ServiceUnavailableException",
                "{\"Type\":\"Service\",\"Message\":\"The queue is full.\"}");
        assertThat(api.metrics.find("kappa.async.events.received").counter()).isNull();
    }

    @Test
    void acceptedEventsAreCountedByFunction() {
        send("f", "{}");
        send("f:1", "{}");
        assertThat(api.metrics
                        .get("kappa.async.events.received")
                        .tag("function", "f")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(api.metrics
                        .get("kappa.router.requests")
                        .tag("operation", "Invoke")
                        .tag("outcome", "accepted")
                        .timer()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void aCallerDoesNotChooseTheIdOfAnEvent() {
        var id = "0b5e6c1f-7d3a-4c2b-9e8f-112233445566";
        send("f", "{}", "Kappa-Request-Id", id);
        assertThat(queued().requestId()).doesNotHaveToString(id);
    }

    @Test
    void invokeAsyncQueuesAnEventAsWell() {
        var response = sendAsync("f", "{\"k\":1}");
        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(response.body()).isEqualTo("{\"Status\":202}");
        assertThat(response.headers().firstValue("x-amzn-RequestId"))
                .hasValue(queued().requestId().toString());
        assertThat(queued().event().target()).hasToString(ARN + "f");
        assertThat(queued().payload()).isEqualTo("{\"k\":1}");
    }

    @Test
    void invokeAsyncTakesNoQualifierAndAQuarterOfAMegabyte() {
        assertError(
                sendAsync("f:1", "{}"),
                400,
                "InvalidParameterValueException",
                "{\"Type\":\"User\",\"message\":\"This operation is permitted on Lambda functions only. Aliases and versions do "
                        + "not support this operation. Please specify either a function name or an unqualified function ARN.\"}");
        assertError(
                sendAsync("f", "\"" + "x".repeat(262_143) + "\""),
                413,
                "RequestEntityTooLargeException",
                "{\"Type\":\"User\",\"message\":\"262145 byte payload is too large for the Event invocation type (limit "
                        + "262144 bytes)\"}");
        assertThat(sendAsync("f", "{").statusCode()).isEqualTo(400);
        assertThat(sendAsync("nope", "{}").statusCode()).isEqualTo(404);
        assertThat(sendAsync("f!", "{}").headers().firstValue("x-amzn-ErrorType"))
                .hasValue("ValidationException");
        assertThat(api.events.added).isEmpty();
    }
}
