package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.STALE_REVISION;
import static io.kappa.router.registry.Samples.additional;
import static io.kappa.router.registry.Samples.alias;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.CreateAlias;
import io.kappa.router.registry.RegistryCommand.DeleteAlias;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import io.kappa.router.registry.RegistryCommand.PublishVersion;
import io.kappa.router.registry.RegistryCommand.PutFunctionEventInvokeConfig;
import io.kappa.router.registry.RegistryCommand.UpdateAlias;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionConfiguration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Aliases point to versions. */
class AliasDecisionsTest {
    private static final Version LATEST = new Version.Latest();
    private static final Version ONE = new Version.Published(1);
    private static final Version TWO = new Version.Published(2);

    private final Ownership owner = new Ownership();

    @BeforeEach
    void publishTwoVersions() {
        owner.published(GREET, 2);
    }

    private static UpdateAlias update(AliasChange change) {
        return new UpdateAlias(GREET, "live", change, null);
    }

    private static AliasChange pointing(Version version) {
        return new AliasChange(version, null, null);
    }

    private static AliasChange dividing(List<AliasRecord.Additional> additional) {
        return new AliasChange(null, null, additional);
    }

    private static CreateAlias weighted(Version version, List<AliasRecord.Additional> additional) {
        return new CreateAlias(GREET, "live", version, "", additional);
    }

    @Test
    void anAliasIsWhatWasAskedFor() {
        var made = owner.pointed(new CreateAlias(GREET, "live", ONE, "d", additional(2, 0.1)));

        assertThat(made)
                .isEqualTo(new AliasRecord(
                        GREET, "live", ONE, "d", new AliasRecord.Additional(TWO, 0.1), made.revisionId()));
        assertThat(owner.state.alias(GREET, "live")).contains(made);
        assertThat(owner.state.aliases(GREET)).containsExactly(made);
    }

    @Test
    void makingOneLeavesTheFunctionsRevisionAsItIs() {
        var before = owner.latest(GREET);

        owner.pointed(alias("live", 1));

        assertThat(owner.latest(GREET)).isEqualTo(before);
    }

    @Test
    void itMayPointToUnpublishedCodeAlone() {
        assertThat(owner.pointed(weighted(LATEST, List.of())).version()).isEqualTo(LATEST);

        assertThat(owner.ask(update(dividing(additional(1, 0.5)))))
                .isEqualTo(refused(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "$LATEST is not supported for an alias pointing to more than 1 version"));
    }

