package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.applicationautoscaling.ApplicationAutoScalingClient;
import software.amazon.awssdk.services.applicationautoscaling.model.MetricType;
import software.amazon.awssdk.services.applicationautoscaling.model.PolicyType;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalableDimension;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingActivity;
import software.amazon.awssdk.services.applicationautoscaling.model.ScalingActivityStatusCode;
import software.amazon.awssdk.services.applicationautoscaling.model.ServiceNamespace;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.ProvisionedConcurrencyConfigNotFoundException;

/** Provisioned concurrency follows a schedule that is set through the AWS SDK, on the port of the Lambda API. */
class AutoScalingIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ScalableDimension DIMENSION = ScalableDimension.LAMBDA_FUNCTION_PROVISIONED_CONCURRENCY;
    private static final DateTimeFormatter AT =
            DateTimeFormatter.ofPattern("'at('uuuu-MM-dd'T'HH:mm:ss')'").withZone(ZoneOffset.UTC);

    private final LambdaClient lambda = RunningPlatform.shared().lambda();
    private final ApplicationAutoScalingClient scaling = ApplicationAutoScalingClient.builder()
            .endpointOverride(RunningPlatform.shared().endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .build();

    private String name = "";
    private String resource = "";

    @BeforeEach
    void registerAnAlias() {
        name = new Functions(lambda).python("def handler(event, context):\n    return 1\n");
        var version =
                lambda.publishVersion(request -> request.functionName(name)).version();
        lambda.createAlias(request -> request.functionName(name).name("live").functionVersion(version));
        resource = "function:" + name + ":live";
        scaling.registerScalableTarget(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                .resourceId(resource)
                .scalableDimension(DIMENSION)
                .minCapacity(0)
                .maxCapacity(5));
    }

    @AfterEach
    void close() {
        lambda.deleteFunction(request -> request.functionName(name));
        scaling.close();
    }

    private void schedule(String action, int minimum, int maximum) {
        scaling.putScheduledAction(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                .resourceId(resource)
                .scalableDimension(DIMENSION)
                .scheduledActionName(action)
                .schedule(AT.format(Instant.now().plusSeconds(3)))
                .scalableTargetAction(range -> range.minCapacity(minimum).maxCapacity(maximum)));
    }

    /** 0 where nothing is provisioned. */
    private int provisioned() {
        try {
            return lambda.getProvisionedConcurrencyConfig(
                            request -> request.functionName(name).qualifier("live"))
                    .requestedProvisionedConcurrentExecutions();
        } catch (ProvisionedConcurrencyConfigNotFoundException e) {
            return 0;
        }
    }

    @Test
    void whatIsScheduledIsProvisionedAndGoesAgain() {
        schedule("up", 2, 4);
        Waiting.until(PATIENCE, () -> provisioned() == 2);

        var target = scaling.describeScalableTargets(request ->
                        request.serviceNamespace(ServiceNamespace.LAMBDA).resourceIds(resource))
                .scalableTargets()
                .getFirst();
        assertThat(target.minCapacity()).isEqualTo(2);
        assertThat(target.maxCapacity()).isEqualTo(4);

        schedule("down", 0, 0);
        Waiting.until(PATIENCE, () -> provisioned() == 0);

        var activities = scaling
                .describeScalingActivitiesPaginator(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                        .resourceId(resource)
                        .scalableDimension(DIMENSION)
                        .maxResults(3))
                .scalingActivities()
                .stream()
                .toList();
        assertThat(activities)
                .extracting(ScalingActivity::description)
                .containsExactly(
                        "Setting provisioned concurrency to 0.",
                        "Setting min capacity to 0 and max capacity to 0",
                        "Setting provisioned concurrency to 2.",
                        "Setting min capacity to 2 and max capacity to 4");
        assertThat(activities)
                .allSatisfy(
                        activity -> assertThat(activity.statusCode()).isEqualTo(ScalingActivityStatusCode.SUCCESSFUL));
        assertThat(activities.getLast().cause()).isEqualTo("scheduled action name up was triggered");
    }

    @Test
    void aPolicyIsSetAndGoesWithItsTarget() {
        var put = scaling.putScalingPolicy(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                .resourceId(resource)
                .scalableDimension(DIMENSION)
                .policyName("keep some free")
                .policyType(PolicyType.TARGET_TRACKING_SCALING)
                .targetTrackingScalingPolicyConfiguration(configuration -> configuration
                        .targetValue(0.7)
                        .predefinedMetricSpecification(metric ->
                                metric.predefinedMetricType(MetricType.LAMBDA_PROVISIONED_CONCURRENCY_UTILIZATION))));
        assertThat(put.alarms()).hasSize(2);

        lambda.deleteAlias(request -> request.functionName(name).name("live"));

        assertThat(scaling.describeScalingPolicies(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                                .resourceId(resource)
                                .scalableDimension(DIMENSION))
                        .scalingPolicies())
                .isEmpty();
        assertThatThrownBy(() ->
                        scaling.deregisterScalableTarget(request -> request.serviceNamespace(ServiceNamespace.LAMBDA)
                                .resourceId(resource)
                                .scalableDimension(DIMENSION)))
                .hasMessageContaining("No scalable target found");
    }

    @Test
    void theCommandLineSchedulesAndShows(@TempDir Path directory) throws Exception {
        var aws = new AwsCli(RunningPlatform.shared().endpoint(), directory);

        var printed = aws.run("""
                target="--service-namespace lambda --resource-id %s --scalable-dimension lambda:function:ProvisionedConcurrency"
                aws application-autoscaling put-scheduled-action $target --scheduled-action-name nights \\
                    --schedule 'cron(0 22 * * ? *)' --timezone Europe/Berlin --scalable-target-action MinCapacity=0,MaxCapacity=1
                aws application-autoscaling describe-scheduled-actions --service-namespace lambda \\
                    --scheduled-action-names nights --query 'ScheduledActions[].[Schedule,Timezone]' --output text
                aws application-autoscaling delete-scheduled-action $target --scheduled-action-name nights
                aws application-autoscaling delete-scheduled-action $target --scheduled-action-name nights 2>&1 || true
                """.formatted(resource));

        assertThat(printed)
                .contains("cron(0 22 * * ? *)\tEurope/Berlin")
                .contains("(ObjectNotFoundException) when calling the DeleteScheduledAction operation: "
                        + "No scheduled action found");
    }
}
