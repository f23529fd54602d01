package io.kappa.router.api;

import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.applicationautoscaling.model.MetricType;
import software.amazon.awssdk.services.applicationautoscaling.model.PolicyType;
import software.amazon.awssdk.services.applicationautoscaling.model.PutScalingPolicyRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.PutScheduledActionRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.RegisterScalableTargetRequest;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableDimension;
import software.amazon.awssdk.services.applicationautoscaling.model.ServiceNamespace;
import software.amazon.awssdk.services.applicationautoscaling.model.TargetTrackingScalingPolicyConfiguration;

/** Application Auto Scaling as its users reach it: AWS's client, and requests about version 1 of the function f. */
final class AutoScaling implements AutoCloseable {
    static final String RESOURCE = "function:f:1";
    static final ScalableDimension DIMENSION = ScalableDimension.LAMBDA_FUNCTION_PROVISIONED_CONCURRENCY;

    final ApplicationAutoScalingClient client;

    AutoScaling(RunningApi api) {
        client = ApplicationAutoScalingClient.builder()
                .endpointOverride(api.uri("/"))
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build();
    }

    /** Registers with a range from 1 to 10, unless told otherwise. */
    String register(Consumer<RegisterScalableTargetRequest.Builder> more) {
        return client.registerScalableTarget(request -> more.accept(request.serviceNamespace(ServiceNamespace.LAMBDA)
                        .resourceId(RESOURCE)
                        .scalableDimension(DIMENSION)
                        .minCapacity(1)
                        .maxCapacity(10)))
                .scalableTargetARN();
    }

    String register() {
        return register(_ -> {});
    }

    /** A policy that keeps 70 % in use, unless told otherwise. */
    static Consumer<PutScalingPolicyRequest.Builder> policy(
            String name, Consumer<TargetTrackingScalingPolicyConfiguration.Builder> more) {
        return request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                .resourceId(RESOURCE)
                .scalableDimension(DIMENSION)
                .policyName(name)
                .policyType(PolicyType.TARGET_TRACKING_SCALING)
                .targetTrackingScalingPolicyConfiguration(configuration -> more.accept(configuration
                        .targetValue(0.7)
                        .predefinedMetricSpecification(metric ->
                                metric.predefinedMetricType(MetricType.LAMBDA_PROVISIONED_CONCURRENCY_UTILIZATION))));
    }

    /** An action that raises the minimum to 5 each morning, unless told otherwise. */
    static Consumer<PutScheduledActionRequest.Builder> action(
            String name, Consumer<PutScheduledActionRequest.Builder> more) {
        return request -> more.accept(request.serviceNamespace(ServiceNamespace.LAMBDA)
                .resourceId(RESOURCE)
                .scalableDimension(DIMENSION)
                .scheduledActionName(name)
                .schedule("cron(0 8 * * ? *)")
                .scalableTargetAction(range -> range.minCapacity(5)));
    }

    @Override
    public void close() {
        client.close();
    }
}
