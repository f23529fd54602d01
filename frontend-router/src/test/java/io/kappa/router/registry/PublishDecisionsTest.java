package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.IN_PROGRESS;
import static io.kappa.router.registry.Samples.NEWER_CODE;
import static io.kappa.router.registry.Samples.PENDING;
import static io.kappa.router.registry.Samples.PUBLISH;
import static io.kappa.router.registry.Samples.STALE_REVISION;
import static io.kappa.router.registry.Samples.latest;
import static io.kappa.router.registry.Samples.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.VersionRecord.LastUpdate;
import io.kappa.contracts.registry.VersionRecord.State;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import io.kappa.router.registry.RegistryCommand.PublishVersion;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionConfiguration;
import org.junit.jupiter.api.Test;

/** Versions are published. */
class PublishDecisionsTest {
    private final Ownership owner = new Ownership();

    @Test
    void aVersionIsActiveAtOnceAndACopyOfLatest() {
        var latest = owner.active(GREET, CODE);

        var published = owner.done(PUBLISH);

        assertThat(published.version()).isEqualTo(numbered(GREET, 1));
        assertThat(published.state()).isEqualTo(State.ACTIVE);
        assertThat(published.lastUpdate()).isEqualTo(LastUpdate.SUCCESSFUL);
        assertThat(published.requested()).isEqualTo(latest.requested());
        assertThat(published.lastModified()).isEqualTo(latest.lastModified());
        assertThat(owner.state.inTransition()).isEmpty();
    }

    @Test
    void latestAndTheVersionEachGetARevisionOfTheirOwn() {
        var before = owner.active(GREET, CODE);

        var published = owner.done(PUBLISH);

        assertThat(owner.latest(GREET).revisionId())
                .isNotEqualTo(before.revisionId())
                .isNotEqualTo(published.revisionId());
        assertThat(owner.latest(GREET).requested()).isEqualTo(before.requested());
    }

    @Test
    void withoutADifferenceTheLastVersionIsAnsweredAsItIs() {
        owner.active(GREET, CODE);
        var first = owner.done(PUBLISH);
        var latest = owner.latest(GREET);

        assertThat(owner.done(PUBLISH)).isEqualTo(first);
        assertThat(owner.latest(GREET)).isEqualTo(latest);
    }

    @Test
    void theSameCodeUploadedAgainIsNoDifference() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);
        var again = Samples.code('a', "u9");
        owner.stored(again).done(Samples.updateCode(GREET, again));
        owner.settle();

        assertThat(owner.done(PUBLISH).version()).isEqualTo(numbered(GREET, 1));
    }

    @Test
    void otherCodeIsADifference() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);
        owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));
        owner.settle();

        assertThat(owner.done(PUBLISH).version()).isEqualTo(numbered(GREET, 2));
    }

    @Test
    void anotherDescriptionOfTheFunctionIsADifference() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);
        owner.done(new UpdateFunctionConfiguration(GREET, Samples.described("new"), null));
        owner.settle();

        assertThat(owner.done(PUBLISH).version()).isEqualTo(numbered(GREET, 2));
    }

    @Test
    void goingBackToWhatWasPublishedBeforeTheLastVersionIsADifference() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);
        owner.done(new UpdateFunctionConfiguration(GREET, Samples.described("new"), null));
        owner.settle();
        owner.done(PUBLISH);
        owner.done(new UpdateFunctionConfiguration(GREET, Samples.described("old"), null));
        owner.settle();

        assertThat(owner.done(PUBLISH).version()).isEqualTo(numbered(GREET, 3));
    }

    @Test
    void aDescriptionGivenWithTheCallIsTheVersionsAlone() {
        owner.active(GREET, CODE);

        var published = owner.done(new PublishVersion(GREET, null, "first", null));

        assertThat(published.requested().configuration().description()).isEqualTo("first");
        assertThat(owner.latest(GREET).requested().configuration().description())
                .isEmpty();
    }

    @Test
    void aDescriptionGivenWithTheCallIsNoDifference() {
        owner.active(GREET, CODE);
        var first = owner.done(new PublishVersion(GREET, null, "first", null));

        assertThat(owner.done(new PublishVersion(GREET, null, "second", null))).isEqualTo(first);
        owner.done(Samples.updateCode(GREET, CODE));
        owner.settle();
        assertThat(owner.done(PUBLISH)).isEqualTo(first);
    }

    @Test
    void numbersOfDeletedVersionsAreNotUsedAgain() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);
        owner.completed(new DeleteFunction(GREET, new Version.Published(1)));

        assertThat(owner.done(PUBLISH).version()).isEqualTo(numbered(GREET, 2));
    }

    @Test
    void aPublishedVersionStaysAsItIs() {
        owner.active(GREET, CODE);
        var published = owner.done(PUBLISH);
        owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));
        owner.settle();
        owner.done(PUBLISH);

        assertThat(owner.version(numbered(GREET, 1))).isEqualTo(published);
    }

    @Test
    void otherCodeThanExpectedIsRefused() {
        owner.active(GREET, CODE);
        var expected = NEWER_CODE.sha256Base64();

        assertThat(owner.ask(new PublishVersion(GREET, expected, null, null)))
                .isEqualTo(refused(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "CodeSHA256 (" + expected + ") is different from current CodeSHA256 in $LATEST ("
                                + CODE.sha256Base64()
                                + "). Please try again with the CodeSHA256 in $LATEST."));
        assertThat(owner.done(new PublishVersion(GREET, CODE.sha256Base64(), null, null))
                        .version())
                .isEqualTo(numbered(GREET, 1));
    }

    @Test
    void itIsRefusedAsUpdatesAre() {
        assertThat(owner.ask(PUBLISH)).isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));

        owner.stored(CODE).done(Samples.create(GREET, CODE));
        assertThat(owner.ask(PUBLISH)).isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, PENDING));

        owner.settle();
        assertThat(owner.ask(new PublishVersion(GREET, null, null, "stale")))
                .isEqualTo(refused(ErrorCode.PRECONDITION_FAILED, STALE_REVISION));

        owner.done(Samples.updateCode(GREET, CODE));
        assertThat(owner.ask(PUBLISH)).isEqualTo(refused(ErrorCode.RESOURCE_CONFLICT, IN_PROGRESS));
    }
}