    @Test
    void aNameIsTakenOnce() {
        owner.pointed(alias("live", 1));

        assertThat(owner.ask(alias("live", 2)))
                .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, "Alias already exists: " + GREET + ":live"));
    }

    @Test
    void whatItPointsToMustExist() {
        assertThat(owner.ask(alias("live", 9)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET + ":9"));
        assertThat(owner.ask(weighted(ONE, additional(9, 0.5))))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET + ":9"));
        owner.pointed(alias("live", 1));
        assertThat(owner.ask(update(pointing(new Version.Published(9)))))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET + ":9"));
    }

    @Test
    void oneMoreVersionMayHaveAShareAndItIsAnother() {
        assertThat(owner.ask(weighted(
                        ONE, List.of(new AliasRecord.Additional(ONE, 0.1), new AliasRecord.Additional(TWO, 0.1)))))
                .isEqualTo(refused(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "Number of items in AdditionalVersionWeights cannot be greater than 1"));
        assertThat(owner.ask(weighted(ONE, additional(1, 0.1))))
                .isEqualTo(
                        refused(
                                ErrorCode.INVALID_PARAMETER_VALUE,
                                "Invalid function version 1. Function version 1 is already included in routing configuration."));
    }

    @Test
    void pointingAnAliasAtItsOtherVersionIsRefusedWhileThatHasAShare() {
        owner.pointed(weighted(ONE, additional(2, 0.1)));

        assertThat(owner.ask(update(pointing(TWO))))
                .isEqualTo(
                        refused(
                                ErrorCode.INVALID_PARAMETER_VALUE,
                                "Invalid function version 2. Function version 2 is already included in routing configuration."));
        assertThat(owner.pointed(update(new AliasChange(TWO, null, List.of()))).additional())
                .isNull();
    }

    @Test
    void versionsThatShareHaveOneRole() {
        publishThird(change("arn:aws:iam::111111111111:role/other", null));

        assertThat(owner.ask(weighted(ONE, additional(3, 0.1))))
                .isEqualTo(refused(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "Specified versions must be associated with the same execution role"));
    }

    @Test
    void versionsThatShareHaveOneDeadLetterQueueOrNone() {
        publishThird(change(null, "arn:aws:sqs:us-east-1:111111111111:q"));

        assertThat(owner.ask(weighted(ONE, additional(3, 0.1))))
                .isEqualTo(refused(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "Specified versions must be associated with the same dead letter queue, or with none"));
        publishThird(change(null, ""));
        assertThat(owner.pointed(weighted(ONE, additional(4, 0.1))).additional())
                .isNotNull();
    }

    private void publishThird(ConfigurationChange change) {
        owner.done(new UpdateFunctionConfiguration(GREET, change, null));
        owner.settle();
        owner.done(new PublishVersion(GREET, null, null, null));
    }

    private static ConfigurationChange change(@Nullable String role, @Nullable String deadLetterTarget) {
        return new ConfigurationChange(
                null, role, null, null, null, null, null, null, null, null, deadLetterTarget, null);
    }

    @Test
    void whatAnUpdateDoesNotNameStaysAndTheRevisionIsAnother() {
        var before = owner.pointed(new CreateAlias(GREET, "live", ONE, "d", additional(2, 0.1)));

        var same = owner.pointed(update(new AliasChange(null, null, null)));
        assertThat(same).isEqualTo(new AliasRecord(GREET, "live", ONE, "d", before.additional(), same.revisionId()));
        assertThat(same.revisionId()).isNotEqualTo(before.revisionId());

        var described = owner.pointed(update(new AliasChange(null, "", null)));
        assertThat(described.description()).isEmpty();
        assertThat(described.additional()).isEqualTo(before.additional());
    }

    @Test
    void anUpdateOfAnotherRevisionIsRefused() {
        var made = owner.pointed(alias("live", 1));

        assertThat(owner.ask(new UpdateAlias(GREET, "live", pointing(TWO), "stale")))
                .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_REVISION));
        assertThat(owner.pointed(new UpdateAlias(GREET, "live", pointing(TWO), made.revisionId()))
                        .version())
                .isEqualTo(TWO);
    }

    @Test
    void whatDoesNotExistCannotBeUpdated() {
        assertThat(owner.ask(update(pointing(ONE))))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Alias not found: " + GREET + ":live"));
        owner.completed(DELETE);
        assertThat(owner.ask(update(pointing(ONE))))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));
        assertThat(owner.ask(alias("live", 1)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET + ":1"));
    }

    @Test
    void anAliasGoesWithWhatIsSetForIt() {
        owner.pointed(alias("live", 1));
        owner.pointed(alias("live2", 1));
        for (var name : List.of("live", "live2")) {
            owner.completed(new PutFunctionEventInvokeConfig(GREET, name, new EventInvokeChange(1, null, null, null)));
            owner.completed(Samples.provision(GREET, name, 2));
        }

        owner.completed(new DeleteAlias(GREET, "live"));

        assertThat(owner.state.aliases(GREET)).extracting(AliasRecord::name).containsExactly("live2");
        assertThat(owner.state.settingsOf(GREET, "live")).isEmpty();
        assertThat(owner.state.settingsOf(GREET, "live2")).hasSize(2);
        assertThat(owner.state.allocatedTo(GREET)).isEqualTo(2);
        assertThat(owner.state.versions(GREET)).hasSize(3);
    }

    @Test
    void deletingAnAliasThatIsNotThereChangesNothing() {
        int before = owner.recorded.size();

        owner.completed(new DeleteAlias(GREET, "live"));

        assertThat(owner.recorded).hasSize(before);
        owner.completed(DELETE);
        assertThat(owner.ask(new DeleteAlias(GREET, "live")))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));
    }

    @Test
    void aVersionStaysAsLongAsAnAliasPointsToIt() {
        owner.pointed(weighted(ONE, additional(2, 0.0)));
        owner.pointed(alias("beta", 1));

        assertThat(owner.ask(new DeleteFunction(GREET, ONE)))
                .isEqualTo(refused(
                        ErrorCode.RESOURCE_CONFLICT,
                        "Unable to delete version because the following aliases reference it: [beta, live]"));
        assertThat(owner.ask(new DeleteFunction(GREET, TWO)))
                .isEqualTo(refused(
                        ErrorCode.RESOURCE_CONFLICT,
                        "Unable to delete version because the following aliases reference it: [live]"));
        owner.pointed(update(dividing(List.of())));
        owner.completed(new DeleteFunction(GREET, TWO));
        assertThat(owner.state.version(Samples.numbered(GREET, 2))).isEmpty();
    }

    @Test
    void aFunctionGoesWithItsAliases() {
        owner.pointed(alias("live", 1));
        owner.completed(Samples.provision(GREET, "live", 2));

        owner.completed(DELETE);

        assertThat(owner.state.partsOf(GREET)).isEmpty();
        owner.active(GREET, Samples.CODE);
        assertThat(owner.state.aliases(GREET)).isEmpty();
    }
}
