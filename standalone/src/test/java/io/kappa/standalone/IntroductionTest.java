package io.kappa.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.kit.kafka.KafkaSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IntroductionTest {
    @Test
    void saysWhereEverythingIsAndWhatItCanRun() {
        assertThat(introduction(
                                "oci",
                                RuntimeIdentifier.PYTHON3_9,
                                RuntimeIdentifier.PYTHON3_13,
                                RuntimeIdentifier.PYTHON3_12,
                                RuntimeIdentifier.NODEJS22_X)
                        .text(Duration.ofMillis(2345)))
                .isEqualTo("""

                        Kappa is ready, after 2.3 s.

                          Lambda API   http://127.0.0.1:9000
                          Kafka        127.0.0.1:9092
                          management   http://127.0.0.1:9001/health/ready  /metrics
                          runtimes     python3.9 to python3.13, nodejs22.x
                          workers      1, with 1024 MB for functions
                          sandbox      oci: each function in a container of its own
                          data         /data
                        """);
    }

    @Test
    void saysPlainlyWhatAPlainProcessDoesNotIsolate() {
        assertThat(introduction("process").text(Duration.ZERO))
                .contains("isolates nothing")
                .contains("none found");
    }

    @Test
    void saysHowManyWorkersShareTheMemory() {
        var worker = worker("process");
        assertThat(introduction(List.of(worker, worker)).text(Duration.ZERO))
                .contains("workers      2, each with 1024 MB for functions");
    }

    private static Introduction introduction(String sandbox, RuntimeIdentifier... runtimes) {
        return introduction(List.of(worker(sandbox, runtimes)));
    }

    private static WorkerStatus worker(String sandbox, RuntimeIdentifier... runtimes) {
        return new WorkerStatus(1, "worker", "127.0.0.1", 4000, 1024, 0, Set.of(runtimes), sandbox, false, List.of());
    }

    private static Introduction introduction(List<WorkerStatus> workers) {
        return new Introduction(
                new Platform.Addresses(
                        URI.create("http://127.0.0.1:9000"),
                        URI.create("http://127.0.0.1:9001"),
                        new KafkaSettings("127.0.0.1:9092", "kappa", -1, true, Map.of()),
                        workers),
                Path.of("/data"));
    }
}
