package io.kappa.router.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.Deployment;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.provisioning.ProvisionedConcurrency.Progress;
import io.kappa.router.provisioning.ProvisionedConcurrency.Status;
import io.kappa.router.provisioning.ProvisionedReadiness.Ready;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProvisionedConcurrencyTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final FunctionArn GREET = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet");
    private static final Version ONE = new Version.Published(1);
    private static final Version TWO = new Version.Published(2);

    private final RegistryView view = new RegistryView();
    private final Map<Version, Ready> reported = new HashMap<>();
    private final ProvisionedConcurrency provisioned = new ProvisionedConcurrency((version, generation) -> {
        assertThat(generation).isEqualTo(5);
        return reported.getOrDefault(version.version(), new Ready(0, null));
    });
    private long sequence;

    @BeforeEach
    void publishTwoVersions() {
        put(new FunctionRecord(GREET, Map.of()));
        for (var version : List.of(new Version.Latest(), ONE, TWO)) {
            put(version(version));
        }
    }

    private static VersionRecord version(Version version) {
        var configuration = new FunctionConfiguration(
                RuntimeIdentifier.PYTHON3_13,
                "arn:aws:iam::111111111111:role/r",
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
        return new VersionRecord(
                new VersionArn(GREET, version),
                new Deployment(5, configuration, new CodePackage("a".repeat(64), "u1", 1, 0, List.of(0L))),
                null,
                NOON,
                "r1",
                VersionRecord.State.ACTIVE,
                VersionRecord.LastUpdate.SUCCESSFUL);
    }

    private void put(RegistryRecord record) {
        view.apply(record.key(), RecordCodec.of(RegistryRecord.class).encode(record), ++sequence);
    }

    private void alias(String name, double weightOfTwo) {
        put(new AliasRecord(
                GREET, name, ONE, "", weightOfTwo == 0 ? null : new AliasRecord.Additional(TWO, weightOfTwo), "r"));
    }

    private void provision(String qualifier, int executions) {
        put(new ProvisionedConcurrencyRecord(GREET, qualifier, executions, NOON));
    }

    private FunctionView function() {
        return view.function(GREET).orElseThrow();
    }

    private Progress progress(String qualifier) {
        return provisioned.of(function(), function().provisioned(qualifier).orElseThrow());
    }

    @Test
    void nothingMayBeUsedBeforeAllIsThere() {
        provision("1", 3);
        reported.put(ONE, new Ready(2, null));

        assertThat(progress("1")).isEqualTo(new Progress(2, 0, Status.IN_PROGRESS, null));
        assertThat(provisioned.usable(function(), ONE)).isZero();

        reported.put(ONE, new Ready(3, null));
        assertThat(progress("1")).isEqualTo(new Progress(3, 3, Status.READY, null));
        assertThat(provisioned.usable(function(), ONE)).isEqualTo(3);
        assertThat(provisioned.usable(function(), TWO)).isZero();
    }

    @Test
    void moreThanWasAskedForIsNotShown() {
        provision("1", 3);
        reported.put(ONE, new Ready(5, null));

        assertThat(progress("1")).isEqualTo(new Progress(3, 3, Status.READY, null));
    }

    @Test
    void whatWillNotPassByItselfIsAFailure() {
        provision("1", 3);
        reported.put(ONE, new Ready(1, "FUNCTION_ERROR_INIT_FAILURE"));

        assertThat(progress("1")).isEqualTo(new Progress(1, 0, Status.FAILED, "FUNCTION_ERROR_INIT_FAILURE"));
    }

    @Test
    void aProblemOfOneWorkerIsNoneWhereOthersMakeUpForIt() {
        provision("1", 3);
        reported.put(ONE, new Ready(3, "no memory left"));

        assertThat(progress("1").status()).isEqualTo(Status.READY);
    }

    @Test
    void anAliasIsReadyOnceBothOfItsVersionsAre() {
        alias("live", 0.25);
        provision("live", 8);
        reported.put(ONE, new Ready(6, null));
        reported.put(TWO, new Ready(1, null));

        assertThat(progress("live")).isEqualTo(new Progress(7, 0, Status.IN_PROGRESS, null));
        assertThat(provisioned.usable(function(), ONE)).isZero();

        reported.put(TWO, new Ready(2, null));
        assertThat(progress("live")).isEqualTo(new Progress(8, 8, Status.READY, null));
        assertThat(provisioned.usable(function(), ONE)).isEqualTo(6);
        assertThat(provisioned.usable(function(), TWO)).isEqualTo(2);
    }

    @Test
    void anAliasIsProvisionedAnewOnceItIsPointedElsewhere() {
        alias("live", 0);
        provision("live", 2);
        reported.put(ONE, new Ready(2, null));
        assertThat(progress("live").status()).isEqualTo(Status.READY);

        put(new AliasRecord(GREET, "live", TWO, "", null, "r2"));

        assertThat(progress("live")).isEqualTo(new Progress(0, 0, Status.IN_PROGRESS, null));
    }

    @Test
    void aliasesOfOneVersionHaveItsEnvironmentsTogether() {
        alias("live", 0);
        alias("beta", 0);
        provision("live", 6);
        provision("beta", 2);
        reported.put(ONE, new Ready(4, null));
        assertThat(progress("live")).isEqualTo(new Progress(3, 0, Status.IN_PROGRESS, null));
        assertThat(progress("beta")).isEqualTo(new Progress(1, 0, Status.IN_PROGRESS, null));

        reported.put(ONE, new Ready(8, null));
        assertThat(provisioned.usable(function(), ONE)).isEqualTo(8);
    }

    @Test
    void aFunctionForWhichNothingIsProvisionedHasNothingToUse() {
        reported.put(ONE, new Ready(4, null));

        assertThat(provisioned.usable(function(), ONE)).isZero();
    }
}
