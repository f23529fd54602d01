package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.PUBLISH;
import static io.kappa.router.registry.Samples.alias;
import static io.kappa.router.registry.Samples.numbered;
import static io.kappa.router.registry.Samples.provision;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.registry.VersionRecord;
import io.kappa.contracts.registry.VersionRecord.LastUpdate;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.contracts.worker.SnapshotReport;
import io.kappa.contracts.worker.SnapshotReport.Outcome;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.ConfigurationChange.ChangedSnapStart;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionConfiguration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Versions with SnapStart become active, or fail, by what workers report. */
class SnapshotDecisionsTest {
    private static final String NO_PROVISIONED =
            "Provisioned Concurrency is not supported for SnapStart enabled functions.";

    private final Ownership owner = new Ownership();
    private final SnapshotDecisions snapshots = new SnapshotDecisions(owner.state, () -> "settled");

    @BeforeEach
    void functionWithSnapStart() {
        owner.active(GREET, CODE);
        change(ChangedSnapStart.PublishedVersions);
    }

    private void change(ChangedSnapStart snapStart) {
        owner.done(new UpdateFunctionConfiguration(
                GREET,
                new ConfigurationChange(null, null, null, null, null, null, null, null, null, null, null, null)
                        .withSnapStart(snapStart),
                null));
        owner.settle();
    }

    private VersionRecord report(VersionRecord version, long generation, Outcome outcome) {
        boolean taken = outcome == Outcome.TAKEN;
        var report = new SnapshotReport(
                version.version(), generation, outcome, taken ? null : "Code", taken ? null : "reason");
        owner.perform(snapshots.settle(report));
        return owner.state.version(version.version()).orElseThrow();
    }

    private VersionRecord report(VersionRecord version, Outcome outcome) {
        return report(version, version.requested().generation(), outcome);
    }

    @Test
    void aVersionIsPendingUntilThereIsASnapshot() {
        var published = owner.done(PUBLISH);

        assertThat(published.state()).isEqualTo(State.CREATING);
        owner.settle();
        assertThat(owner.state.version(published.version())).contains(published);

        var active = report(published, Outcome.TAKEN);
        assertThat(active.state()).isEqualTo(State.ACTIVE);
        assertThat(active.lastUpdate()).isEqualTo(LastUpdate.SUCCESSFUL);
        assertThat(active.revisionId()).isEqualTo("settled");
        assertThat(active.requested()).isEqualTo(published.requested());
    }

    @Test
    void latestIsActiveWithoutAnySnapshot() {
        owner.done(PUBLISH);

        assertThat(owner.latest(GREET).state()).isEqualTo(State.ACTIVE);
        assertThat(owner.state.inTransition()).isEmpty();
    }

    @Test
    void aVersionPublishedWithOtherCodeIsPendingToo() {
        var code = Samples.code('b', "u2");
        var published =
                owner.stored(code).done(new RegistryCommand.UpdateFunctionCode(GREET, code, null, true, false, null));
        owner.settle();

        assertThat(owner.state.version(published.version()).orElseThrow().awaitsSnapshot())
                .isTrue();
        assertThat(owner.latest(GREET).state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void aVersionThatCannotBeInitialisedHasFailedForGood() {
        var failed = report(owner.done(PUBLISH), Outcome.FUNCTION_FAILED);

        assertThat(failed.state()).isEqualTo(new State(State.Name.Failed, "reason", "Code"));
        assertThat(report(failed, Outcome.TAKEN)).isEqualTo(failed);
    }

    @Test
    void whereNoSnapshotCanBeTakenTheVersionIsActiveAndSaysWhyUntilAnotherWorkerHasOne() {
        var without = report(owner.done(PUBLISH), Outcome.NOT_TAKEN);
        assertThat(without.state()).isEqualTo(new State(State.Name.Active, "reason", "Code"));

        assertThat(report(without, Outcome.FUNCTION_FAILED)).isEqualTo(without);
        assertThat(report(without, Outcome.TAKEN).state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void reportsOfAnotherDeploymentAndThoseThatComeTwiceChangeNothing() {
        var published = owner.done(PUBLISH);
        assertThat(report(published, published.requested().generation() + 1, Outcome.TAKEN))
                .isEqualTo(published);

        var active = report(published, Outcome.TAKEN);
        assertThat(report(active, Outcome.TAKEN)).isEqualTo(active);
        assertThat(report(active, Outcome.FUNCTION_FAILED)).isEqualTo(active);

        var gone = new SnapshotReport(numbered(GREET, 9), 1, Outcome.TAKEN, null, null);
        assertThat(snapshots.settle(gone)).isEmpty();
    }

    @Test
    void turningItOffIsADifferenceAndTheNextVersionIsActiveAtOnce() {
        owner.done(PUBLISH);
        change(ChangedSnapStart.None);

        var next = owner.done(PUBLISH);

        assertThat(next.version()).isEqualTo(numbered(GREET, 2));
        assertThat(next.state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void nothingIsProvisionedOfIt() {
        report(owner.done(PUBLISH), Outcome.TAKEN);

        assertThat(owner.ask(provision(GREET, "1", 1)))
                .isEqualTo(refused(ErrorCode.INVALID_PARAMETER_VALUE, NO_PROVISIONED));
        owner.pointed(alias("live", 1));
        assertThat(owner.ask(provision(GREET, "live", 1)))
                .isEqualTo(refused(ErrorCode.INVALID_PARAMETER_VALUE, NO_PROVISIONED));
    }

    @Test
    void anAliasForWhichSomethingIsProvisionedIsNotPointedToIt() {
        change(ChangedSnapStart.None);
        owner.done(PUBLISH);
        change(ChangedSnapStart.PublishedVersions);
        owner.done(PUBLISH);
        owner.pointed(alias("live", 1));
        owner.completed(provision(GREET, "live", 1));

        var moved = new RegistryCommand.UpdateAlias(
                GREET, "live", new AliasChange(numbered(GREET, 2).version(), null, null), null);
        assertThat(owner.ask(moved)).isEqualTo(refused(ErrorCode.INVALID_PARAMETER_VALUE, NO_PROVISIONED));

        var shared = new RegistryCommand.UpdateAlias(
                GREET, "live", new AliasChange(null, null, Samples.additional(2, 0.5)), null);
        assertThat(owner.ask(shared)).isEqualTo(refused(ErrorCode.INVALID_PARAMETER_VALUE, NO_PROVISIONED));
        assertThat(List.copyOf(owner.state.inTransition())).isEmpty();
    }
}
