package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The platform as a process: it starts once on one directory, says in one line why it does not, and ends with status 0 when asked. */
class ProcessIT {

    private record Ended(int status, String output) {}

    private static Ended run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(RunningPlatform.command());
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    @Test
    void sigtermEndsItWithStatusZero(@TempDir Path data) throws IOException {
        var platform = RunningPlatform.start(data);

        assertThat(platform.terminate()).isZero();
    }

    @Test
    void aSecondStartOnTheSameDirectoryIsRefusedInOneLine(@TempDir Path data) throws Exception {
        try (var _ = RunningPlatform.start(data)) {
            var second = run(
                    "start",
                    "--data",
                    data.toString(),
                    "--port",
                    Integer.toString(RunningPlatform.freePort()),
                    "--management-port",
                    Integer.toString(RunningPlatform.freePort()),
                    "--kafka-port",
                    Integer.toString(RunningPlatform.freePort()));

            assertThat(second.status()).isEqualTo(1);
            assertThat(second.output().lines().filter(line -> line.contains(data.toString())))
                    .hasSize(1);
            assertThat(second.output()).doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void aTakenPortIsNamedInOneLine(@TempDir Path data) throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var port = Integer.toString(taken.getLocalPort());

            var ended = run(
                    "start",
                    "--data",
                    data.toString(),
                    "--port",
                    port,
                    "--management-port",
                    Integer.toString(RunningPlatform.freePort()),
                    "--kafka-port",
                    Integer.toString(RunningPlatform.freePort()));

            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.output().lines().filter(line -> line.contains(port)))
                    .hasSize(1);
            assertThat(ended.output()).doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void everyWrongSettingIsReportedAtOnce(@TempDir Path data) throws Exception {
        var ended = run(
                "start",
                "--data",
                data.toString(),
                "--set",
                "worker.memory-megabytes=much",
                "--set",
                "kafka.topic-prefx=shop");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.output())
                .contains("'worker.memory-megabytes' is 'much', which is not a whole number")
                .contains("unknown setting 'kafka.topic-prefx'; did you mean 'kafka.topic-prefix'?");
    }

    @Test
    void healthAndMetricsAreServed() throws IOException {
        var platform = RunningPlatform.shared();

        assertThat(platform.managementStatus("/health/live")).isEqualTo(200);
        assertThat(platform.managementStatus("/health/ready")).isEqualTo(200);
        assertThat(platform.managementPage("/metrics")).contains("jvm_memory_used_bytes");
    }
}
