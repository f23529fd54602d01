package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.PART;
import static io.kappa.router.registry.Samples.PUBLISH;
import static io.kappa.router.registry.Samples.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import org.junit.jupiter.api.Test;

/** Functions and versions go. */
class DeleteDecisionsTest {
    private final Ownership owner = new Ownership();

    @Test
    void aFunctionGoesWithAllItsVersions() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);

        assertThat(owner.completed(DELETE).version()).isNull();

        assertThat(owner.state.function(GREET)).isEmpty();
        assertThat(owner.state.versions(GREET)).isEmpty();
        assertThat(owner.state.codeBytes(ACCOUNT)).isZero();
    }

    @Test
    void aFunctionCanBeDeletedWhileItIsPendingOrUpdated() {
        owner.stored(CODE).done(Samples.create(GREET, CODE));
        owner.completed(DELETE);
        owner.active(PART, CODE);
        owner.done(Samples.updateCode(PART, CODE));
        owner.completed(new DeleteFunction(PART, null));

        assertThat(owner.state.inTransition()).isEmpty();
    }

    @Test
    void oneVersionGoesAlone() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);

        owner.completed(new DeleteFunction(GREET, new Version.Published(1)));

        assertThat(owner.state.version(numbered(GREET, 1))).isEmpty();
        assertThat(owner.state.function(GREET)).isPresent();
    }

    @Test
    void aNumberNeverPublishedSucceedsAgainAndAgain() {
        owner.active(GREET, CODE);
        var contents = owner.table.contents();

        owner.completed(new DeleteFunction(GREET, new Version.Published(7)));
        owner.completed(new DeleteFunction(GREET, new Version.Published(7)));

        assertThat(owner.table.contents()).isEqualTo(contents);
    }

    @Test
    void latestCannotGoAlone() {
        owner.active(GREET, CODE);

        assertThat(owner.ask(new DeleteFunction(GREET, new Version.Latest())))
                .isEqualTo(refused(
                        ErrorCode.INVALID_PARAMETER_VALUE,
                        "$LATEST version cannot be deleted without deleting the function."));
    }

    @Test
    void aFunctionThatDoesNotExistIsNotFoundByItsUnqualifiedArn() {
        var notFound = refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET);

        assertThat(owner.ask(DELETE)).isEqualTo(notFound);
        assertThat(owner.ask(new DeleteFunction(GREET, new Version.Published(1))))
                .isEqualTo(notFound);
        owner.active(GREET, CODE);
        owner.completed(DELETE);
        assertThat(owner.ask(DELETE)).isEqualTo(notFound);
    }

    @Test
    void aFunctionWhoseNameBeginsAlikeStays() {
        owner.active(GREET, CODE);
        owner.active(Samples.arn("greet2"), CODE);
        owner.active(Samples.arn("greet-"), CODE);

        owner.completed(DELETE);

        assertThat(owner.state.versions(Samples.arn("greet2"))).hasSize(1);
        assertThat(owner.state.versions(Samples.arn("greet-"))).hasSize(1);
    }
}
