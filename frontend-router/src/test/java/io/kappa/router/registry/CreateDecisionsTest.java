package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.NOON;
import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.NEWER_CODE;
import static io.kappa.router.registry.Samples.PUBLISH;
import static io.kappa.router.registry.Samples.latest;
import static io.kappa.router.registry.Samples.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.VersionRecord.LastUpdate;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.router.refusal.ErrorCode;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A function comes to be. */
class CreateDecisionsTest {
    private final Ownership owner = new Ownership();

    @Test
    void aNewFunctionIsPendingAndHasNoLastUpdate() {
        var made = owner.stored(CODE).done(Samples.create(GREET, CODE));

        assertThat(made.version()).isEqualTo(latest(GREET));
        assertThat(made.state()).isEqualTo(State.CREATING);
        assertThat(made.lastUpdate()).isNull();
        assertThat(made.lastModified()).isEqualTo(NOON);
        assertThat(made.requested().generation()).isEqualTo(1);
        assertThat(made.previous()).isNull();
        assertThat(made).isEqualTo(owner.latest(GREET));
    }

    @Test
    void itsTagsBelongToTheFunctionAndNothingIsPublished() {
        owner.active(GREET, CODE);

        assertThat(owner.function(GREET).tags()).containsExactly(Map.entry("team", "blue"));
        assertThat(owner.function(GREET).lastVersion()).isZero();
        assertThat(owner.state.versions(GREET)).hasSize(1);
    }

    @Test
    void itSettlesToActiveAndSuccessfulUnderANewRevision() {
        var made = owner.stored(CODE).done(Samples.create(GREET, CODE));
        owner.turn(Duration.ofSeconds(1));

        owner.settle();

        var settled = owner.latest(GREET);
        assertThat(settled.state()).isEqualTo(State.ACTIVE);
        assertThat(settled.lastUpdate()).isEqualTo(LastUpdate.SUCCESSFUL);
        assertThat(settled.revisionId()).isNotEqualTo(made.revisionId());
        assertThat(settled.lastModified()).isEqualTo(NOON);
        assertThat(settled.requested()).isEqualTo(made.requested());
    }

    @Test
    void aNameThatExistsIsRefused() {
        owner.active(GREET, CODE);

        assertThat(owner.ask(Samples.create(GREET, CODE)))
                .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, "Function already exist: greet"));
    }

    @Test
    void aNameThatIsStillPendingIsRefusedAlike() {
        owner.stored(CODE).done(Samples.create(GREET, CODE));

        assertThat(owner.ask(Samples.create(GREET, CODE)))
                .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, "Function already exist: greet"));
    }

    @Test
    void publishedAtOnceItAnswersVersionOneAndBothSettle() {
        var made = owner.stored(CODE).done(Samples.createPublished(GREET, CODE));

        assertThat(made.version()).isEqualTo(numbered(GREET, 1));
        assertThat(made.state()).isEqualTo(State.CREATING);
        assertThat(made.lastUpdate()).isNull();
        assertThat(owner.latest(GREET).revisionId()).isNotEqualTo(made.revisionId());
        owner.settle();
        assertThat(owner.latest(GREET).state()).isEqualTo(State.ACTIVE);
        assertThat(owner.version(numbered(GREET, 1)).state()).isEqualTo(State.ACTIVE);
        assertThat(owner.version(numbered(GREET, 1)).lastUpdate()).isEqualTo(LastUpdate.SUCCESSFUL);
        assertThat(owner.function(GREET).lastVersion()).isEqualTo(1);
    }

    @Test
    void publishingAfterwardsWithoutAChangeIsNoNewVersion() {
        owner.stored(CODE).done(Samples.createPublished(GREET, CODE));
        owner.settle();

        assertThat(owner.done(PUBLISH).version()).isEqualTo(numbered(GREET, 1));
    }

    @Test
    void aDeletedNameCanBeUsedAgainButNotItsNumbers() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);
        owner.completed(DELETE);

        var made = owner.stored(CODE).done(Samples.createPublished(GREET, CODE));

        assertThat(made.version()).isEqualTo(numbered(GREET, 2));
        assertThat(owner.state.versions(GREET)).hasSize(2);
        assertThat(owner.function(GREET).tags()).isEmpty();
    }

    @Test
    void generationsOfADeletedFunctionAreNotUsedAgain() {
        owner.active(GREET, CODE);
        owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));
        owner.completed(DELETE);

        assertThat(owner.stored(CODE)
                        .done(Samples.create(GREET, CODE))
                        .requested()
                        .generation())
                .isEqualTo(3);
        owner.completed(DELETE);
        assertThat(owner.stored(CODE)
                        .done(Samples.create(GREET, CODE))
                        .requested()
                        .generation())
                .isEqualTo(4);
    }

    @Test
    void functionsOfTheSameNameInAnotherRegionAreOthers() {
        owner.active(GREET, CODE);
        var elsewhere = new FunctionArn("eu-west-1", ACCOUNT, GREET.name());

        assertThat(owner.done(Samples.create(elsewhere, CODE)).version()).isEqualTo(latest(elsewhere));
    }
}
