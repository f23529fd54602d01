package io.kappa.contracts.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.ScalingActivitiesRecord.Activity;
import io.kappa.contracts.registry.ScalingActivitiesRecord.Status;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScalingRecordTest {
    private static final FunctionArn FUNCTION =
            FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet");
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final ScalableTargetRecord TARGET = new ScalableTargetRecord(
            FUNCTION, "live", "abc", 1, 10, ScalableTargetRecord.Suspended.NOTHING, NOON, Map.of());
    private static final ScalingPolicyRecord POLICY =
            new ScalingPolicyRecord(FUNCTION, "live", "70 %/x", "id", 0.7, null, 60, null, NOON, null, null);
    private static final ScheduledActionRecord ACTION = new ScheduledActionRecord(
            FUNCTION, "live", "münchen", "id", "rate(1 day)", null, null, null, 5, null, NOON, NOON, null);

    private static final RecordCodec<RegistryRecord> CODEC = RecordCodec.of(RegistryRecord.class);

    private static String text(RegistryRecord record) {
        return new String(CODEC.encode(record), StandardCharsets.UTF_8);
    }

    @Test
    void recordsOfEarlierReleasesStillSayTheSame() {
        assertThat(CODEC.decode("""
                        {"kind":"scalable-target","v":1,"function":"arn:aws:lambda:us-east-1:111111111111:function:greet",\
                        "qualifier":"live","id":"abc","minimum":1,"maximum":10,"suspended":{"scaleIn":false,\
                        "scaleOut":false,"scheduled":false},"created":"2026-11-20T12:00:00Z","tags":{},"later":1}""".getBytes(StandardCharsets.UTF_8))).isEqualTo(TARGET);
        assertThat(CODEC.decode("""
                        {"kind":"scaling-policy","v":1,"function":"arn:aws:lambda:us-east-1:111111111111:function:greet",\
                        "qualifier":"live","name":"70 %/x","id":"id","targetValue":0.7,"scaleInCooldownSeconds":60,\
                        "created":"2026-11-20T12:00:00Z"}""".getBytes(StandardCharsets.UTF_8))).isEqualTo(POLICY);
        assertThat(text(ACTION))
                .isEqualTo("{\"kind\":\"scheduled-action\",\"v\":1,"
                        + "\"function\":\"arn:aws:lambda:us-east-1:111111111111:function:greet\",\"qualifier\":\"live\","
                        + "\"name\":\"münchen\",\"id\":\"id\",\"schedule\":\"rate(1 day)\",\"minimum\":5,"
                        + "\"created\":\"2026-11-20T12:00:00Z\",\"changed\":\"2026-11-20T12:00:00Z\"}");
        var activities = new ScalingActivitiesRecord(
                FUNCTION, "live", List.of(new Activity("id", 1, "what", "why", NOON, Status.Failed, "no")));
        assertThat(CODEC.decode(CODEC.encode(activities))).isEqualTo(activities);
    }

    @Test
    void keysAreAsciiAndSayOfWhichFunction() {
        var activities = new ScalingActivitiesRecord(FUNCTION, "live", List.of());
        for (var record : List.of(TARGET, POLICY, ACTION, activities)) {
            assertThat(record.key()).isPrintable().matches("\\p{ASCII}+");
            assertThat(RegistryKey.parse(record.key())).isEqualTo(new RegistryKey.OfScaling(FUNCTION, record.key()));
        }
        assertThat(POLICY.key()).isEqualTo(FUNCTION + ":live#scaling-policy/70+%25%2Fx");
        assertThatThrownBy(() -> RegistryKey.parse(FUNCTION + ":live#scalable-nonsense"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aViewHoldsThemUntilTheyAreGone() {
        var view = new RegistryView();
        view.apply(TARGET.key(), CODEC.encode(TARGET), 1);
        view.apply(POLICY.key(), CODEC.encode(POLICY), 2);

        assertThat(view.scaling(ScalableTargetRecord.class)).containsExactly(TARGET);
        assertThat(view.scaling(POLICY.key())).contains(POLICY);
        view.apply(POLICY.key(), null, 3);
        assertThat(view.scaling(POLICY.key())).isEmpty();
        assertThat(view.reached("111111111111", 3)).isCompleted();
        assertThat(view.functions()).as("no function is made up for them").isEmpty();
    }

    @Test
    void theLastFiftyActivitiesAreKept() {
        var activities = new ScalingActivitiesRecord(FUNCTION, "live", List.of());
        for (int i = 0; i < 60; i++) {
            activities = activities.with(
                    new Activity("id", activities.next(), "what", "why", NOON, Status.Successful, "ok"));
        }

        assertThat(activities.activities()).hasSize(ScalingActivitiesRecord.MOST);
        assertThat(activities.activities().getFirst().number()).isEqualTo(11);
        assertThat(activities.next()).isEqualTo(61);
    }

    @Test
    void aRangeThatIsNoneCannotBe() {
        assertThatThrownBy(() -> TARGET.withRange(2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TARGET.withRange(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(TARGET.withRange(2, 5).nearest(9)).isEqualTo(5);
        assertThat(TARGET.withRange(2, 5).nearest(0)).isEqualTo(2);
        assertThat(TARGET.withRange(2, 5).nearest(3)).isEqualTo(3);
    }
}
