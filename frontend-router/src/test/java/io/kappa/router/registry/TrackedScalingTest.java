package io.kappa.router.registry;

import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.PUBLISH;
import static io.kappa.router.registry.Samples.numbered;
import static io.kappa.router.registry.ScalingDecisionsTest.changing;
import static io.kappa.router.registry.ScalingDecisionsTest.ranged;
import static io.kappa.router.registry.ScalingDecisionsTest.tracking;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.provisioned.ProvisionedUseReport;
import io.kappa.contracts.provisioned.ProvisionedUseReport.Use;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.ScalingActivitiesRecord;
import io.kappa.contracts.registry.ScalingActivitiesRecord.Activity;
import io.kappa.contracts.registry.ScalingActivitiesRecord.Status;
import io.kappa.contracts.registry.ScalingPolicyRecord;
import io.kappa.contracts.registry.ScalingRecord;
import io.kappa.router.autoscaling.PolicyAlarms;
import io.kappa.router.registry.CommandRecord.AnnounceUpload;
import io.kappa.router.registry.CommandRecord.Ask;
import io.kappa.router.registry.RegistryCommand.CreateAlias;
import io.kappa.router.registry.RegistryCommand.PutProvisionedConcurrency;
import io.kappa.router.registry.ScalingChange.RegisterTarget;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What routers tell of the use of what is provisioned scales it, minute by minute. */
class TrackedScalingTest {
    private static final VersionArn ONE = numbered(GREET, 1);

    private final Partition partition = new Partition();
    private int commands;

    @BeforeEach
    void provisionAVersion() {
        partition.read(new AnnounceUpload(Upload.of(ACCOUNT, CODE)));
        ask(Samples.create(GREET, CODE));
        partition.tick();
        ask(PUBLISH);
        partition.clock.turn(Duration.ofSeconds(30)); // The house is kept in the middle of each minute.
    }

    private void track(String qualifier, int provisioned) {
        ask(changing(qualifier, ranged(1, 100)));
        ask(changing(qualifier, tracking(0.7)));
        ask(new PutProvisionedConcurrency(GREET, qualifier, provisioned));
    }

    private void ask(RegistryCommand command) {
        partition.read(new Ask("c" + ++commands, partition.clock.instant(), command));
        assertThat(((Verdict.Answered) partition.replies().getLast().verdict()).answer())
                .isInstanceOf(RegistryAnswer.Done.class);
    }

    /** Lets a minute pass, has routers tell of it, and the house kept. */
    private void minute(Use... uses) {
        long minute = partition.clock.instant().getEpochSecond() / 60;
        partition.clock.turn(Duration.ofMinutes(1));
        if (uses.length > 0) {
            partition.use(new ProvisionedUseReport("router-1", ACCOUNT, minute, List.of(uses)));
        }
        partition.keepHouse();
    }

    private void minutes(int count, Use... uses) {
        for (int i = 0; i < count; i++) {
            minute(uses);
        }
    }

    private int provisioned(String qualifier) {
        var config = (ProvisionedConcurrencyRecord)
                partition.latestRecords().get(ProvisionedConcurrencyRecord.key(GREET, qualifier));
        return config == null ? 0 : config.requested();
    }

    private ScalingPolicyRecord policy(String qualifier) {
        return (ScalingPolicyRecord) Objects.requireNonNull(
                partition.latestRecords().get(ScalingRecord.policyKey(GREET, qualifier, "policy")));
    }

    private List<Activity> activities(String qualifier) {
        var record =
                (ScalingActivitiesRecord) partition.latestRecords().get(ScalingRecord.activitiesKey(GREET, qualifier));
        return record == null ? List.of() : record.activities();
    }

    @Test
    void threeBusyMinutesScaleOut() {
        track("1", 10);
        minutes(2, new Use(ONE, 9, 10));
        assertThat(provisioned("1")).isEqualTo(10);

        minute(new Use(ONE, 9, 10));

        assertThat(provisioned("1")).isEqualTo(13);
        assertThat(policy("1").lastScaleOut()).isEqualTo(partition.clock.instant());
        assertThat(activities("1")).singleElement().satisfies(activity -> {
            assertThat(activity.description()).isEqualTo("Setting provisioned concurrency to 13.");
            assertThat(activity.cause())
                    .isEqualTo("monitor alarm " + PolicyAlarms.high(policy("1"))
                            + " in state ALARM triggered policy policy");
            assertThat(activity.status()).isEqualTo(Status.Successful);
        });
    }

