package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.NEWER_CODE;
import static io.kappa.router.registry.Samples.PART;
import static io.kappa.router.registry.Samples.PUBLISH;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.DeleteFunctionConcurrency;
import io.kappa.router.registry.RegistryCommand.PutFunctionConcurrency;
import org.junit.jupiter.api.Test;

/** Concurrency is reserved for functions. */
class ReservationDecisionsTest {
    private static final String FLOOR =
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
                    + "below its minimum value of [100].";

    private final Ownership owner = new Ownership();

    private int reserved() {
        return owner.state.allocatedConcurrency(ACCOUNT, "us-east-1");
    }

    @Test
    void aReservationBelongsToTheFunction() {
        owner.active(GREET, CODE);

        owner.completed(new PutFunctionConcurrency(GREET, 7));
        owner.done(PUBLISH);

        assertThat(owner.function(GREET).reservedConcurrency()).isEqualTo(7);
        assertThat(owner.function(GREET).tags()).containsEntry("team", "blue");
        assertThat(reserved()).isEqualTo(7);
    }

    @Test
    void nineHundredCanBeReservedAndNotOneMore() {
        owner.active(GREET, CODE);
        owner.active(PART, CODE);
        owner.completed(new PutFunctionConcurrency(GREET, 800));

        owner.completed(new PutFunctionConcurrency(PART, 100));
        assertThat(owner.ask(new PutFunctionConcurrency(PART, 101)))
                .isEqualTo(refused(ErrorCode.TOO_LITTLE_UNRESERVED, FLOOR));
        assertThat(owner.ask(new PutFunctionConcurrency(GREET, Integer.MAX_VALUE)))
                .isEqualTo(refused(ErrorCode.TOO_LITTLE_UNRESERVED, FLOOR));

        owner.completed(new PutFunctionConcurrency(GREET, 799));
        owner.completed(new PutFunctionConcurrency(PART, 101));
        assertThat(reserved()).isEqualTo(900);
    }

    @Test
    void regionsAreCountedEachForItself() {
        var elsewhere = FunctionArn.parse("arn:aws:lambda:eu-west-1:" + ACCOUNT + ":function:greet");
        owner.active(GREET, CODE);
        owner.active(elsewhere, NEWER_CODE);

        owner.completed(new PutFunctionConcurrency(GREET, 900));
        owner.completed(new PutFunctionConcurrency(elsewhere, 900));

        assertThat(reserved()).isEqualTo(900);
    }

    @Test
    void whatMustStayUnreservedFollowsTheAccountsQuota() {
        var large = new Ownership(new AccountQuotas(5000));
        large.active(GREET, CODE);
        large.completed(new PutFunctionConcurrency(GREET, 4900));
        assertThat(large.ask(new PutFunctionConcurrency(GREET, 4901)))
                .isEqualTo(refused(ErrorCode.TOO_LITTLE_UNRESERVED, FLOOR));

        var small = new Ownership(new AccountQuotas(10));
        small.active(GREET, CODE);
        small.completed(new PutFunctionConcurrency(GREET, 0));
        assertThat(small.ask(new PutFunctionConcurrency(GREET, 1)))
                .isEqualTo(refused(ErrorCode.TOO_LITTLE_UNRESERVED, FLOOR.replace("100", "10")));
    }

    @Test
    void nothingCanBeReservedAsWell() {
        owner.active(GREET, CODE);

        owner.completed(new PutFunctionConcurrency(GREET, 0));

        assertThat(owner.function(GREET).reservedConcurrency()).isZero();
    }

    @Test
    void aDeletedReservationOrFunctionMakesRoom() {
        owner.active(GREET, CODE);
        owner.completed(new PutFunctionConcurrency(GREET, 900));
        owner.completed(new DeleteFunctionConcurrency(GREET));
        assertThat(reserved()).isZero();
        assertThat(owner.function(GREET).reservedConcurrency()).isNull();

        owner.completed(new PutFunctionConcurrency(GREET, 900));
        owner.completed(DELETE);
        assertThat(reserved()).isZero();
    }

    @Test
    void deletingWhatIsNotReservedChangesNothing() {
        owner.active(GREET, CODE);
        int before = owner.recorded.size();

        owner.completed(new DeleteFunctionConcurrency(GREET));

        assertThat(owner.recorded).hasSize(before);
    }

    @Test
    void aFunctionThatDoesNotExistIsNotFound() {
        assertThat(owner.ask(new PutFunctionConcurrency(GREET, 1)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET + ":$LATEST"));
        assertThat(owner.ask(new DeleteFunctionConcurrency(GREET)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET));
    }
}
