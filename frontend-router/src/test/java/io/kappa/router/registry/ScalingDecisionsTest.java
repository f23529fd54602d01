package io.kappa.router.registry;

import static io.kappa.router.registry.Ownership.NOON;
import static io.kappa.router.registry.Samples.ACCOUNT;
import static io.kappa.router.registry.Samples.CODE;
import static io.kappa.router.registry.Samples.DELETE;
import static io.kappa.router.registry.Samples.GREET;
import static io.kappa.router.registry.Samples.PART;
import static io.kappa.router.registry.Samples.PUBLISH;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.ScalableTargetRecord;
import io.kappa.contracts.registry.ScalingRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.ChangeScaling;
import io.kappa.router.registry.RegistryCommand.CreateAlias;
import io.kappa.router.registry.RegistryCommand.DeleteAlias;
import io.kappa.router.registry.RegistryCommand.DeleteFunction;
import io.kappa.router.registry.ScalingChange.DeregisterTarget;
import io.kappa.router.registry.ScalingChange.PutAction;
import io.kappa.router.registry.ScalingChange.PutPolicy;
import io.kappa.router.registry.ScalingChange.RegisterTarget;
import io.kappa.router.registry.ScalingChange.Tag;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Versions and aliases are registered to be scaled, and what is set for them lasts as long as they do. */
class ScalingDecisionsTest {
    private final Ownership owner = new Ownership();

    @BeforeEach
    void publishAVersion() {
        owner.active(GREET, CODE);
        owner.done(PUBLISH);
    }

    static RegisterTarget ranged(@Nullable Integer minimum, @Nullable Integer maximum) {
        return new RegisterTarget("target-id", minimum, maximum, null, null, null, Map.of());
    }

    static PutPolicy tracking(double target) {
        return new PutPolicy("policy", "policy-id", target, null, null, null);
    }

    static PutAction scheduled(String schedule, @Nullable Integer minimum, @Nullable Integer maximum) {
        return new PutAction("action", "action-id", schedule, null, null, null, minimum, maximum);
    }

    static ChangeScaling changing(String qualifier, ScalingChange change) {
        return new ChangeScaling(GREET, qualifier, change);
    }

    private List<ScalingRecord> kept(String qualifier) {
        return owner.state.scaling(GREET, qualifier, ScalingRecord.class);
    }

    @Test
    void aTargetKeepsItsIdAndItsAge() {
        owner.completed(changing("1", ranged(1, 10)));
        owner.turn(Duration.ofDays(1));
        owner.completed(changing("1", new RegisterTarget("another-id", 2, null, true, null, null, Map.of())));

        var target = owner.state.scalableTarget(GREET, "1").orElseThrow();
        assertThat(target)
                .isEqualTo(new ScalableTargetRecord(
                        GREET,
                        "1",
                        "target-id",
                        2,
                        10,
                        new ScalableTargetRecord.Suspended(true, false, false),
                        NOON,
                        Map.of()));
    }

    @Test
    void deregisteringRemovesWhatWasSetAndEndsWithARecordThatStays() {
        owner.completed(changing("1", ranged(1, 10)));
        owner.completed(changing("1", tracking(0.7)));
        owner.completed(changing("1", scheduled("rate(1 day)", 1, null)));
        assertThat(kept("1")).hasSize(3);

        owner.completed(changing("1", new DeregisterTarget()));

        assertThat(kept("1")).isEmpty();
        assertThat(owner.state.scalableTargets()).isEmpty();
        assertThat(owner.recorded.getLast())
                .isInstanceOfSatisfying(
                        Change.Recorded.class, last -> assertThat(last.record()).isInstanceOf(FunctionRecord.class));
    }

    @Test
    void whatIsSetGoesWithTheVersion() {
        owner.completed(changing("1", ranged(1, 10)));
        owner.completed(changing("1", tracking(0.7)));

        owner.completed(new DeleteFunction(GREET, new Version.Published(1)));

        assertThat(kept("1")).isEmpty();
        assertThat(owner.state.scalableTargets()).isEmpty();
    }

    @Test
    void whatIsSetGoesWithTheAlias() {
        owner.completed(new CreateAlias(GREET, "live", new Version.Published(1), "", List.of()));
        owner.completed(changing("live", ranged(1, 10)));
        owner.completed(changing("1", ranged(1, 10)));

        owner.completed(new DeleteAlias(GREET, "live"));

        assertThat(kept("live")).isEmpty();
        assertThat(kept("1")).hasSize(1);
    }

    @Test
    void whatIsSetGoesWithTheFunction() {
        owner.completed(changing("1", ranged(1, 10)));
        owner.completed(changing("1", scheduled("rate(1 day)", 1, null)));

        owner.completed(DELETE);

        assertThat(kept("1")).isEmpty();
        assertThat(owner.state.scalableTargets()).isEmpty();
    }

    @Test
    void anAccountHasAtMostFiveHundredTargets() {
        owner.active(PART, CODE);
        owner.done(new RegistryCommand.PublishVersion(PART, null, null, null));
        for (int i = 0; i < ScalingDecisions.MOST_TARGETS; i++) {
            owner.state.apply(new Change.Recorded(new ScalableTargetRecord(
                    new FunctionArn("us-east-1", ACCOUNT, Samples.arn("f" + i).name()),
                    "1",
                    "id",
                    0,
                    1,
                    ScalableTargetRecord.Suspended.NOTHING,
                    NOON,
                    Map.of())));
        }

        assertThat(owner.ask(new ChangeScaling(PART, "1", ranged(1, 1))))
                .isEqualTo(Ownership.refused(
                        ErrorCode.LIMIT_EXCEEDED, "An account can have at most 500 scalable targets."));
    }

    @Test
    void aTargetHasAtMostFiftyTags() {
        owner.completed(changing("1", ranged(1, 10)));
        var many = IntStream.range(0, 50).boxed().collect(Collectors.toMap(i -> "k" + i, _ -> "v"));
        owner.completed(changing("1", new Tag(many)));

        owner.completed(changing("1", new Tag(Map.of("k1", "w"))));
        assertThat(owner.ask(changing("1", new Tag(Map.of("one", "more")))))
                .isEqualTo(Ownership.refused(ErrorCode.TOO_MANY_TAGS, "A scalable target can have at most 50 tags."));
    }

    @Test
    void theNameOfAnActionOrPolicyMayHoldAnything() {
        owner.completed(changing("1", ranged(1, 10)));
        owner.completed(changing("1", new PutPolicy("a/b#c ü%2F", "id", 0.5, null, null, null)));

        owner.completed(changing("1", new ScalingChange.DeletePolicy("a/b#c ü%2F")));

        assertThat(kept("1")).hasSize(1);
    }
}
