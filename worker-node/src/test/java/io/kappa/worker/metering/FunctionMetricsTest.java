package io.kappa.worker.metering;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.metering.InvocationUse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FunctionMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FunctionMetrics metrics = new FunctionMetrics(registry);

    private static InvocationUse use(String function, String status, long initMicros) {
        var arn = "arn:aws:lambda:us-east-1:111111111111:function:" + function;
        return new InvocationUse(
                VersionArn.parse(arn + ":3"),
                arn,
                "r",
                status,
                "on-demand",
                "x86_64",
                128,
                40,
                512,
                1_500,
                initMicros,
                0,
                2,
                0,
                0);
    }

    private double errors(String function, String status) {
        return registry.get("kappa.function.errors")
                .tag("function", function)
                .tag("status", status)
                .counter()
                .count();
    }

    @Test
    void invocationsErrorsAndColdStartsAreCountedForEachFunction() {
        metrics.count(use("f", "success", 80_000));
        metrics.count(use("f", "timeout", 0));
        metrics.count(use("g", "success", 0));

        var duration =
                registry.get("kappa.function.duration").tag("function", "f").timer();
        assertThat(duration.count()).isEqualTo(2);
        assertThat(duration.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(3);
        assertThat(errors("f", "timeout")).isEqualTo(1);
        assertThat(errors("f", "failure")).isZero();
        assertThat(errors("g", "error")).isZero();
        assertThat(registry.get("kappa.function.cold.starts")
                        .tag("function", "f")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void manyFunctionsAreCountedTogether() {
        for (int i = 0; i < FunctionMetrics.MOST + 5; i++) {
            metrics.count(use("f" + i, "success", 0));
        }

        assertThat(registry.get("kappa.function.duration").timers()).hasSize(FunctionMetrics.MOST + 1);
        assertThat(registry.get("kappa.function.duration")
                        .tag("function", FunctionMetrics.OTHERS)
                        .timer()
                        .count())
                .isEqualTo(5);
    }
}
