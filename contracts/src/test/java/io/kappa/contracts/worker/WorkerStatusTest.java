package io.kappa.contracts.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionName;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkerStatusTest {
    private static final String V1 = """
            {"v":1,"worker":"w1","host":"127.0.0.1","port":4711,"memoryMegabytes":2048,"usedMegabytes":128,\
            "runtimes":["python3.13"],"sandbox":"process","draining":false}""";
    private static final String WITH_ENVIRONMENTS = """
            {"v":1,"worker":"w1","host":"127.0.0.1","port":4711,"memoryMegabytes":2048,"usedMegabytes":128,\
            "runtimes":["python3.13"],"sandbox":"process","draining":false,"environments":[{"version":\
            "arn:aws:lambda:us-east-1:000000000000:function:f:2","generation":7,"living":3,"provisioned":2,\
            "problem":"no memory left"}],"snapshots":["python3.13"],"images":["x86_64"]}""";
    private static final WorkerStatus STATUS = status(List.of());

    private final RecordCodec<WorkerStatus> codec = RecordCodec.of(WorkerStatus.class);

    @Test
    void statusesOfFormatOneAreReadAndWritten() {
        var function = new FunctionArn("us-east-1", "000000000000", new FunctionName("f"));
        var version = new VersionArn(function, new Version.Published(2));
        var status = status(
                List.of(new WorkerStatus.Environments(version, 7, 3, 2, "no memory left")),
                Set.of(RuntimeIdentifier.PYTHON3_13),
                Set.of("x86_64"));
        assertThat(codec.decode(WITH_ENVIRONMENTS.getBytes(UTF_8))).isEqualTo(status);
        assertThat(status.snapshots()).containsExactly(RuntimeIdentifier.PYTHON3_13);
        assertThat(codec.encode(status)).asString(UTF_8).isEqualTo(WITH_ENVIRONMENTS);
    }

    @Test
    void aWorkerThatDoesNotSayWhatEnvironmentsSnapshotsOrImagesItHasIsReadAsHavingNone() {
        assertThat(codec.decode(V1.getBytes(UTF_8))).isEqualTo(STATUS);
    }

    @Test
    void membersOfANewerWriterAreIgnored() {
        assertThat(codec.decode(V1.replaceFirst("\\{", "{\"colour\":null,").getBytes(UTF_8)))
                .isEqualTo(STATUS);
    }

    @Test
    void aWorkerHasTheAbilitiesThatItTellsOf() {
        assertThat(STATUS.has(new Ability.ManagedRuntime(RuntimeIdentifier.PYTHON3_13)))
                .isTrue();
        assertThat(STATUS.has(new Ability.ManagedRuntime(RuntimeIdentifier.PYTHON3_12)))
                .isFalse();
        assertThat(STATUS.has(new Ability.Images("x86_64"))).isFalse();
        var withImages = status(List.of(), Set.of(), Set.of("x86_64"));
        assertThat(withImages.has(new Ability.Images("x86_64"))).isTrue();
        assertThat(withImages.has(new Ability.Images("arm64"))).isFalse();
    }

    private static WorkerStatus status(List<WorkerStatus.Environments> environments) {
        return status(environments, Set.of(), Set.of());
    }

    private static WorkerStatus status(
            List<WorkerStatus.Environments> environments, Set<RuntimeIdentifier> snapshots, Set<String> images) {
        return new WorkerStatus(
                1,
                "w1",
                "127.0.0.1",
                4711,
                2048,
                128,
                Set.of(RuntimeIdentifier.PYTHON3_13),
                "process",
                false,
                environments,
                snapshots,
                images);
    }
}
