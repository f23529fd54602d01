package io.kappa.contracts.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogBatchTest {
    private static final String V1 = """
            {"v":1,"version":"arn:aws:lambda:us-east-1:111111111111:function:greet:$LATEST",\
            "logGroup":"/aws/lambda/greet","logStream":"2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef",\
            "lines":[{"time":1795176000123,"requestId":"q","message":"grüß Gott\\n"}],"dropped":2}""";
    private static final LogBatch BATCH = new LogBatch(
            1,
            VersionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet:$LATEST"),
            "/aws/lambda/greet",
            "2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef",
            List.of(new LogBatch.Line(1795176000123L, "q", "grüß Gott\n")),
            2);

    private final RecordCodec<LogBatch> codec = RecordCodec.of(LogBatch.class);

    @Test
    void batchesOfFormatOneAreReadAndWritten() {
        assertThat(codec.decode(V1.getBytes(UTF_8))).isEqualTo(BATCH);
        assertThat(codec.encode(BATCH)).asString(UTF_8).isEqualTo(V1);
    }

    @Test
    void membersOfANewerWriterAreIgnored() {
        assertThat(codec.decode(V1.replaceFirst("\\{", "{\"colour\":null,").getBytes(UTF_8)))
                .isEqualTo(BATCH);
    }
}
