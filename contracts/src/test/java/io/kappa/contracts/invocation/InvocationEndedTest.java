package io.kappa.contracts.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.json.RecordCodec;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class InvocationEndedTest {
    private static final String V1 = """
            {"v":1,"requestId":"0c6b6ae4-8c1f-4b5c-9d8e-3f1f0a2f6a11",\
            "target":"arn:aws:lambda:us-east-1:111111111111:function:greet","ending":"SUCCEEDED","attempts":2,\
            "accepted":"2026-01-01T12:00:00Z","ended":"2026-01-01T12:01:00.123Z","topic":"invocations.queued",\
            "partition":3,"offset":42,"executedVersion":"$LATEST"}""";
    private static final InvocationEnded LINE = new InvocationEnded(
            1,
            RequestId.parse("0c6b6ae4-8c1f-4b5c-9d8e-3f1f0a2f6a11"),
            "arn:aws:lambda:us-east-1:111111111111:function:greet",
            Ending.SUCCEEDED,
            2,
            Instant.parse("2026-01-01T12:00:00Z"),
            Instant.parse("2026-01-01T12:01:00.123Z"),
            "invocations.queued",
            3,
            42,
            "$LATEST",
            null,
            null,
            null);

    private final RecordCodec<InvocationEnded> codec = RecordCodec.of(InvocationEnded.class);

    @Test
    void linesOfFormatOneAreReadAndWritten() {
        assertThat(codec.encode(LINE)).asString(UTF_8).isEqualTo(V1);
        assertThat(codec.decode(V1.getBytes(UTF_8))).isEqualTo(LINE);
        assertThat(codec.decode(V1.replace("\"v\":1", "\"v\":1,\"later\":[]").getBytes(UTF_8)))
                .isEqualTo(LINE);
    }
}
