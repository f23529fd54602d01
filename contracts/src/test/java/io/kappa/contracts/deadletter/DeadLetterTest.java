package io.kappa.contracts.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.contracts.json.RecordCodec;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final String FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:greet";

    @Test
    void deadLettersOfFormatOneAreReadAndWritten() {
        var codec = RecordCodec.of(DeadLetter.class);
        var letter = new DeadLetter(
                1,
                "invocations.queued-2-12345",
                DeadLetter.Origin.ASYNC_QUEUE,
                "RETRIES_EXHAUSTED",
                FUNCTION,
                FUNCTION + ":7",
                "0c6b6ae4-8c1f-4b5c-9d8e-3f1f0a2f6a11",
                "ValueError",
                "boom",
                3,
                NOON,
                NOON.plusSeconds(180),
                "kappa.invocations.queued",
                2,
                12345,
                null,
                null,
                null,
                null);
        var v1 = """
                {"v":1,"id":"invocations.queued-2-12345","origin":"ASYNC_QUEUE","cause":"RETRIES_EXHAUSTED",\
                "function":"arn:aws:lambda:us-east-1:111111111111:function:greet",\
                "target":"arn:aws:lambda:us-east-1:111111111111:function:greet:7",\
                "requestId":"0c6b6ae4-8c1f-4b5c-9d8e-3f1f0a2f6a11","errorType":"ValueError","errorMessage":"boom",\
                "attempts":3,"accepted":"2026-01-01T12:00:00Z","failed":"2026-01-01T12:03:00Z",\
                "topic":"kappa.invocations.queued","partition":2,"offset":12345}""";

        assertThat(codec.encode(letter)).asString(UTF_8).isEqualTo(v1);
        assertThat(codec.decode(v1.getBytes(UTF_8))).isEqualTo(letter);
    }

    @Test
    void outcomesOfRedrivesOfFormatOneAreReadAndWritten() {
        var codec = RecordCodec.of(RedriveOutcome.class);
        var outcome = new RedriveOutcome(
                1, "r", "l", RequestId.parse("0c6b6ae4-8c1f-4b5c-9d8e-3f1f0a2f6a11"), Ending.SUCCEEDED, 1, NOON, null);
        var v1 = """
                {"v":1,"redrive":"r","deadLetter":"l","requestId":"0c6b6ae4-8c1f-4b5c-9d8e-3f1f0a2f6a11",\
                "ending":"SUCCEEDED","attempts":1,"ended":"2026-01-01T12:00:00Z"}""";

        assertThat(codec.encode(outcome)).asString(UTF_8).isEqualTo(v1);
        assertThat(codec.decode(v1.getBytes(UTF_8))).isEqualTo(outcome);
    }

    @Test
    void referencesPrintAsTheyAreRead() {
        var reference = new RedriveReference("r", "invocations.queued-2-12345/x", 7);

        assertThat(RedriveReference.parse(reference.toString())).isEqualTo(reference);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "r", "r/l", "r/l/x", "/l/1", "r//1", "r/l/-1"})
    void whatIsNoReferenceIsRefused(String text) {
        assertThatThrownBy(() -> RedriveReference.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
