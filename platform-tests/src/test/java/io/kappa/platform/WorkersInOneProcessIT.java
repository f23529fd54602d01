package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./kappa start --workers 2}. */
@Timeout(180)
class WorkersInOneProcessIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void twoWorkersShareTheWorkAndTheMemory(@TempDir Path data) throws Exception {
        try (var platform = RunningPlatform.start(data, "standalone.workers=2", "worker.memory-megabytes=2048");
                var lambda = platform.lambda()) {
            var name = new Functions(lambda).python("""
                    import time
                    def handler(event, context):
                        time.sleep(0.02)
                        return "done"
                    """);
            try (var callers = new SteadyCallers(platform.endpoint(), name, 6)) {
                Waiting.until(PATIENCE, () -> workersWithEnvironments(platform) == 2);
                callers.awaitAnswers(50);
                assertThat(callers.failures()).isEmpty();
            }

            assertThat(platform.output()).contains("workers      2, each with 1024 MB for functions");
            assertThat(platform.managementPage("/metrics"))
                    .contains("kappa_worker_memory_megabytes{worker=\"1\"}")
                    .contains("kappa_worker_memory_megabytes{worker=\"2\"}");
            assertThat(data.resolve("worker")).isDirectory();
            assertThat(data.resolve("worker-2")).isDirectory();
            assertThat(platform.terminate()).isZero();
        }
    }

    private static long workersWithEnvironments(RunningPlatform platform) {
        try {
            long count = 0;
            for (var worker : new ObjectMapper()
                    .readTree(platform.managementPage("/v1/workers"))
                    .path("workers")) {
                count += worker.path("environments").isEmpty() ? 0 : 1;
            }
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
