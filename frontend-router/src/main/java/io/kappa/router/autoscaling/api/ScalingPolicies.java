package io.kappa.router.autoscaling.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.registry.ScalingPolicyRecord;
import io.kappa.contracts.registry.ScalingRecord;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.shape.Input;
import io.kappa.router.autoscaling.PolicyAlarms;
import io.kappa.router.registry.ScalingChange;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operations on target tracking policies. */
final class ScalingPolicies {
    private static final String METRIC = "LambdaProvisionedConcurrencyUtilization";
    private static final String CONFIGURATION = "TargetTrackingScalingPolicyConfiguration";
    private static final double LEAST_TARGET = 0.1;
    private static final double MOST_TARGET = 0.9;

    private final ScaledResources resources;

    ScalingPolicies(ScaledResources resources) {
        this.resources = resources;
    }

    ApiAnswer put(Input input) throws Exception {
        var resource = resources.named(input);
        var name = input.requiredText("PolicyName");
        var configuration = configuration(input);
        double target = configuration.number("TargetValue");
        if (target < LEAST_TARGET || target > MOST_TARGET) {
            throw ScaledResources.invalid("TargetValue of " + METRIC + " must be between " + LEAST_TARGET + " and "
                    + MOST_TARGET + ", not " + target + ".");
        }
        requireMetric(configuration);
        resources.change(
                resource,
                new ScalingChange.PutPolicy(
                        name,
                        UUID.randomUUID().toString(),
                        target,
                        cooldown(configuration, "ScaleOutCooldown"),
                        cooldown(configuration, "ScaleInCooldown"),
                        configuration.flagOrNull("DisableScaleIn")));
        var policy = resources.made(
                ScalingRecord.policyKey(resource.function(), resource.qualifier(), name), ScalingPolicyRecord.class);
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeStringField("PolicyARN", ScalingArns.policy(policy));
            writeAlarms(json, policy);
            json.writeEndObject();
        });
    }

    private static Input configuration(Input input) {
        var type = input.textOr("PolicyType", "StepScaling"); // AWS's default.
        if (!type.equals("TargetTrackingScaling")) {
            throw ScaledResources.invalid(
                    "Policy type " + type + " is not supported for Lambda: use TargetTrackingScaling.");
        }
        for (var other : List.of("StepScalingPolicyConfiguration", "PredictiveScalingPolicyConfiguration")) {
            if (input.has(other)) {
                throw ScaledResources.invalid(other + " does not go with policy type TargetTrackingScaling.");
            }
        }
        var configuration = input.structure(CONFIGURATION);
        if (configuration == null) {
            throw ScaledResources.invalid(CONFIGURATION + " must be specified for policy type TargetTrackingScaling.");
        }
        return configuration;
    }

    private static void requireMetric(Input configuration) {
        if (configuration.has("CustomizedMetricSpecification")) {
            throw ScaledResources.invalid("CustomizedMetricSpecification is not supported by Kappa: "
                    + "use PredefinedMetricSpecification with " + METRIC + ".");
        }
        var metric = configuration.structure("PredefinedMetricSpecification");
        if (metric == null) {
            throw ScaledResources.invalid("PredefinedMetricSpecification must be specified.");
        }
        var type = metric.requiredText("PredefinedMetricType");
        if (!type.equals(METRIC)) {
            throw ScaledResources.invalid("Predefined metric " + type + " does not go with scalable dimension "
                    + ScaledResources.DIMENSION + ": use " + METRIC + ".");
        }
        if (metric.has("ResourceLabel")) {
            throw ScaledResources.invalid("ResourceLabel does not go with " + METRIC + ".");
        }
    }

    private static @Nullable Integer cooldown(Input configuration, String member) {
        var seconds = configuration.whole(member);
        if (seconds != null && seconds < 0) {
            throw ScaledResources.invalid(member + " must be greater than or equal to 0, not " + seconds + ".");
        }
        return seconds;
    }

    ApiAnswer delete(Input input) throws Exception {
        resources.change(resources.named(input), new ScalingChange.DeletePolicy(input.requiredText("PolicyName")));
        return ScalingJson.empty();
    }

    ApiAnswer describe(Input input) {
        var names = input.texts("PolicyNames");
        var found = resources
                .described(input, ScalingPolicyRecord.class)
                .filter(policy -> names == null || names.isEmpty() || names.contains(policy.name()));
        return ScalingPage.of(input, found, ScalingRecord::key).answer("ScalingPolicies", ScalingPolicies::write);
    }

    private static void write(JsonGenerator json, ScalingPolicyRecord policy) throws IOException {
        json.writeStringField("PolicyARN", ScalingArns.policy(policy));
        json.writeStringField("PolicyName", policy.name());
        ScalingJson.writeResource(json, policy);
        json.writeStringField("PolicyType", "TargetTrackingScaling");
        json.writeObjectFieldStart(CONFIGURATION);
        json.writeNumberField("TargetValue", policy.targetValue());
        json.writeObjectFieldStart("PredefinedMetricSpecification");
        json.writeStringField("PredefinedMetricType", METRIC);
        json.writeEndObject();
        ScalingJson.writeWhole(json, "ScaleOutCooldown", policy.scaleOutCooldownSeconds());
        ScalingJson.writeWhole(json, "ScaleInCooldown", policy.scaleInCooldownSeconds());
        if (policy.disableScaleIn() != null) {
            json.writeBooleanField("DisableScaleIn", policy.disableScaleIn());
        }
        json.writeEndObject();
        writeAlarms(json, policy);
        ScalingJson.writeTime(json, "CreationTime", policy.created());
    }

    private static void writeAlarms(JsonGenerator json, ScalingPolicyRecord policy) throws IOException {
        json.writeArrayFieldStart("Alarms");
        for (var alarm : List.of(PolicyAlarms.high(policy), PolicyAlarms.low(policy))) {
            json.writeStartObject();
            json.writeStringField("AlarmName", alarm);
            json.writeStringField("AlarmARN", ScalingArns.alarm(policy.function(), alarm));
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
