package io.kappa.router.api;

import static io.kappa.router.api.AutoScaling.DIMENSION;
import static io.kappa.router.api.AutoScaling.RESOURCE;
import static io.kappa.router.api.AutoScaling.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.applicationautoscaling.model.Alarm;
import software.amazon.awssdk.services.applicationautoscaling.model.MetricType;
import software.amazon.awssdk.services.applicationautoscaling.model.ObjectNotFoundException;
import software.amazon.awssdk.services.applicationautoscaling.model.PolicyType;
import software.amazon.awssdk.services.applicationautoscaling.model.PutScalingPolicyRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingPolicy;
import software.amazon.awssdk.services.applicationautoscaling.model.ServiceNamespace;
import software.amazon.awssdk.services.applicationautoscaling.model.ValidationException;

/** Target tracking policies are put, shown and deleted through AWS's own client. */
class ScalingPoliciesApiTest {
    private final RunningApi api = new RunningApi();
    private final AutoScaling scaling = new AutoScaling(api);

    @BeforeEach
    void registerATarget() {
        api.create("f", "\"Publish\":true,");
        scaling.register();
    }

    @AfterEach
    void close() {
        scaling.close();
        api.close();
    }

    private ScalingPolicy only() {
        var policies = scaling.client
                .describeScalingPolicies(request -> request.serviceNamespace(ServiceNamespace.LAMBDA))
                .scalingPolicies();
        assertThat(policies).hasSize(1);
        return policies.getFirst();
    }

