package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.NOON;
import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.IN_PROGRESS;
import static io.kappa.router.registry.Samples.NEWER_CODE;
import static io.kappa.router.registry.Samples.PART;
import static io.kappa.router.registry.Samples.PENDING;
import static io.kappa.router.registry.Samples.PUBLISH;
import static io.kappa.router.registry.Samples.STALE_REVISION;
import static io.kappa.router.registry.Samples.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.registry.VersionRecord.LastUpdate;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionCode;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionConfiguration;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A function gets other code or another configuration. */
class UpdateDecisionsTest {
    private final Ownership owner = new Ownership();

    @Test
    void theUpdateIsInProgressWhileTheDeploymentBeforeItServes() {
        var before = owner.active(GREET, CODE);
        owner.turn(Duration.ofMinutes(1));

        var updated = owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));

        assertThat(updated.state()).isEqualTo(State.ACTIVE);
        assertThat(updated.lastUpdate()).isEqualTo(LastUpdate.IN_PROGRESS);
        assertThat(updated.requested().code()).isEqualTo(NEWER_CODE);
        assertThat(updated.requested().generation()).isEqualTo(2);
        assertThat(updated.previous()).isEqualTo(before.requested());
        assertThat(updated.running()).isEqualTo(before.requested());
        assertThat(updated.lastModified()).isEqualTo(NOON.plusSeconds(60));
        assertThat(updated.revisionId()).isNotEqualTo(before.revisionId());
    }

    @Test
    void onceSettledTheNewDeploymentServesUnderANewRevision() {
        owner.active(GREET, CODE);
        var updated = owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));

        owner.settle();

        var settled = owner.latest(GREET);
        assertThat(settled.lastUpdate()).isEqualTo(LastUpdate.SUCCESSFUL);
        assertThat(settled.previous()).isNull();
        assertThat(settled.running()).isEqualTo(updated.requested());
        assertThat(settled.lastModified()).isEqualTo(updated.lastModified());
        assertThat(settled.revisionId()).isNotEqualTo(updated.revisionId());
    }

    @Test
    void theSameCodeAgainIsAnUpdateAllTheSame() {
        var before = owner.active(GREET, CODE);

        var updated = owner.done(Samples.updateCode(GREET, CODE));

        assertThat(updated.lastUpdate()).isEqualTo(LastUpdate.IN_PROGRESS);
        assertThat(updated.requested().generation()).isEqualTo(2);
        assertThat(updated.revisionId()).isNotEqualTo(before.revisionId());
    }

    @Test
    void architecturesChangeWhereTheyAreGiven() {
        owner.active(GREET, CODE);

        var updated = owner.done(new UpdateFunctionCode(GREET, CODE, List.of("arm64"), false, false, null));

        assertThat(updated.requested().configuration().architectures()).containsExactly("arm64");
        owner.settle();
        assertThat(owner.done(Samples.updateCode(GREET, CODE))
                        .requested()
                        .configuration()
                        .architectures())
                .containsExactly("arm64");
    }

    @Test
    void aFunctionThatDoesNotExistIsNotFound() {
        assertThat(owner.stored(CODE).ask(Samples.updateCode(GREET, CODE)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));
    }

    @Test
    void aDeletedFunctionIsNotFound() {
        owner.active(GREET, CODE);
        owner.completed(DELETE);

        assertThat(owner.stored(CODE).ask(Samples.updateCode(GREET, CODE)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));
    }

    @Test
    void aStaleRevisionIsRefusedAndTheCurrentOneIsNot() {
        var current = owner.active(GREET, CODE).revisionId();

        assertThat(owner.ask(new UpdateFunctionCode(GREET, CODE, null, false, false, "stale")))
                .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_REVISION));
        assertThat(owner.done(new UpdateFunctionCode(GREET, CODE, null, false, false, current))
                        .lastUpdate())
                .isEqualTo(LastUpdate.IN_PROGRESS);
    }

    @Test
    void aFunctionThatIsBeingCreatedCannotBeUpdated() {
        owner.stored(CODE).done(Samples.create(GREET, CODE));

        assertThat(owner.ask(Samples.updateCode(GREET, CODE))).isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, PENDING));
    }

    @Test
    void aFunctionThatIsBeingUpdatedCannotBeUpdated() {
        owner.active(GREET, CODE);
        owner.done(Samples.updateCode(GREET, CODE));

        assertThat(owner.ask(Samples.updateCode(GREET, CODE)))
                .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, IN_PROGRESS));
    }

    @Test
    void aStaleRevisionIsToldBeforeAnUpdateInProgress() {
        owner.active(GREET, CODE);
        owner.done(Samples.updateCode(GREET, CODE));

        assertThat(owner.ask(new UpdateFunctionCode(GREET, CODE, null, false, false, "stale")))
                .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_REVISION));
    }

    @Test
    void publishedAtOnceItAnswersTheNewVersionWhichIsPending() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);

        var published =
                owner.stored(NEWER_CODE).done(new UpdateFunctionCode(GREET, NEWER_CODE, null, true, false, null));

        assertThat(published.version()).isEqualTo(numbered(GREET, 2));
        assertThat(published.state()).isEqualTo(State.CREATING);
        assertThat(published.requested()).isEqualTo(owner.latest(GREET).requested());
        assertThat(owner.latest(GREET).lastUpdate()).isEqualTo(LastUpdate.IN_PROGRESS);
        owner.settle();
        assertThat(owner.version(numbered(GREET, 2)).state()).isEqualTo(State.ACTIVE);
        assertThat(owner.latest(GREET).lastUpdate()).isEqualTo(LastUpdate.SUCCESSFUL);
    }

    @Test
    void publishedAtOnceWithoutADifferenceItAnswersTheVersionThereIs() {
        owner.active(GREET, CODE);
        var first = owner.done(PUBLISH);

        var published = owner.done(new UpdateFunctionCode(GREET, CODE, null, true, false, null));

        assertThat(published).isEqualTo(first);
        assertThat(owner.latest(GREET).lastUpdate()).isEqualTo(LastUpdate.IN_PROGRESS);
        assertThat(owner.function(GREET).lastVersion()).isEqualTo(1);
    }

    @Test
    void aDryRunAnswersWhatWouldBeAndChangesNothing() {
        var before = owner.active(GREET, CODE);
        var contents = owner.table.contents();

        var would = owner.done(new UpdateFunctionCode(GREET, NEWER_CODE, List.of("arm64"), true, true, null));

        assertThat(would.requested().code()).isEqualTo(NEWER_CODE);
        assertThat(would.requested().configuration().architectures()).containsExactly("arm64");
        assertThat(would.revisionId()).isEqualTo(before.revisionId());
        assertThat(owner.table.contents()).isEqualTo(contents);
    }

    @Test
    void aDryRunIsRefusedWhereTheUpdateWouldBe() {
        owner.active(GREET, CODE);

        assertThat(owner.ask(new UpdateFunctionCode(GREET, CODE, null, false, true, "stale")))
                .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_REVISION));
        assertThat(owner.ask(new UpdateFunctionCode(PART, CODE, null, false, true, null)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + PART));
    }

    @Test
    void whatIsGivenChangesAndTheRestStays() {
        var before = owner.active(GREET, CODE);

        var updated = owner.done(new UpdateFunctionConfiguration(GREET, Samples.described("new"), null));

        assertThat(updated.requested().configuration())
                .isEqualTo(before.requested().configuration().withDescription("new"));
        assertThat(updated.requested().code()).isEqualTo(CODE);
        assertThat(updated.requested().generation()).isEqualTo(2);
        assertThat(updated.lastUpdate()).isEqualTo(LastUpdate.IN_PROGRESS);
        assertThat(updated.running()).isEqualTo(before.requested());
    }

    @Test
    void itIsRefusedAsUpdatesOfCodeAre() {
        var change = Samples.described("new");
        assertThat(owner.ask(new UpdateFunctionConfiguration(GREET, change, null)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));

        owner.stored(CODE).done(Samples.create(GREET, CODE));
        assertThat(owner.ask(new UpdateFunctionConfiguration(GREET, change, null)))
                .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, PENDING));

        owner.settle();
        assertThat(owner.ask(new UpdateFunctionConfiguration(GREET, change, "stale")))
                .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_REVISION));

        owner.done(new UpdateFunctionConfiguration(GREET, change, null));
        assertThat(owner.ask(new UpdateFunctionConfiguration(GREET, change, null)))
                .isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, IN_PROGRESS));
    }
}