    @Test
    void fifteenQuietMinutesScaleInByATenthEachMinute() {
        track("1", 20);
        minutes(14, new Use(ONE, 1, 20));
        assertThat(provisioned("1")).isEqualTo(20);

        minute(new Use(ONE, 1, 20));
        assertThat(provisioned("1")).isEqualTo(18);
        minute(new Use(ONE, 1, 18));

        assertThat(provisioned("1")).isEqualTo(17);
        assertThat(policy("1").lastScaleIn()).isEqualTo(partition.clock.instant());
        assertThat(activities("1").getLast().cause()).contains(PolicyAlarms.low(policy("1")));
    }

    @Test
    void whatRoutersTellIsAddedUpAndToldTwiceCountsOnce() {
        track("1", 10);
        for (int i = 0; i < 3; i++) {
            long minute = partition.clock.instant().getEpochSecond() / 60;
            partition.clock.turn(Duration.ofMinutes(1));
            for (var router : List.of("router-1", "router-2", "router-1", "router-3")) {
                partition.use(new ProvisionedUseReport(router, ACCOUNT, minute, List.of(new Use(ONE, 3, 10))));
            }
            partition.keepHouse();
        }

        assertThat(provisioned("1")).as("9 of 10 are in use").isEqualTo(13);
    }

    @Test
    void anIdleVersionKeepsWhatItHas() {
        track("1", 10);

        minutes(30, new Use(ONE, 0, 10));
        minutes(5);

        assertThat(provisioned("1")).isEqualTo(10);
        assertThat(activities("1")).isEmpty();
    }

    @Test
    void withoutAConfigurationThereIsNothingToTrack() {
        ask(changing("1", ranged(1, 100)));
        ask(changing("1", tracking(0.7)));

        minutes(5, new Use(ONE, 1, 1));

        assertThat(provisioned("1")).isZero();
    }

    @Test
    void whatLiesOutsideTheRangeIsBroughtIntoItOnceThereIsAPolicy() {
        ask(new PutProvisionedConcurrency(GREET, "1", 3));
        ask(changing("1", ranged(5, 100)));
        minute();
        assertThat(provisioned("1")).isEqualTo(3);

        ask(changing("1", tracking(0.7)));
        minute();

        assertThat(provisioned("1")).isEqualTo(5);
        assertThat(activities("1").getLast().cause()).isEqualTo("minimum capacity was set to 5");
        ask(changing("1", ranged(1, 2)));
        ask(changing("1", new RegisterTarget("id", null, null, true, null, null, Map.of())));
        minute();
        assertThat(provisioned("1")).as("scaling in is suspended").isEqualTo(5);
    }

    @Test
    void whatFailsEveryMinuteIsToldOnce() {
        ask(new RegistryCommand.PutFunctionConcurrency(GREET, 10));
        track("1", 10);

        minutes(6, new Use(ONE, 9, 10));

        assertThat(provisioned("1")).isEqualTo(10);
        assertThat(policy("1").lastScaleOut()).isNull();
        assertThat(activities("1"))
                .singleElement()
                .satisfies(activity -> assertThat(activity.status()).isEqualTo(Status.Failed));
    }

    @Test
    void ofAnAliasWithTwoVersionsBothCount() {
        ask(new RegistryCommand.UpdateFunctionConfiguration(GREET, Samples.described("newer"), null));
        partition.tick();
        ask(PUBLISH);
        ask(new CreateAlias(
                GREET,
                "live",
                new Version.Published(1),
                "",
                List.of(new AliasRecord.Additional(new Version.Published(2), 0.5))));
        track("live", 20);

        minutes(3, new Use(ONE, 10, 10), new Use(numbered(GREET, 2), 2, 10));
        assertThat(provisioned("live")).as("12 of 20 are in use").isEqualTo(20);
        minutes(3, new Use(ONE, 10, 10), new Use(numbered(GREET, 2), 6, 10));

        assertThat(provisioned("live")).as("16 of 20 are in use").isEqualTo(23);
    }

    @Test
    void anotherOwnerGoesOnWithWhatWasTold() {
        track("1", 10);
        minutes(2, new Use(ONE, 9, 10));

        partition.crash();
        minute(new Use(ONE, 9, 10));

        assertThat(provisioned("1")).isEqualTo(13);
    }

    @Test
    void reportsThatAreNoneChangeNothing() {
        track("1", 10);
        var before = partition.committed.size();

        partition.use(ACCOUNT, null);
        partition.use(ACCOUNT, "nonsense".getBytes(StandardCharsets.UTF_8));
        partition.use(
                "222222222222",
                ("{\"v\":1,\"router\":\"r\",\"account\":\"" + ACCOUNT + "\",\"minute\":1,\"uses\":[]}")
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(partition.committed).hasSize(before);
    }
}
