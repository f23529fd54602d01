package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.NEWER_CODE;
import static io.kappa.router.registry.Samples.PART;
import static io.kappa.router.registry.Samples.PUBLISH;
import static io.kappa.router.registry.Samples.latest;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is the same whatever is decided. */
class RegistryDecisionsTest {
    private final Ownership owner = new Ownership();

    @Test
    void whatIsNotInTransitionDoesNotSettle() {
        owner.active(GREET, CODE);

        assertThat(owner.settling(latest(GREET))).isEmpty();
        assertThat(owner.settling(latest(PART))).isEmpty();
    }

    @Test
    void aFunctionCreatedAnewMeanwhileSettlesAsItself() {
        owner.stored(CODE).done(Samples.create(GREET, CODE));
        owner.completed(DELETE);
        owner.stored(NEWER_CODE).done(Samples.create(GREET, NEWER_CODE));

        owner.settle();

        assertThat(owner.latest(GREET).requested().code()).isEqualTo(NEWER_CODE);
    }

    @Test
    void everyChangeOfARecordRaisesTheAccountsSequence() {
        owner.active(GREET, CODE);
        assertThat(owner.state.sequence(ACCOUNT)).isEqualTo(3); // function, $LATEST, $LATEST active

        owner.done(PUBLISH);
        assertThat(owner.state.sequence(ACCOUNT)).isEqualTo(6); // function, $LATEST, version

        owner.completed(DELETE);
        assertThat(owner.state.sequence(ACCOUNT)).isEqualTo(9); // function, and both versions gone
    }

    @Test
    void theLastRecordOfADeletionHasAValueSoThatItsNumberIsKept() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);

        owner.completed(new DeleteFunction(GREET, new Version.Published(1)));
        assertThat(owner.recorded.getLast()).isEqualTo(new Change.Recorded(owner.function(GREET)));

        var last = owner.latest(GREET);
        owner.completed(DELETE);
        assertThat(owner.recorded)
                .endsWith(
                        new Change.Removed(last),
                        new Change.Recorded(new FunctionRecord(GREET, 1, null, 1, Map.of(), null, true)),
                        new Change.UploadReleased(Upload.of(ACCOUNT, CODE)));
    }

    @Test
    void refusalsRaiseNothing() {
        owner.ask(DELETE);

        assertThat(owner.state.sequence(ACCOUNT)).isZero();
    }
}
