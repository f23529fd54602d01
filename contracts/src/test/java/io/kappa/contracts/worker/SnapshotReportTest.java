package io.kappa.contracts.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.worker.SnapshotReport.Outcome;
import org.junit.jupiter.api.Test;

class SnapshotReportTest {
    private static final VersionArn VERSION = VersionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:f:2");
    private static final String FAILED = """
            {"v":1,"version":"arn:aws:lambda:us-east-1:000000000000:function:f:2","generation":7,\
            "outcome":"FUNCTION_FAILED","reasonCode":"FunctionError.RuntimeInitError","reason":"boom"}""";
    private static final String TAKEN = """
            {"v":1,"version":"arn:aws:lambda:us-east-1:000000000000:function:f:2","generation":7,"outcome":"TAKEN"}""";

    private final RecordCodec<SnapshotReport> codec = RecordCodec.of(SnapshotReport.class);

    @Test
    void reportsOfFormatOneAreReadAndWritten() {
        var failed = new SnapshotReport(VERSION, 7, Outcome.FUNCTION_FAILED, "FunctionError.RuntimeInitError", "boom");
        assertThat(codec.decode(FAILED.getBytes(UTF_8))).isEqualTo(failed);
        assertThat(codec.encode(failed)).asString(UTF_8).isEqualTo(FAILED);

        var taken = new SnapshotReport(VERSION, 7, Outcome.TAKEN, null, null);
        assertThat(codec.decode(TAKEN.replaceFirst("\\{", "{\"colour\":null,").getBytes(UTF_8)))
                .isEqualTo(taken);
        assertThat(codec.encode(taken)).asString(UTF_8).isEqualTo(TAKEN);
    }
}
