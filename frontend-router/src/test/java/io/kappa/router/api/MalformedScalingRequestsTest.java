package io.kappa.router.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kappa.router.api.RawRequest.Answer;
import io.kappa.router.autoscaling.api.AutoScalingOperation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As {@link MalformedRequestsTest}, of Application Auto Scaling, whose operations are named by a header and refuse in a form of their own. */
class MalformedScalingRequestsTest {
    private static final long SEED = Long.getLong("kappa.malformed.seed", 1);
    private static final String TYPE = "application/x-amz-json-1.1";
    private static final String TARGET = "\"ServiceNamespace\":\"lambda\",\"ResourceId\":\"function:f:2\","
            + "\"ScalableDimension\":\"lambda:function:ProvisionedConcurrency\"";

    /** Members that Kappa refuses whatever they hold. */
    private static final Set<String> UNREAD = Set.of(
            "StepScalingPolicyConfiguration", "PredictiveScalingPolicyConfiguration", "CustomizedMetricSpecification");

    private static final SampleRequests WORLD = new SampleRequests();
    private static final Map<AutoScalingOperation, ObjectNode> SAMPLES = new EnumMap<>(AutoScalingOperation.class);

    @BeforeAll
    static void scale() {
        sample(
                AutoScalingOperation.REGISTER_SCALABLE_TARGET,
                TARGET + ",\"MinCapacity\":1,\"MaxCapacity\":5,\"SuspendedState\":"
                        + "{\"DynamicScalingInSuspended\":true,\"ScheduledScalingSuspended\":false}");
        sample(
                AutoScalingOperation.PUT_SCALING_POLICY,
                TARGET + ",\"PolicyName\":\"p\",\"PolicyType\":\"TargetTrackingScaling\","
                        + "\"TargetTrackingScalingPolicyConfiguration\":{\"TargetValue\":0.7,\"ScaleInCooldown\":60,"
                        + "\"DisableScaleIn\":false,\"PredefinedMetricSpecification\":"
                        + "{\"PredefinedMetricType\":\"LambdaProvisionedConcurrencyUtilization\"}}");
        sample(
                AutoScalingOperation.PUT_SCHEDULED_ACTION,
                TARGET
                        + ",\"ScheduledActionName\":\"a\",\"Schedule\":\"cron(0 8 * * ? *)\",\"Timezone\":\"Europe/Berlin\","
                        + "\"StartTime\":1800000000,\"EndTime\":1900000000.5,"
                        + "\"ScalableTargetAction\":{\"MinCapacity\":2,\"MaxCapacity\":3}");
        var made = new ArrayList<Answer>();
        SAMPLES.forEach((operation, body) -> made.add(sent(operation, body)));
        assertThat(made).allMatch(answer -> answer.status() == 200);
        var arn = SampleRequests.json(made.getFirst().body()).path("ScalableTargetARN");
        WORLD.registry.keep();
        sample(AutoScalingOperation.DEREGISTER_SCALABLE_TARGET, TARGET);
        sample(AutoScalingOperation.DELETE_SCALING_POLICY, TARGET + ",\"PolicyName\":\"p\"");
        sample(AutoScalingOperation.DELETE_SCHEDULED_ACTION, TARGET + ",\"ScheduledActionName\":\"a\"");
        for (var operation : AutoScalingOperation.values()) {
            if (operation.wireName().startsWith("Describe")) {
                sample(operation, "\"ServiceNamespace\":\"lambda\",\"MaxResults\":3");
            }
        }
        sample(AutoScalingOperation.TAG_RESOURCE, "\"ResourceARN\":" + arn + ",\"Tags\":{\"a\":\"b\"}");
        sample(AutoScalingOperation.UNTAG_RESOURCE, "\"ResourceARN\":" + arn + ",\"TagKeys\":[\"team\"]");
        sample(AutoScalingOperation.LIST_TAGS_FOR_RESOURCE, "\"ResourceARN\":" + arn);
    }

    private static void sample(AutoScalingOperation operation, String members) {
        SAMPLES.put(operation, (ObjectNode) SampleRequests.json("{" + members + "}"));
    }

    @AfterAll
    static void close() {
        WORLD.close();
    }

