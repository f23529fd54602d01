package io.kappa.contracts.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import org.junit.jupiter.api.Test;

class LogStreamRecordTest {
    private static final String V1 = """
            {"v":1,"version":"arn:aws:lambda:us-east-1:111111111111:function:greet:$LATEST",\
            "logGroup":"/aws/lambda/greet","logStream":"2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef",\
            "created":1795176000200,"partition":3,"firstOffset":17,"lastOffset":4711,"firstTime":1795176000123,\
            "lastTime":1795176060123,"lastWritten":1795176060200,"bytes":2048,"ended":true}""";
    private static final LogStreamRecord STREAM = new LogStreamRecord(
            1,
            VersionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet:$LATEST"),
            "/aws/lambda/greet",
            "2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef",
            1795176000200L,
            3,
            17,
            4711,
            1795176000123L,
            1795176060123L,
            1795176060200L,
            2048,
            true);

    private final RecordCodec<LogStreamRecord> codec = RecordCodec.of(LogStreamRecord.class);

    @Test
    void streamsOfFormatOneAreReadAndWritten() {
        assertThat(codec.decode(V1.getBytes(UTF_8))).isEqualTo(STREAM);
        assertThat(codec.encode(STREAM)).asString(UTF_8).isEqualTo(V1);
    }

    @Test
    void membersOfANewerWriterAreIgnored() {
        assertThat(codec.decode(V1.replaceFirst("\\{", "{\"colour\":null,").getBytes(UTF_8)))
                .isEqualTo(STREAM);
    }
}
