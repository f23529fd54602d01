package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.PUBLISH;
import static io.kappa.router.registry.ScalingDecisionsTest.changing;
import static io.kappa.router.registry.ScalingDecisionsTest.ranged;
import static io.kappa.router.registry.ScalingDecisionsTest.scheduled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.ScalableTargetRecord;
import io.kappa.contracts.registry.ScalingActivitiesRecord;
import io.kappa.contracts.registry.ScalingActivitiesRecord.Activity;
import io.kappa.contracts.registry.ScalingActivitiesRecord.Status;
import io.kappa.contracts.registry.ScalingRecord;
import io.kappa.router.registry.CommandRecord.AnnounceUpload;
import io.kappa.router.registry.CommandRecord.Ask;
import io.kappa.router.registry.RegistryCommand.PutProvisionedConcurrency;
import io.kappa.router.registry.ScalingChange.RegisterTarget;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is scheduled is done by the owner of the account, once, when it is due. */
class ScheduledScalingTest {
    private final Partition partition = new Partition();
    private int commands;

    @BeforeEach
    void registerAVersion() {
        partition.read(new AnnounceUpload(Upload.of(ACCOUNT, CODE)));
        ask(Samples.create(GREET, CODE));
        partition.tick();
        ask(PUBLISH);
        ask(changing("1", ranged(0, 10)));
    }

    private void ask(RegistryCommand command) {
        partition.read(new Ask("c" + ++commands, partition.clock.instant(), command));
        assertThat(((Verdict.Answered) partition.replies().getLast().verdict()).answer())
                .isInstanceOf(RegistryAnswer.Done.class);
    }

    private int provisioned() {
        var config = (ProvisionedConcurrencyRecord)
                partition.latestRecords().get(ProvisionedConcurrencyRecord.key(GREET, "1"));
        return config == null ? 0 : config.requested();
    }

    private ScalableTargetRecord target() {
        return (ScalableTargetRecord)
                Objects.requireNonNull(partition.latestRecords().get(ScalingRecord.targetKey(GREET, "1")));
    }

    private List<Activity> activities() {
        var record = (ScalingActivitiesRecord) partition.latestRecords().get(ScalingRecord.activitiesKey(GREET, "1"));
        return record == null ? List.of() : record.activities();
    }

    @Test
    void theOwnerWakesWhenAnActionIsDueAndRaisesWhatIsProvisioned() {
        ask(changing("1", scheduled("at(2026-11-20T12:00:05)", 4, null)));
        assertThat(partition.sleeping()).isBetween(Duration.ofSeconds(4), Duration.ofMillis(5001));

        partition.wake();

        assertThat(provisioned()).isEqualTo(4);
        assertThat(target().minimum()).isEqualTo(4);
        assertThat(target().maximum()).isEqualTo(10);
        assertThat(activities())
                .extracting(Activity::description, Activity::cause, Activity::status, Activity::message)
                .containsExactly(
                        tuple(
                                "Setting min capacity to 4",
                                "scheduled action name action was triggered",
                                Status.Successful,
                                "Successfully set min capacity to 4"),
                        tuple(
                                "Setting provisioned concurrency to 4.",
                                "minimum capacity was set to 4",
                                Status.Successful,
                                "Successfully set provisioned concurrency to 4."));
    }

    @Test
    void atHappensOnce() {
        ask(changing("1", scheduled("at(2026-11-20T12:00:05)", 4, null)));
        partition.wake();
        ask(new RegistryCommand.DeleteProvisionedConcurrency(GREET, "1"));

        partition.clock.turn(Duration.ofDays(400));
        partition.keepHouse();

        assertThat(partition.waking()).isFalse();
        assertThat(provisioned()).isZero();
    }

    @Test
    void whatLiesInsideTheNewRangeStays() {
        ask(new PutProvisionedConcurrency(GREET, "1", 5));
        ask(changing("1", scheduled("at(2026-11-20T12:00:05)", 2, 8)));

        partition.wake();

        assertThat(provisioned()).isEqualTo(5);
        assertThat(target().maximum()).isEqualTo(8);
        assertThat(activities()).hasSize(1);
    }

    @Test
    void whatLiesAboveTheNewRangeIsLowered() {
        ask(new PutProvisionedConcurrency(GREET, "1", 5));
        ask(changing("1", scheduled("at(2026-11-20T12:00:05)", null, 3)));

        partition.wake();

        assertThat(provisioned()).isEqualTo(3);
        assertThat(activities().getLast().cause()).isEqualTo("maximum capacity was set to 3");
    }

