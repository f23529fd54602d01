package io.kappa.asyncqueue.destination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.asyncqueue.event.LastOutcome;
import io.kappa.contracts.destination.Destination;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.RequestId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DestinationRecordTest {
    private static final String ID = "e4b46cbf-b738-xmpl-8880-a18cdf61200e".replace("xmpl", "4aaa");
    private static final FunctionArn FUNCTION = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:f");
    private static final LastOutcome FAILED = new LastOutcome(200, "$LATEST", true, "E", "m", 1);

    private static DestinationRecord record(
            Ending ending, int runs, @Nullable LastOutcome last, String payload, @Nullable String response) {
        return new DestinationRecord(
                RequestId.parse(ID),
                new InvocationTarget(FUNCTION, null),
                ending,
                runs,
                Instant.parse("2019-11-14T18:16:05.568Z").toEpochMilli(),
                last,
                payload.getBytes(UTF_8),
                response == null ? null : response.getBytes(UTF_8));
    }

    @Test
    void aFailureLooksAsLambdaWritesIt() {
        assertThat(record(Ending.RETRIES_EXHAUSTED, 3, FAILED, "{\"a\": 1}", "{\"errorType\":\"E\"}")
                        .json())
                .asString(UTF_8)
                .isEqualTo("""
                        {"version":"1.0","timestamp":"2019-11-14T18:16:05.568Z","requestContext":{"requestId":"%s",\
                        "functionArn":"arn:aws:lambda:us-east-1:111111111111:function:f:$LATEST",\
                        "condition":"RetriesExhausted","approximateInvokeCount":3},"requestPayload":{"a": 1},\
                        "responseContext":{"statusCode":200,"executedVersion":"$LATEST","functionError":"Unhandled"},\
                        "responsePayload":{"errorType":"E"}}""".formatted(ID));
    }

    @Test
    void aSuccessWithoutAResultHasNull() {
        var success = new LastOutcome(200, "7", false, null, null, LastOutcome.NO_RESPONSE);

        assertThat(record(Ending.SUCCEEDED, 1, success, "1", null).json())
                .asString(UTF_8)
                .contains("\"condition\":\"Success\"", "\"executedVersion\":\"7\"}", "\"responsePayload\":null")
                .doesNotContain("functionError");
    }

    @Test
    void whatNeverRanHasNoResponse() {
        var throttled = new LastOutcome(429, null, false, "TooManyRequestsException", "", LastOutcome.NO_RESPONSE);

        assertThat(record(Ending.EVENT_AGE_EXCEEDED, 0, throttled, "1", null).json())
                .asString(UTF_8)
                .contains("\"condition\":\"EventAgeExceeded\",\"approximateInvokeCount\":0")
                .doesNotContain("response");
        assertThat(record(Ending.ZERO_RESERVED_CONCURRENCY, 0, null, "1", null).json())
                .asString(UTF_8)
                .contains("\"condition\":\"ZeroReservedConcurrency\"")
                .doesNotContain("response");
    }

    @Test
    void whatIsNoJsonStandsAsText() throws Exception {
        var json = new ObjectMapper()
                .readTree(record(Ending.REFUSED, 1, FAILED, "no \"json\"", "}{").json());

        assertThat(json.path("requestPayload").asText()).isEqualTo("no \"json\"");
        assertThat(json.path("responsePayload").asText()).isEqualTo("}{");
    }

    @Test
    void anEventBusGetsItsEnvelope() throws Exception {
        var bus = "arn:aws:events:us-east-1:111111111111:event-bus/results";
        var json = new ObjectMapper()
                .readTree(record(Ending.RETRIES_EXHAUSTED, 3, FAILED, "{}", "{}")
                        .json(Destination.parse(bus).orElseThrow()));

        assertThat(json.path("source").asText()).isEqualTo("lambda");
        assertThat(json.path("detail-type").asText()).isEqualTo("Lambda Function Invocation Result - Failure");
        assertThat(json.path("resources").path(0).asText()).isEqualTo(bus);
        assertThat(json.path("resources").path(1).asText()).isEqualTo(FUNCTION + ":$LATEST");
        assertThat(json.path("detail").path("requestContext").path("requestId").asText())
                .isEqualTo(ID);
    }
}
