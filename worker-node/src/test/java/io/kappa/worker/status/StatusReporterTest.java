package io.kappa.worker.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.worker.WorkerStatus;
import io.kappa.testkit.TurnedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class StatusReporterTest {
    private static final RecordCodec<WorkerStatus> CODEC = RecordCodec.of(WorkerStatus.class);

    private final TurnedClock clock = new TurnedClock(Instant.parse("2026-01-02T03:04:05Z"));
    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    private int used;
    private final StatusReporter reporter = new StatusReporter(producer, "workers.status", this::status, clock);

    @Test
    void isSaidAtOnce() {
        reporter.tick();

        assertThat(said()).containsExactly(status());
        assertThat(producer.history().getFirst().key()).isEqualTo("w1");
    }

    @Test
    void isSaidAgainOnceItHasChanged() {
        reporter.tick();
        reporter.tick();
        assertThat(said()).hasSize(1);

        used = 128;
        reporter.change();
        reporter.change();
        reporter.tick();
        reporter.tick();

        assertThat(said()).extracting(WorkerStatus::usedMegabytes).containsExactly(0, 128);
    }

    @Test
    void isRenewedEveryFiveSeconds() {
        for (int i = 0; i < 120; i++) {
            reporter.tick();
            clock.turn(Duration.ofMillis(100));
        }

        assertThat(said()).hasSize(3);
    }

    @Test
    void isTakenBackWhenTheWorkerLeaves() {
        reporter.tick();
        reporter.close();

        assertThat(producer.history().getLast().key()).isEqualTo("w1");
        assertThat(producer.history().getLast().value()).isNull();
        assertThat(producer.closed()).isTrue();
    }

    @Test
    void isSaidAgainWhereKafkaHasNotTakenIt() {
        var failing = new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
        var unlucky = new StatusReporter(failing, "workers.status", this::status, clock);
        unlucky.tick();
        failing.errorNext(new IllegalStateException("no broker"));

        unlucky.tick();

        assertThat(failing.history()).hasSize(2);
    }

    @Test
    void isSaidNowWhereItMatters() throws InterruptedException {
        reporter.tick();
        used = 128;
        assertThat(reporter.sayNow(Duration.ofSeconds(2))).isTrue();
        reporter.tick();
        assertThat(said()).extracting(WorkerStatus::usedMegabytes).containsExactly(0, 128);
    }

    @Test
    void tellsWhereKafkaDoesNotAnswerInTime() throws InterruptedException {
        var silent = new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
        var unheard = new StatusReporter(silent, "workers.status", this::status, clock);
        assertThat(unheard.sayNow(Duration.ofMillis(1))).isFalse();
        silent.completeNext();
        silent.sendException = new IllegalStateException("no broker");
        assertThat(unheard.sayNow(Duration.ofMillis(1))).isFalse();
    }

    @Test
    void namesNoMoreVersionsThanARecordHasRoomFor() {
        var all = IntStream.rangeClosed(1, 3000)
                .mapToObj(number -> environments(number, number, number == 7 ? 1 : 0))
                .toList();

        var said = StatusReporter.abridged(all);

        assertThat(said).hasSize(StatusReporter.MOST_VERSIONS);
        assertThat(said.getFirst()).isEqualTo(environments(7, 7, 1));
        assertThat(said.get(1)).isEqualTo(environments(3000, 3000, 0));
        assertThat(StatusReporter.abridged(all.subList(0, 2))).isEqualTo(all.subList(0, 2));
    }

    private static WorkerStatus.Environments environments(int version, int living, int provisioned) {
        var function = new FunctionArn("us-east-1", "123456789012", new FunctionName("f"));
        return new WorkerStatus.Environments(
                new VersionArn(function, new Version.Published(version)), 1, living, provisioned, null);
    }

    private WorkerStatus status() {
        return new WorkerStatus(
                1,
                "w1",
                "127.0.0.1",
                4711,
                1024,
                used,
                Set.of(RuntimeIdentifier.PYTHON3_12),
                "process",
                false,
                List.of());
    }

    private List<WorkerStatus> said() {
        return producer.history().stream()
                .map(record -> CODEC.decode(record.value()))
                .toList();
    }
}
