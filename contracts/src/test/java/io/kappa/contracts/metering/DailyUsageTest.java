package io.kappa.contracts.metering;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class DailyUsageTest {
    private static final String ARN = "arn:aws:lambda:us-east-1:111111111111:function:f";
    private static final String USE_V1 = """
            {"v":1,"uses":[{"version":"%1$s:$LATEST","invokedArn":"%1$s:live","requestId":"r","status":"success",\
            "initialization":"on-demand","architecture":"x86_64","memoryMegabytes":512,"maxMemoryUsedMegabytes":40,\
            "storageMegabytes":1024,"durationMicros":120400,"initMicros":0,"restoreMicros":0,"billedMillis":121,\
            "billedRestoreMillis":0,"waitedMicros":90}]}""".formatted(ARN);
    private static final String USAGE_V1 = """
            {"v":1,"function":"%s","day":"2026-11-27","shares":[{"initialization":"on-demand","architecture":"x86_64",\
            "invocations":1,"errors":0,"billedMillis":121,"megabyteMillis":61952,"storageMegabyteMillis":61952,\
            "restoredMegabytes":0,"durationMicros":120400,"longestMicros":120400,"initMicros":0,"coldStarts":0,\
            "waitedMicros":90}]}""".formatted(ARN);

    private final RecordCodec<UseBatch> uses = RecordCodec.of(UseBatch.class);
    private final RecordCodec<DailyUsage> days = RecordCodec.of(DailyUsage.class);
    private final DailyUsage none = DailyUsage.none(FunctionArn.parse(ARN), LocalDate.of(2026, 11, 27));
    private final InvocationUse warm = use("success", "on-demand", 0, 0);

    private static InvocationUse use(String status, String initialization, long initMicros, long restoreMicros) {
        return new InvocationUse(
                VersionArn.parse(ARN + ":$LATEST"),
                ARN + ":live",
                "r",
                status,
                initialization,
                "x86_64",
                512,
                40,
                1024,
                120_400,
                initMicros,
                restoreMicros,
                121,
                Math.ceilDiv(restoreMicros, 1000),
                90);
    }

    @Test
    void recordsOfFormatOneAreReadAndWritten() {
        assertThat(uses.decode(USE_V1.getBytes(UTF_8))).isEqualTo(new UseBatch(1, List.of(warm)));
        assertThat(uses.encode(new UseBatch(1, List.of(warm)))).asString(UTF_8).isEqualTo(USE_V1);
        assertThat(days.decode(USAGE_V1.getBytes(UTF_8))).isEqualTo(none.plus(warm));
        assertThat(days.encode(none.plus(warm))).asString(UTF_8).isEqualTo(USAGE_V1);
        assertThat(none.key()).isEqualTo("2026-11-27/" + ARN);
    }

    @Test
    void whatIsChargedAlikeIsAddedUp() {
        var day = none.plus(new UseBatch(1, List.of(warm, use("timeout", "on-demand", 80_000, 0))))
                .plus(warm);

        assertThat(day.shares())
                .containsExactly(new UsageShare(
                        "on-demand",
                        "x86_64",
                        3,
                        1,
                        363,
                        3 * 121 * 512,
                        3 * 121 * 512,
                        0,
                        361_200,
                        120_400,
                        80_000,
                        1,
                        270));
    }

    @Test
    void whatIsChargedDifferentlyIsKeptApart() {
        var day = none.plus(warm).plus(use("success", "provisioned-concurrency", 0, 0));

        assertThat(day.shares())
                .extracting(UsageShare::initialization)
                .containsExactly("on-demand", "provisioned-concurrency");
        assertThat(day.shares()).extracting(UsageShare::invocations).containsExactly(1L, 1L);
    }

    @Test
    void restoringIsBilledAsTimeAndForItsMemory() {
        var share = none.plus(use("success", "snap-start", 0, 60_001)).shares().getFirst();

        assertThat(share.billedMillis()).isEqualTo(121 + 61);
        assertThat(share.restoredMegabytes()).isEqualTo(512);
        assertThat(share.coldStarts()).isEqualTo(1);
    }
}
