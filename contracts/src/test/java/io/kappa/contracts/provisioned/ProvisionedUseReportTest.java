package io.kappa.contracts.provisioned;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.provisioned.ProvisionedUseReport.Use;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProvisionedUseReportTest {
    private static final RecordCodec<ProvisionedUseReport> CODEC = RecordCodec.of(ProvisionedUseReport.class);

    @Test
    void whatRoutersOfAnyReleaseTellIsUnderstood() {
        var text = """
                {"v":1,"router":"r1","account":"111111111111","minute":29926800,"uses":[\
                {"version":"arn:aws:lambda:us-east-1:111111111111:function:greet:1","running":2.5,"ready":4.0}]}""";
        var report = new ProvisionedUseReport(
                "r1",
                "111111111111",
                29_926_800,
                List.of(new Use(VersionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet:1"), 2.5, 4)));

        assertThat(new String(CODEC.encode(report), StandardCharsets.UTF_8)).isEqualTo(text);
        assertThat(CODEC.decode(
                        text.replace("{\"v\":1", "{\"later\":{},\"v\":1").getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(report);
    }
}