    private void assertRefused(Consumer<PutScalingPolicyRequest.Builder> request, String problem) {
        assertThatThrownBy(() -> scaling.client.putScalingPolicy(request))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aPolicyIsPutAndShownWithItsAlarms() {
        var put = scaling.client.putScalingPolicy(policy(
                "keep 70 %",
                configuration ->
                        configuration.scaleInCooldown(60).scaleOutCooldown(0).disableScaleIn(true)));

        assertThat(put.policyARN())
                .matches("arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:[0-9a-f-]{36}:"
                        + "resource/lambda/function:f:1:policyName/keep 70 %");
        assertThat(put.alarms())
                .extracting(Alarm::alarmName)
                .satisfiesExactly(
                        high -> assertThat(high).matches("TargetTracking-function:f:1-AlarmHigh-[0-9a-f-]{36}"),
                        low -> assertThat(low).matches("TargetTracking-function:f:1-AlarmLow-[0-9a-f-]{36}"));
        assertThat(put.alarms())
                .allSatisfy(alarm -> assertThat(alarm.alarmARN())
                        .isEqualTo("arn:aws:cloudwatch:us-east-1:000000000000:alarm:" + alarm.alarmName()));

        var policy = only();
        assertThat(policy.policyARN()).isEqualTo(put.policyARN());
        assertThat(policy.alarms()).isEqualTo(put.alarms());
        assertThat(policy.policyName()).isEqualTo("keep 70 %");
        assertThat(policy.policyType()).isEqualTo(PolicyType.TARGET_TRACKING_SCALING);
        assertThat(policy.resourceId()).isEqualTo(RESOURCE);
        var configuration = policy.targetTrackingScalingPolicyConfiguration();
        assertThat(configuration.targetValue()).isEqualTo(0.7);
        assertThat(configuration.scaleInCooldown()).isEqualTo(60);
        assertThat(configuration.scaleOutCooldown()).isZero();
        assertThat(configuration.disableScaleIn()).isTrue();
        assertThat(configuration.predefinedMetricSpecification().predefinedMetricType())
                .isEqualTo(MetricType.LAMBDA_PROVISIONED_CONCURRENCY_UTILIZATION);
    }

    @Test
    void puttingAPolicyOfThatNameAgainReplacesIt() {
        var first = scaling.client.putScalingPolicy(policy("p", configuration -> configuration.scaleInCooldown(60)));
        var second = scaling.client.putScalingPolicy(policy("p", configuration -> configuration.targetValue(0.5)));

        assertThat(second.policyARN()).isEqualTo(first.policyARN());
        assertThat(second.alarms()).isEqualTo(first.alarms());
        assertThat(only().targetTrackingScalingPolicyConfiguration().targetValue())
                .isEqualTo(0.5);
        assertThat(only().targetTrackingScalingPolicyConfiguration().scaleInCooldown())
                .isNull();
    }

    @Test
    void aTargetHasOnePolicyForItsOneMetric() {
        scaling.client.putScalingPolicy(policy("p", _ -> {}));

        assertRefused(
                policy("q", _ -> {}),
                "Only one TargetTrackingScaling policy for a given metric specification is allowed.");
    }

    @Test
    void aPolicyNeedsATarget() {
        assertThatThrownBy(() -> scaling.client.putScalingPolicy(
                        policy("p", _ -> {}).andThen(request -> request.resourceId("function:f:2"))))
                .isInstanceOf(ObjectNotFoundException.class)
                .hasMessageContaining("No scalable target found");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.9})
    void theTargetLiesBetweenATenthAndNineTenths(double target) {
        scaling.client.putScalingPolicy(policy("p", configuration -> configuration.targetValue(target)));

        assertThat(only().targetTrackingScalingPolicyConfiguration().targetValue())
                .isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0, 0.09, 0.91, 70, -0.5})
    void anyOtherTargetIsRefused(double target) {
        assertRefused(
                policy("p", configuration -> configuration.targetValue(target)),
                "TargetValue of LambdaProvisionedConcurrencyUtilization must be between 0.1 and 0.9");
    }

    @Test
    void whatIsNotBuiltIsRefusedByName() {
        assertRefused(
                policy("p", _ -> {}).andThen(request -> request.policyType(PolicyType.STEP_SCALING)),
                "Policy type StepScaling is not supported");
        assertRefused(
                policy("p", _ -> {}).andThen(request -> request.policyType((PolicyType) null)),
                "Policy type StepScaling is not supported");
        assertRefused(
                policy("p", _ -> {}).andThen(request -> request.policyType(PolicyType.PREDICTIVE_SCALING)),
                "Policy type PredictiveScaling is not supported");
        assertRefused(
                policy(
                        "p",
                        configuration -> configuration.customizedMetricSpecification(
                                metric -> metric.metricName("m").namespace("n"))),
                "CustomizedMetricSpecification is not supported");
        assertRefused(
                policy(
                        "p",
                        configuration -> configuration.predefinedMetricSpecification(
                                metric -> metric.predefinedMetricType(MetricType.ECS_SERVICE_AVERAGE_CPU_UTILIZATION))),
                "Predefined metric ECSServiceAverageCPUUtilization does not go with");
    }

    @Test
    void cooldownsAreNotNegative() {
        assertRefused(policy("p", configuration -> configuration.scaleInCooldown(-1)), "ScaleInCooldown");
        assertRefused(policy("p", configuration -> configuration.scaleOutCooldown(-1)), "ScaleOutCooldown");
    }

    @Test
    void policiesAreShownByNameAndByResource() {
        scaling.client.putScalingPolicy(policy("p", _ -> {}));

        assertThat(scaling.client
                        .describeScalingPolicies(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                                .policyNames("q"))
                        .scalingPolicies())
                .isEmpty();
        assertThat(scaling.client
                        .describeScalingPolicies(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                                .resourceId("function:f:2")
                                .scalableDimension(DIMENSION))
                        .scalingPolicies())
                .isEmpty();
        assertThat(scaling.client
                        .describeScalingPolicies(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                                .policyNames("p")
                                .resourceId(RESOURCE)
                                .scalableDimension(DIMENSION))
                        .scalingPolicies())
                .hasSize(1);
        assertThatThrownBy(() -> scaling.client.describeScalingPolicies(request ->
                        request.serviceNamespace(ServiceNamespace.LAMBDA).resourceId(RESOURCE)))
                .isInstanceOf(ValidationException.class)
                .hasMessageContaining("ScalableDimension must be specified");
    }

    private void delete(String name) {
        scaling.client.deleteScalingPolicy(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                .resourceId(RESOURCE)
                .scalableDimension(DIMENSION)
                .policyName(name));
    }

    @Test
    void aDeletedPolicyIsGone() {
        scaling.client.putScalingPolicy(policy("p", _ -> {}));

        delete("p");

        assertThat(scaling.client
                        .describeScalingPolicies(request -> request.serviceNamespace(ServiceNamespace.LAMBDA))
                        .scalingPolicies())
                .isEmpty();
        assertThatThrownBy(() -> delete("p"))
                .isInstanceOf(ObjectNotFoundException.class)
                .hasMessageContaining(
                        "No scaling policy found for service namespace: lambda, resource ID: " + RESOURCE);
    }
}
