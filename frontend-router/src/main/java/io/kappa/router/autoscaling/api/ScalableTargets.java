package io.kappa.router.autoscaling.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.registry.ScalableTargetRecord;
import io.kappa.contracts.registry.ScalingRecord;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.shape.Input;
import io.kappa.router.registry.ScalingChange;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operations on what is scaled. */
final class ScalableTargets {
    private final ScaledResources resources;

    ScalableTargets(ScaledResources resources) {
        this.resources = resources;
    }

    ApiAnswer register(Input input) throws Exception {
        var resource = resources.named(input);
        var suspended = Objects.requireNonNullElseGet(input.structure("SuspendedState"), Input::new);
        var tags = Objects.requireNonNullElse(input.mapping("Tags"), Map.<String, String>of());
        TargetTags.check(tags.keySet());
        resources.change(
                resource,
                new ScalingChange.RegisterTarget(
                        UUID.randomUUID().toString().replace("-", ""),
                        capacity(input, "MinCapacity"),
                        capacity(input, "MaxCapacity"),
                        suspended.flagOrNull("DynamicScalingInSuspended"),
                        suspended.flagOrNull("DynamicScalingOutSuspended"),
                        suspended.flagOrNull("ScheduledScalingSuspended"),
                        tags));
        var target = resources.made(
                ScalingRecord.targetKey(resource.function(), resource.qualifier()), ScalableTargetRecord.class);
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeStringField("ScalableTargetARN", ScalingArns.target(target));
            json.writeEndObject();
        });
    }

    /** A number of execution environments; null where none is given. */
    static @Nullable Integer capacity(Input input, String member) {
        var capacity = input.whole(member);
        if (capacity != null && capacity < 0) {
            throw ScaledResources.invalid(member + " must be greater than or equal to 0, not " + capacity + ".");
        }
        return capacity;
    }

    ApiAnswer deregister(Input input) throws Exception {
        resources.change(resources.named(input), new ScalingChange.DeregisterTarget());
        return ScalingJson.empty();
    }

    ApiAnswer describe(Input input) {
        return ScalingPage.of(input, resources.describedTargets(input), ScalingRecord::key)
                .answer("ScalableTargets", ScalableTargets::write);
    }

    private static void write(JsonGenerator json, ScalableTargetRecord target) throws IOException {
        ScalingJson.writeResource(json, target);
        json.writeNumberField("MinCapacity", target.minimum());
        json.writeNumberField("MaxCapacity", target.maximum());
        json.writeStringField("RoleARN", ScalingArns.role(target.function()));
        ScalingJson.writeTime(json, "CreationTime", target.created());
        json.writeObjectFieldStart("SuspendedState");
        json.writeBooleanField("DynamicScalingInSuspended", target.suspended().scaleIn());
        json.writeBooleanField("DynamicScalingOutSuspended", target.suspended().scaleOut());
        json.writeBooleanField("ScheduledScalingSuspended", target.suspended().scheduled());
        json.writeEndObject();
        json.writeStringField("ScalableTargetARN", ScalingArns.target(target));
    }
}
