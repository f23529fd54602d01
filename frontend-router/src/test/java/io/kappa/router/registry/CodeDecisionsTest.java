package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.NEWER_CODE;
import static io.kappa.router.registry.Samples.PART;
import static io.kappa.router.registry.Samples.PUBLISH;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Packages are stored as long as somebody uses them. */
class CodeDecisionsTest {
    private final Ownership owner = new Ownership();

    @Test
    void aPackageThatNobodyAnnouncedIsGone() {
        assertThat(owner.ask(Samples.create(GREET, CODE))).isEqualTo(new Verdict.CodeGone());
        assertThat(owner.recorded).isEmpty();
    }

    @Test
    void aPackageDeletedWithItsLastFunctionIsGone() {
        owner.active(GREET, CODE);
        owner.completed(DELETE);

        assertThat(owner.ask(Samples.create(PART, CODE))).isEqualTo(new Verdict.CodeGone());
    }

    @Test
    void anUploadOfTheSameBytesIsAnother() {
        owner.active(GREET, CODE);

        assertThat(owner.ask(Samples.create(PART, Samples.code('a', "u9")))).isEqualTo(new Verdict.CodeGone());
    }

    @Test
    void aPackageOfAnotherAccountIsGone() {
        owner.active(GREET, CODE);
        var foreign = new FunctionArn("us-east-1", "222222222222", GREET.name());

        assertThat(owner.ask(Samples.create(foreign, CODE))).isEqualTo(new Verdict.CodeGone());
    }

    @Test
    void aPackageInUseMayBeUsedByOthers() {
        owner.active(GREET, CODE);
        owner.done(Samples.create(PART, CODE));
        owner.completed(DELETE);

        assertThat(owner.released()).isEmpty();
        owner.completed(new DeleteFunction(PART, null));
        assertThat(owner.released()).containsExactly("u1");
    }

    @Test
    void anUpdateReleasesTheOldPackageOnlyOnceItHasSettled() {
        owner.active(GREET, CODE);
        owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));
        assertThat(owner.released()).isEmpty(); // It still serves.

        owner.settle();

        assertThat(owner.released()).containsExactly("u1");
    }

    @Test
    void aPublishedVersionKeepsItsPackage() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);
        owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));
        owner.settle();
        assertThat(owner.released()).isEmpty();

        owner.completed(new DeleteFunction(GREET, new Version.Published(1)));

        assertThat(owner.released()).containsExactly("u1");
    }

    @Test
    void deletingWhileAnUpdateIsInProgressReleasesBothPackages() {
        owner.active(GREET, CODE);
        owner.stored(NEWER_CODE).done(Samples.updateCode(GREET, NEWER_CODE));

        owner.completed(DELETE);

        assertThat(owner.released()).containsExactlyInAnyOrder("u1", "u2");
    }

    @Test
    void theSamePackageAgainIsNotReleased() {
        owner.active(GREET, CODE);
        owner.done(Samples.updateCode(GREET, CODE));
        owner.settle();

        assertThat(owner.released()).isEmpty();
    }

    @Test
    void aPackageOfARefusedCommandIsReleasedUnlessSomebodyUsesIt() {
        owner.active(GREET, CODE);

        owner.ask(Samples.create(GREET, CODE));
        assertThat(owner.released()).isEmpty();

        owner.stored(NEWER_CODE).ask(Samples.create(GREET, NEWER_CODE));
        assertThat(owner.released()).containsExactly("u2");
        assertThat(owner.ask(Samples.create(PART, NEWER_CODE))).isEqualTo(new Verdict.CodeGone());
    }

    @Test
    void aPackageThatNoCommandCameForIsReleasedInTime() {
        owner.stored(CODE, NEWER_CODE).done(Samples.create(GREET, CODE));
        owner.turn(RegistryDecisions.UPLOAD_KEPT.minusMillis(1));
        owner.release();
        assertThat(owner.released()).isEmpty();

        owner.turn(Duration.ofMillis(1));
        owner.release();

        assertThat(owner.released()).containsExactly("u2");
    }

    @Test
    void anAnnouncementThatComesLateOrTwiceChangesNothing() {
        owner.active(GREET, CODE);
        var contents = owner.table.contents();

        owner.stored(CODE);

        assertThat(owner.table.contents()).isEqualTo(contents);
    }
}
