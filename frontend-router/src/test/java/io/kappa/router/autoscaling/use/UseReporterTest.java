package io.kappa.router.autoscaling.use;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.provisioned.ProvisionedUseReport;
import io.kappa.contracts.provisioned.ProvisionedUseReport.Use;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.provisioning.ProvisionedReadiness.Ready;
import io.kappa.testkit.TurnedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UseReporterTest {
    private static final String ACCOUNT = "111111111111";
    private static final FunctionArn GREET =
            new FunctionArn("us-east-1", ACCOUNT, new io.kappa.contracts.function.FunctionName("greet"));
    private static final VersionArn ONE = new VersionArn(GREET, new Version.Published(1));
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final long MINUTE = NOON.getEpochSecond() / 60;

    private final TurnedClock clock = new TurnedClock(NOON);
    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
    private final RegistryView view = new RegistryView();
    private final RunningVersions running = new RunningVersions();
    private final UseReporter reporter =
            new UseReporter(producer, "kappa", "router-1", view, running, (_, _) -> new Ready(4, null), clock);
    private long sequence;

    @AfterEach
    void close() {
        reporter.close();
    }

    private void record(RegistryRecord record) {
        view.apply(record.key(), RecordCodec.of(RegistryRecord.class).encode(record), ++sequence);
    }

    private void provision() {
        var configuration = new FunctionConfiguration(
                RuntimeIdentifier.PYTHON3_13,
                "arn:aws:iam::" + ACCOUNT + ":role/r",
                "m.h",
                "",
                3,
                128,
                512,
                Map.of(),
                List.of("x86_64"),
                new LoggingConfiguration("Text", null, null, "/aws/lambda/greet"),
                "PassThrough",
                null,
                null);
        var deployment = new Deployment(1, configuration, new CodePackage("a".repeat(64), "u", 1, 0, List.of(0L)));
        record(new FunctionRecord(GREET, Map.of()));
        for (var version : List.of(new Version.Latest(), new Version.Published(1))) {
            record(new VersionRecord(
                    new VersionArn(GREET, version),
                    deployment,
                    null,
                    NOON,
                    "r",
                    VersionRecord.State.ACTIVE,
                    VersionRecord.LastUpdate.SUCCESSFUL));
        }
        record(new ProvisionedConcurrencyRecord(GREET, "1", 4, NOON));
    }

    private List<ProvisionedUseReport> reports() {
        return producer.history().stream()
                .map(ProducerRecord::value)
                .map(RecordCodec.of(ProvisionedUseReport.class)::decode)
                .toList();
    }

    @Test
    void aMinutesAverageIsToldOnceTheMinuteIsOver() {
        provision();
        reporter.look(); // From now on the version is counted.
        clock.turn(Duration.ofSeconds(20));
        running.begin(ONE);
        running.begin(ONE);
        running.begin(ONE);
        reporter.look();
        clock.turn(Duration.ofSeconds(39));
        reporter.look();
        assertThat(reports()).isEmpty();

        clock.turn(Duration.ofSeconds(1));
        reporter.look();

        assertThat(reports())
                .containsExactly(
                        new ProvisionedUseReport("router-1", ACCOUNT, MINUTE, List.of(new Use(ONE, 2.0, 4.0))));
        assertThat(producer.history().getFirst().topic()).isEqualTo("kappa.provisioned.reports");
        assertThat(producer.history().getFirst().key()).isEqualTo(ACCOUNT);
    }

    @Test
    void anIdleMinuteIsToldAsWell() {
        provision();
        reporter.look();
        clock.turn(Duration.ofMinutes(1));
        reporter.look();

        assertThat(reports())
                .containsExactly(
                        new ProvisionedUseReport("router-1", ACCOUNT, MINUTE, List.of(new Use(ONE, 0.0, 4.0))));
    }

    @Test
    void whereNothingIsProvisionedNothingIsTold() {
        reporter.look();
        clock.turn(Duration.ofMinutes(1));
        reporter.look();

        assertThat(producer.history()).isEmpty();
    }
}
