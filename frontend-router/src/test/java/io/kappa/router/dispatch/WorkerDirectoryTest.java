package io.kappa.router.dispatch;

import static io.kappa.contracts.function.RuntimeIdentifier.NODEJS22_X;
import static io.kappa.contracts.function.RuntimeIdentifier.PYTHON3_13;
import static io.kappa.router.dispatch.Samples.FUNCTION;
import static io.kappa.router.dispatch.Samples.NOON;
import static io.kappa.router.dispatch.Samples.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.testkit.TurnedClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WorkerDirectoryTest {
    private static final VersionArn F = new VersionArn(FUNCTION, new Version.Latest());

    private final TurnedClock clock = new TurnedClock(NOON);
    private final WorkerDirectory directory = new WorkerDirectory(clock);

    private void read(String worker, byte[] status) {
        directory.read(worker, status, clock.millis());
    }

    @Test
    void offersTheRuntimesOfAllWorkersTogether() {
        read("a", status("a", 1024, false, PYTHON3_13));
        read("b", status("b", 1024, false, NODEJS22_X));
        assertThat(directory.runtimes()).containsExactlyInAnyOrder(PYTHON3_13, NODEJS22_X);
    }

    @Test
    void forgetsAWorkerThatHasLeft() {
        read("a", status("a", 1024, false, PYTHON3_13));
        directory.read("a", null, clock.millis());
        assertThat(directory.isEmpty()).isTrue();
        assertThat(directory.runtimes()).isEmpty();
    }

    @Test
    void dropsAWorkerThatHasNotRenewedItsStatus() {
        read("a", status("a", 1024, false, PYTHON3_13));
        clock.turn(Duration.ofSeconds(20));
        assertThat(directory.isEmpty()).isFalse();
        clock.turn(Duration.ofMillis(1));
        assertThat(directory.isEmpty()).isTrue();
        assertThat(directory.runtimes()).isEmpty();
    }

    @Test
    void takesAWorkerBackThatRenewsItsStatus() {
        read("a", status("a", 1024, false, PYTHON3_13));
        clock.turn(Duration.ofMinutes(1));
        read("a", status("a", 1024, false, PYTHON3_13));
        assertThat(directory.isEmpty()).isFalse();
    }

    @Test
    void takesNoOldRecordForNews() {
        directory.read("a", status("a", 1024, false, PYTHON3_13), clock.millis() - 60_000);
        assertThat(directory.isEmpty()).isTrue();
    }

    @Test
    void trustsNoClockThatIsAhead() {
        directory.read("a", status("a", 1024, false, PYTHON3_13), clock.millis() + 3_600_000);
        clock.turn(Duration.ofSeconds(21));
        assertThat(directory.isEmpty()).isTrue();
    }

    @Test
    void livesWithAStatusThatItCannotRead() {
        read("a", status("a", 1024, false, PYTHON3_13));
        read("b", "{\"runtimes\":[\"python9\"]}".getBytes(StandardCharsets.UTF_8));
        assertThat(directory.runtimes()).containsExactly(PYTHON3_13);
    }

    @Test
    void addsUpWhatIsProvisionedOfOneDeploymentOnWorkersThatTakeWork() {
        read("a", status("a", 1024, false, of(7, 3, 2, null)));
        read("b", status("b", 1024, false, of(7, 1, 1, "no memory left"), of(6, 5, 5, "outdated")));
        read("c", status("c", 1024, true, of(7, 4, 4, "drains")));
        assertThat(directory.provisioned(F, 7)).isEqualTo(3);
        assertThat(directory.problems(F, 7)).containsExactly("no memory left");

        clock.turn(Duration.ofMinutes(1));
        read("a", status("a", 1024, false, of(7, 3, 2, null)));
        assertThat(directory.provisioned(F, 7)).isEqualTo(2);
        assertThat(directory.problems(F, 7)).isEmpty();
    }

    @Test
    void saysThatAWorkerHasSaidSomethingOrHasLeft() {
        var changes = new AtomicInteger();
        directory.onChange(changes::incrementAndGet);
        read("a", status("a", 1024, false, PYTHON3_13));
        directory.read("a", null, clock.millis());
        assertThat(changes).hasValue(2);
    }

    private static WorkerStatus.Environments of(
            long generation, int living, int provisioned, @Nullable String problem) {
        return new WorkerStatus.Environments(F, generation, living, provisioned, problem);
    }
}
