package io.kappa.worker.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.SnapStart;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.contracts.worker.SnapshotReport;
import io.kappa.contracts.worker.SnapshotReport.Outcome;
import io.kappa.runtimes.InstalledRuntime;
import io.kappa.runtimes.RuntimeCatalogue;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.SnapshotTaker;
import io.kappa.worker.sandbox.SandboxImage;
import io.kappa.worker.sandbox.Sandboxes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotKeeperTest {
    private static final VersionRecord ONE = version(1, State.CREATING);
    private static final VersionRecord TWO = version(2, State.CREATING);

    @TempDir
    Path directory;

    private final Map<EnvironmentKey, CompletableFuture<SnapshotTaker.Outcome>> taking = new LinkedHashMap<>();
    private final Map<EnvironmentKey, Path> workplaces = new LinkedHashMap<>();
    private final List<SnapshotReport> reports = new ArrayList<>();
    private final FakeImages images = new FakeImages();
    private long now;
    private SnapshotKeeper keeper;

    @BeforeEach
    void open() throws IOException {
        keeper = keeper(3);
    }

    private SnapshotKeeper keeper(int megabytes) throws IOException {
        return keeper(megabytes, Optional.of(images));
    }

    private SnapshotKeeper keeper(int megabytes, Optional<Sandboxes.Images> kept) throws IOException {
        return new SnapshotKeeper(
                new SnapshotSettings(megabytes),
                kept,
                directory,
                new Catalogue(),
                (key, _, at) -> {
                    workplaces.put(key, at);
                    var outcome = new CompletableFuture<SnapshotTaker.Outcome>();
                    taking.put(key, outcome);
                    return outcome;
                },
                reports::add,
                () -> now,
                new SimpleMeterRegistry());
    }

    private static VersionRecord version(int number, State state) {
        var configuration = new FunctionConfiguration(
                RuntimeIdentifier.PYTHON3_12,
                "arn:aws:iam::123456789012:role/r",
                "app.handler",
                "",
                3,
                128,
                512,
                Map.of(),
                List.of("x86_64"),
                new LoggingConfiguration("Text", null, null, "/aws/lambda/f"),
                "PassThrough",
                null,
                null);
        var deployment = new Deployment(
                4,
                configuration.withSnapStart(SnapStart.PublishedVersions),
                new CodePackage("00", "u", 1, 0, List.of(0L)));
        return new VersionRecord(
                VersionArn.parse("arn:aws:lambda:us-east-1:123456789012:function:f:" + number),
                deployment,
                null,
                Instant.EPOCH,
                "r",
                state,
                null);
    }

    private static EnvironmentKey key(VersionRecord version) {
        return new EnvironmentKey(version.version(), 4);
    }

    private void tick(VersionRecord... versions) {
        keeper.tick(versions.length == 0 ? Optional.empty() : Optional.of(List.of(versions)));
    }

    private void taken(VersionRecord version) throws IOException {
        var at = Files.createDirectories(Objects.requireNonNull(workplaces.get(key(version))));
        Files.write(at.resolve("pages"), new byte[1024 * 1024]);
        Files.writeString(at.resolve("whole"), "");
        end(version, new SnapshotTaker.Outcome.Taken(new SandboxImage(at, 7, "pipe", List.of())));
    }

    private void end(VersionRecord version, SnapshotTaker.Outcome outcome) {
        Objects.requireNonNull(taking.remove(key(version))).complete(outcome);
        tick();
    }

    private Optional<SandboxImage> find(VersionRecord version) {
        return keeper.find(key(version), version.requested());
    }

    private void turn(Duration by) {
        now += by.toNanos();
        tick();
    }

    @Test
    void takesOneAfterTheOtherAndReportsEachUntilTheRegistryHasTakenItIn() throws IOException {
        tick(ONE, TWO);
        assertThat(taking).hasSize(1);

        taken(ONE);
        assertThat(taking).containsOnlyKeys(key(TWO));
        assertThat(find(ONE)).isPresent();
        assertThat(reports).containsExactly(new SnapshotReport(ONE.version(), 4, Outcome.TAKEN, null, null));

        turn(Duration.ofSeconds(1));
        assertThat(reports).hasSize(2);
        tick(version(1, State.ACTIVE), version(2, State.ACTIVE));
        turn(Duration.ofSeconds(1));
        assertThat(reports).hasSize(2);
    }

    @Test
    void anInitThatFailsTwiceFailsForGood() {
        tick(ONE);
        end(ONE, new SnapshotTaker.Outcome.FunctionFailed("Function.ValueError", "boom\nmore"));
        assertThat(reports).isEmpty();
        assertThat(taking).hasSize(1);

        end(ONE, new SnapshotTaker.Outcome.FunctionFailed("Function.ValueError", "boom\nmore"));

        assertThat(reports)
                .containsExactly(new SnapshotReport(
                        ONE.version(),
                        4,
                        Outcome.FUNCTION_FAILED,
                        "FunctionError.RuntimeInitError",
                        "Function.ValueError: boom"));
        assertThat(taking).isEmpty();
    }

    @Test
    void whatThisMachineCannotDoIsReportedAndTriedAgainLater() throws IOException {
        tick(ONE);
        end(ONE, new SnapshotTaker.Outcome.NotTaken("a socket is open"));
        assertThat(reports).singleElement().satisfies(report -> {
            assertThat(report.outcome()).isEqualTo(Outcome.NOT_TAKEN);
            assertThat(report.reason()).endsWith("a socket is open");
        });

        var without = version(1, new State(State.Name.Active, "reason", "NoSnapshot"));
        tick(without);
        turn(Duration.ofSeconds(1));
        assertThat(reports).hasSize(1);
        turn(Duration.ofMinutes(5));
        taken(without);
        assertThat(reports.getLast().outcome()).isEqualTo(Outcome.TAKEN);
    }

    @Test
    void aVersionDoesNotWaitForEverWhereNoWorkerCanTakeSnapshots() throws IOException {
        keeper = keeper(3, Optional.empty());
        tick(ONE);
        turn(Duration.ofSeconds(2 * 130 + 60).minusNanos(1));
        assertThat(reports).isEmpty();

        turn(Duration.ofNanos(1));
        assertThat(reports).extracting(SnapshotReport::outcome).containsExactly(Outcome.NOT_TAKEN);
        assertThat(taking).isEmpty();
    }

    @Test
    void oneThatIsMissedIsTakenInTheBackgroundAndOnlyThen() throws IOException {
        var active = version(1, State.ACTIVE);
        tick(active);
        assertThat(taking).isEmpty();

        assertThat(find(active)).isEmpty();
        tick();
        taken(active);

        assertThat(find(active)).isPresent();
        assertThat(reports).isEmpty();
        keeper.discard(key(active), find(active).orElseThrow());
        assertThat(find(active)).isEmpty();
        tick();
        assertThat(taking).hasSize(1);
    }

    @Test
    void thoseUsedLongestAgoGoWhereThereAreTooMany() throws IOException {
        for (int number = 1; number <= 3; number++) {
            tick(ONE, TWO, version(3, State.CREATING));
            taken(version(number, State.CREATING));
        }
        var most = List.of(version(1, State.ACTIVE), version(2, State.ACTIVE), version(3, State.ACTIVE));
        keeper.tick(Optional.of(most));
        assertThat(find(most.get(0))).isPresent();

        var fourth = version(4, State.CREATING);
        tick(most.get(0), most.get(1), most.get(2), fourth);
        taken(fourth);

        assertThat(find(fourth)).isPresent();
        assertThat(find(most.get(0))).isPresent();
        assertThat(find(most.get(1))).isEmpty();
    }

    @Test
    void survivesARestartAndGoesWithItsVersion() throws IOException {
        tick(ONE);
        taken(ONE);
        Files.createDirectories(directory.resolve("half of one"));

        keeper = keeper(3);
        assertThat(find(ONE)).isPresent();
        assertThat(directory.resolve("half of one")).doesNotExist();
        tick(TWO);
        assertThat(find(ONE)).isEmpty();

        images.platform = "another kernel";
        keeper = keeper(3);
        assertThat(find(ONE)).isEmpty();
    }

    private static final class FakeImages implements Sandboxes.Images {
        String platform = "kernel";

        @Override
        public String platform() {
            return platform;
        }

        @Override
        public SandboxImage adopt(Path from) throws IOException {
            if (!Files.exists(from.resolve("whole"))) {
                throw new IOException("half");
            }
            return new SandboxImage(from, 7, "pipe", List.of());
        }

        @Override
        public void remove(SandboxImage image) {
            SandboxImage.remove(image.directory());
        }
    }

    private static final class Catalogue implements RuntimeCatalogue {
        @Override
        public Path directory() {
            return Path.of("/runtimes");
        }

        @Override
        public Optional<InstalledRuntime> find(RuntimeIdentifier identifier) {
            return Optional.of(new InstalledRuntime(
                    "python:3.12.1",
                    List.of(),
                    "",
                    (_, _, _, _, _, _) -> new InstalledRuntime.Start(List.of("python3"), Map.of(), List.of("python3")),
                    Optional.empty(),
                    true));
        }

        @Override
        public Set<RuntimeIdentifier> available() {
            return Set.of(RuntimeIdentifier.PYTHON3_12);
        }

        @Override
        public Set<RuntimeIdentifier> restorable() {
            return available();
        }
    }
}
