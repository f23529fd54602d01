package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.refused;
import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.PART;
import static io.kappa.router.registry.Samples.additional;
import static io.kappa.router.registry.Samples.alias;
import static io.kappa.router.registry.Samples.provision;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.CreateAlias;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import io.kappa.router.registry.RegistryCommand.DeleteFunctionConcurrency;
import io.kappa.router.registry.RegistryCommand.DeleteProvisionedConcurrency;
import io.kappa.router.registry.RegistryCommand.PutFunctionConcurrency;
import io.kappa.router.registry.RegistryCommand.UpdateAlias;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Execution environments are kept ready for versions and aliases. */
class ProvisionedDecisionsTest {
    private static final String FLOOR =
            "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its "
                    + "minimum value of [100].";
    private static final String ABOVE_RESERVATION =
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function";
    private static final String UNPUBLISHED =
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.";
    private static final Version LATEST = new Version.Latest();
    private static final Version TWO = new Version.Published(2);

    private final Ownership owner = new Ownership();

    @BeforeEach
    void publishTwoVersions() {
        owner.published(GREET, 2);
    }

    private int allocated() {
        return owner.state.allocatedConcurrency(ACCOUNT, "us-east-1");
    }

    private static UpdateAlias pointing(String name, Version version) {
        return new UpdateAlias(GREET, name, new AliasChange(version, null, null), null);
    }

    @Test
    void whatIsAskedForIsKeptAndPutAgainReplacesIt() {
        owner.completed(provision(GREET, "1", 5));
        owner.turn(Duration.ofMinutes(1));

        var config = owner.completed(provision(GREET, "1", 7)).provisioned();

        assertThat(config).isEqualTo(new ProvisionedConcurrencyRecord(GREET, "1", 7, owner.now()));
        assertThat(owner.state.provisioned(GREET)).containsExactly(config);
        assertThat(allocated()).isEqualTo(7);
    }

    @Test
    void unpublishedCodeHasNone() {
        assertThat(owner.ask(provision(GREET, "$LATEST", 1)))
                .isEqualTo(refused(ErrorCode.INVALID_PARAMETER_VALUE, UNPUBLISHED));
        owner.pointed(new CreateAlias(GREET, "dev", LATEST, "", List.of()));
        assertThat(owner.ask(provision(GREET, "dev", 1)))
                .isEqualTo(refused(ErrorCode.INVALID_PARAMETER_VALUE, UNPUBLISHED));
        owner.pointed(alias("live", 1));
        owner.completed(provision(GREET, "live", 1));
        assertThat(owner.ask(pointing("live", LATEST)))
                .isEqualTo(refused(ErrorCode.INVALID_PARAMETER_VALUE, UNPUBLISHED));
    }

    @Test
    void whatDoesNotExistIsNotFound() {
        assertThat(owner.ask(provision(GREET, "9", 1)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET + ":9"));
        assertThat(owner.ask(provision(GREET, "0", 1)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + GREET + ":0"));
        assertThat(owner.ask(provision(GREET, "live", 1)))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Cannot find alias arn: " + GREET + ":live"));
        assertThat(owner.ask(new DeleteProvisionedConcurrency(GREET, "live")))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Cannot find alias arn: " + GREET + ":live"));
        assertThat(owner.ask(new DeleteProvisionedConcurrency(PART, "1")))
                .isEqualTo(refused(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + PART + ":1"));
    }