    @Test
    void aCapacityOfZeroRemovesTheConfiguration() {
        ask(new PutProvisionedConcurrency(GREET, "1", 5));
        ask(changing("1", scheduled("at(2026-11-20T12:00:05)", 0, 0)));

        partition.wake();

        assertThat(partition.latestRecords()).doesNotContainKey(ProvisionedConcurrencyRecord.key(GREET, "1"));
        assertThat(activities().getLast().description()).isEqualTo("Setting provisioned concurrency to 0.");
        assertThat(partition.outputs(RegistryTopology.RECORDS).getLast().value())
                .as("a removal never has the highest number")
                .isNotNull();
    }

    @Test
    void whatCannotBeProvisionedIsAnActivityThatFailed() {
        ask(new RegistryCommand.PutFunctionConcurrency(GREET, 3));
        ask(changing("1", scheduled("at(2026-11-20T12:00:05)", 4, null)));

        partition.wake();

        assertThat(provisioned()).isZero();
        assertThat(target().minimum()).as("the range is changed all the same").isEqualTo(4);
        var failed = activities().getLast();
        assertThat(failed.status()).isEqualTo(Status.Failed);
        assertThat(failed.message())
                .isEqualTo("Failed to set provisioned concurrency to 4. Reason: Requested Provisioned Concurrency "
                        + "should not be greater than the reservedConcurrentExecution for function");
    }

    @Test
    void aRangeThatTurnsOutToBeNoneFails() {
        ask(changing("1", scheduled("at(2026-11-20T12:00:05)", 11, null)));

        partition.wake();

        assertThat(target().minimum()).isZero();
        assertThat(activities()).singleElement().satisfies(activity -> {
            assertThat(activity.status()).isEqualTo(Status.Failed);
            assertThat(activity.message()).contains("Maximum capacity cannot be less than minimum capacity");
        });
    }

    @Test
    void whatIsDueWhileSuspendedIsPassedOver() {
        ask(changing("1", new RegisterTarget("id", null, null, null, null, true, Map.of())));
        ask(changing("1", scheduled("at(2026-11-20T12:00:05)", 4, null)));
        partition.wake();

        ask(changing("1", new RegisterTarget("id", null, null, null, null, false, Map.of())));
        partition.clock.turn(Duration.ofHours(1));
        partition.keepHouse();

        assertThat(provisioned()).isZero();
        assertThat(activities()).isEmpty();
    }

    @Test
    void ofRunsMissedWhileAllWasDownTheLatestIsMadeUpForAtTheNextStart() {
        ask(changing("1", scheduled("rate(10 minutes)", 4, null)));

        partition.clock.turn(Duration.ofHours(5));
        partition.crash();
        partition.wake();

        assertThat(provisioned()).isEqualTo(4);
        assertThat(activities()).hasSize(2);
        partition.keepHouse();
        assertThat(activities()).as("only once").hasSize(2);
    }

    @Test
    void aRunIsMadeUpForByWhateverWasDueLast() {
        ask(changing("1", scheduled("cron(0 13 * * ? *)", 4, null)));
        ask(changing("1", new ScalingChange.PutAction("evening", "id", "cron(0 18 * * ? *)", null, null, null, 1, 2)));

        partition.clock.turn(Duration.ofHours(20));
        partition.crash();
        partition.wake();

        assertThat(target().minimum()).isEqualTo(1);
        assertThat(provisioned()).isEqualTo(2);
    }

    @Test
    void anActionComesAgainAndAgain() {
        ask(changing("1", scheduled("rate(1 minute)", 4, null)));
        for (int i = 0; i < 3; i++) {
            partition.clock.turn(RegistryProcessor.HOUSEKEEPING);
            partition.keepHouse();
        }

        assertThat(activities())
                .extracting(Activity::description)
                .filteredOn(description -> description.startsWith("Setting min"))
                .hasSize(3);
    }

    @Test
    void anotherOwnerGoesOnWhereThisOneCrashed() {
        ask(changing("1", scheduled("at(2026-11-20T12:00:05)", 4, null)));
        partition.crash();

        partition.wake();
        partition.crash();

        assertThat(provisioned()).isEqualTo(4);
        assertThat(partition.waking()).isFalse();
        assertThat(activities()).hasSize(2);
    }

    @Test
    void aScheduleThatIsNotUnderstoodKeepsNoOtherFromBeingDone() {
        ask(changing("1", new ScalingChange.PutAction("newer", "id", "tide(high)", null, null, null, 9, null)));
        ask(changing("1", scheduled("at(2026-11-20T12:00:05)", 4, null)));

        partition.wake();

        assertThat(provisioned()).isEqualTo(4);
    }

    @Test
    void nothingWakesTheOwnerWithoutAnAction() {
        assertThat(partition.waking()).isFalse();
        ask(changing("1", scheduled("cron(0 8 * * ? *)", 4, null)));
        assertThat(partition.waking())
                .as("that is for the house-keeping to find")
                .isFalse();
    }
}
