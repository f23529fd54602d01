package io.kappa.router.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.contracts.worker.WorkerStatus.Environments;
import io.kappa.router.dispatch.WorkerDirectory;
import io.kappa.router.provisioning.ProvisionedReadiness.Ready;
import io.kappa.testkit.TurnedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WorkerReadinessTest {
    private static final VersionArn ONE = VersionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet:1");

    private final TurnedClock clock = new TurnedClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final WorkerDirectory workers = new WorkerDirectory(clock);
    private final WorkerReadiness readiness = new WorkerReadiness(workers);

    private void reports(String worker, int provisioned, @Nullable String problem) {
        var status = new WorkerStatus(
                1,
                worker,
                "127.0.0.1",
                1,
                4096,
                0,
                Set.of(),
                "process",
                false,
                List.of(new Environments(ONE, 5, provisioned, provisioned, problem)));
        workers.read(worker, RecordCodec.of(WorkerStatus.class).encode(status), clock.millis());
    }

    @Test
    void whatAllWorkersKeepIsAddedUp() {
        assertThat(readiness.of(ONE, 5)).isEqualTo(new Ready(0, null));

        reports("worker-1", 2, null);
        reports("worker-2", 3, null);

        assertThat(readiness.of(ONE, 5)).isEqualTo(new Ready(5, null));
        assertThat(readiness.of(ONE, 6)).isEqualTo(new Ready(0, null));
    }

    @Test
    void eachProblemIsNamedOnce() {
        reports("worker-1", 0, "no memory left");
        reports("worker-2", 0, "no memory left");
        assertThat(readiness.of(ONE, 5).problem()).isEqualTo("no memory left");

        reports("worker-2", 0, "init failed");
        assertThat(String.valueOf(readiness.of(ONE, 5).problem()).split("; "))
                .containsExactlyInAnyOrder("no memory left", "init failed");
    }

    @Test
    void whatASilentWorkerKeptIsNotThere() {
        reports("worker-1", 2, null);

        clock.turn(Duration.ofMillis(WorkerStatus.STALE_AFTER_MILLIS + 1));

        assertThat(readiness.of(ONE, 5)).isEqualTo(new Ready(0, null));
    }
}