    @Test
    void aVersionAndAnAliasOfItDoNotBothHaveSome() {
        var taken = refused(
                ErrorCode.RESOURCE_CONFLICT,
                "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
        owner.pointed(alias("live", 1));
        owner.pointed(new CreateAlias(GREET, "both", TWO, "", additional(1, 0.5)));
        owner.completed(provision(GREET, "1", 1));
        assertThat(owner.ask(provision(GREET, "live", 1))).isEqualTo(taken);
        assertThat(owner.ask(provision(GREET, "both", 1))).isEqualTo(taken);

        owner.completed(new DeleteProvisionedConcurrency(GREET, "1"));
        owner.completed(provision(GREET, "both", 1));
        for (var version : List.of("1", "2")) {
            assertThat(owner.ask(provision(GREET, version, 1)))
                    .isEqualTo(refused(
                            ErrorCode.RESOURCE_CONFLICT, "Version is pointed by a Provisioned Concurrency alias"));
        }
    }

    @Test
    void anAliasWithSomeIsNotPointedAtAVersionWithItsOwn() {
        owner.pointed(alias("live", 1));
        owner.completed(provision(GREET, "live", 1));
        owner.completed(provision(GREET, "2", 1));
        var taken = refused(
                ErrorCode.RESOURCE_CONFLICT,
                "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");

        assertThat(owner.ask(pointing("live", TWO))).isEqualTo(taken);
        assertThat(owner.ask(new UpdateAlias(GREET, "live", new AliasChange(null, null, additional(2, 0.1)), null)))
                .isEqualTo(taken);
        owner.completed(new DeleteProvisionedConcurrency(GREET, "live"));
        assertThat(owner.pointed(pointing("live", TWO)).version()).isEqualTo(TWO);
    }

    @Test
    void atLeastAHundredStayUnreserved() {
        owner.published(PART, 1);
        owner.completed(new PutFunctionConcurrency(PART, 300));

        assertThat(owner.ask(provision(GREET, "1", 701)))
                .isEqualTo(
                        refused(
                                ErrorCode.TOO_LITTLE_UNRESERVED,
                                "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [700]."));
        assertThat(owner.ask(provision(GREET, "1", 601))).isEqualTo(refused(ErrorCode.TOO_LITTLE_UNRESERVED, FLOOR));
        owner.completed(provision(GREET, "1", 400));
        owner.completed(provision(GREET, "2", 200));
        assertThat(owner.ask(provision(GREET, "2", 201))).isEqualTo(refused(ErrorCode.TOO_LITTLE_UNRESERVED, FLOOR));
        assertThat(allocated()).isEqualTo(900);
    }

    @Test
    void ofAFunctionWithAReservationThatAloneCounts() {
        owner.completed(new PutFunctionConcurrency(GREET, 10));

        owner.completed(provision(GREET, "1", 6));
        owner.completed(provision(GREET, "2", 4));
        assertThat(owner.ask(provision(GREET, "2", 5)))
                .isEqualTo(refused(ErrorCode.TOO_LITTLE_UNRESERVED, ABOVE_RESERVATION));

        assertThat(allocated()).isEqualTo(10);
    }

    @Test
    void aReservationIsNotBelowWhatIsProvisioned() {
        owner.completed(provision(GREET, "1", 2));

        assertThat(owner.ask(new PutFunctionConcurrency(GREET, 1)))
                .isEqualTo(refused(
                        ErrorCode.TOO_LITTLE_UNRESERVED,
                        " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned "
                                + "concurrency [2]."));
        owner.completed(new PutFunctionConcurrency(GREET, 2));
        assertThat(allocated()).isEqualTo(2);
    }

    @Test
    void whatWasProvisionedIsNoObstacleToReservingAsMuchAsPossible() {
        owner.completed(provision(GREET, "1", 500));

        owner.completed(new PutFunctionConcurrency(GREET, 900));

        assertThat(allocated()).isEqualTo(900);
        owner.completed(new DeleteFunctionConcurrency(GREET));
        assertThat(allocated()).isEqualTo(500);
    }

    @Test
    void whatIsDeletedMakesRoom() {
        owner.completed(provision(GREET, "1", 500));
        owner.completed(provision(GREET, "2", 400));

        owner.completed(new DeleteProvisionedConcurrency(GREET, "2"));
        assertThat(allocated()).isEqualTo(500);
        owner.completed(new DeleteFunction(GREET, new Version.Published(1)));
        assertThat(allocated()).isZero();
        owner.completed(provision(GREET, "2", 400));
        owner.completed(DELETE);
        assertThat(allocated()).isZero();
    }

    @Test
    void deletingWhatIsNotThereChangesNothing() {
        int before = owner.recorded.size();

        owner.completed(new DeleteProvisionedConcurrency(GREET, "1"));

        assertThat(owner.recorded).hasSize(before);
    }
}