    private static Answer sent(AutoScalingOperation operation, ObjectNode body) {
        return sent(operation, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Answer sent(AutoScalingOperation operation, byte[] body) {
        return new RawRequest(
                        "POST",
                        "/",
                        List.of(
                                "X-Amz-Target: AnyScaleFrontendService." + operation.wireName(),
                                "Content-Type: " + TYPE),
                        body)
                .send(WORLD.api.server.port());
    }

    /** Sends what may be wrong, and checks what holds whatever it is. */
    private static Answer checked(AutoScalingOperation operation, byte[] body) {
        long before = WORLD.registry.changes();
        var answer = sent(operation, body);
        var both = operation + " " + new String(body, 0, Math.min(body.length, 2000), StandardCharsets.UTF_8)
                + " answered " + answer;
        assertThat(answer.status()).as(both).isIn(200, 400);
        assertThat(answer.headers()).as(both).containsEntry("content-type", TYPE);
        if (answer.status() == 400) {
            var refusal = SampleRequests.json(answer.body());
            assertThat(refusal.path("__type").asText())
                    .as(both)
                    .matches("\\w+Exception")
                    .isEqualTo(answer.headers().get("x-amzn-errortype"));
            assertThat(refusal.path("Message").isTextual()).as(both).isTrue();
            assertThat(WORLD.registry.changes()).as(both).isEqualTo(before);
        }
        WORLD.registry.goBack();
        return answer;
    }

    private static Answer checked(AutoScalingOperation operation, ObjectNode body) {
        return checked(operation, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<ModelMember> members(AutoScalingOperation operation) {
        return ModelMember.ofRequest(operation).stream()
                .flatMap(member -> member.withInner().stream())
                .filter(member -> !isUnread(member))
                .toList();
    }

    private static boolean isUnread(ModelMember member) {
        var outer = member.outer();
        return UNREAD.contains(member.name()) || (outer != null && isUnread(outer));
    }

    @Test
    void everyOperationThatIsBuiltTakesItsSample() {
        assertThat(SAMPLES).hasSize(AutoScalingOperation.values().length - 1);
        SAMPLES.forEach((operation, body) -> assertThat(checked(operation, body).status())
                .as(operation.wireName())
                .isEqualTo(200));
    }

    @Test
    void aMemberOfTheWrongTypeIsASerializationException() {
        SAMPLES.forEach((operation, sample) -> {
            for (var member : members(operation)) {
                OddValues.ofWrongTypes(member).forEach((found, value) -> {
                    var body = sample.deepCopy();
                    member.put(body, value);
                    assertThat(checked(operation, body).body())
                            .as(operation + " " + member.path())
                            .isEqualTo("{\"__type\":\"SerializationException\",\"Message\":\"" + found
                                    + " can not be converted to "
                                    + member.type().inRefusals() + "\"}");
                });
            }
        });
    }

    @Test
    void oddValuesAreRefusedOrTakenByEveryMember() {
        var random = new Random(SEED);
        SAMPLES.forEach((operation, sample) -> {
            for (var member : members(operation)) {
                for (int i = 0; i < 3; i++) {
                    var body = sample.deepCopy();
                    member.put(body, OddValues.of(random, member));
                    checked(operation, body);
                }
                var without = sample.deepCopy();
                member.holder(without).remove(member.name());
                checked(operation, without);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{\"a\":1} x", "null", "\u0000", "<a/>", "{\"a\":NaN}"})
    void aBodyThatIsNoJsonObjectIsASerializationException(String body) {
        SAMPLES.keySet()
                .forEach(operation -> assertThat(checked(operation, body.getBytes(StandardCharsets.UTF_8))
                                .body())
                        .startsWith("{\"__type\":\"SerializationException\""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "AnyScaleFrontendService",
                "AnyScaleFrontendService.",
                "AnyScaleFrontendService.Nothing",
                "x.TagResource"
            })
    void aTargetThatIsNoneIsAnUnknownOperation(String target) {
        var answer = new RawRequest("POST", "/", List.of("X-Amz-Target: " + target), new byte[0])
                .send(WORLD.api.server.port());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.headers()).containsEntry("x-amzn-errortype", "UnknownOperationException");
    }
}
