package io.kappa.router.autoscaling.api;

import io.kappa.contracts.registry.ScalableTargetRecord;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.shape.Input;
import io.kappa.router.autoscaling.api.ScaledResources.Resource;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.ScalingChange;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The operations on tags of scalable targets. */
final class TargetTags {
    private final ScaledResources resources;

    TargetTags(ScaledResources resources) {
        this.resources = resources;
    }

    /** Refuses keys that AWS keeps for itself. */
    static void check(Collection<String> keys) {
        for (var key : keys) {
            if (key.toLowerCase(Locale.ROOT).startsWith("aws:")) {
                throw ScaledResources.invalid("Tag key " + key + " begins with aws:, which is reserved.");
            }
        }
    }

    ApiAnswer tag(Input input) throws Exception {
        var target = named(input);
        var tags = Objects.requireNonNullElse(input.mapping("Tags"), Map.<String, String>of());
        check(tags.keySet());
        resources.change(resource(target), new ScalingChange.Tag(tags));
        return ScalingJson.empty();
    }

    ApiAnswer untag(Input input) throws Exception {
        var keys = Objects.requireNonNull(input.texts("TagKeys"), "the shape requires it");
        resources.change(resource(named(input)), new ScalingChange.Untag(keys));
        return ScalingJson.empty();
    }

    ApiAnswer list(Input input) {
        var tags = new TreeMap<>(named(input).tags());
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("Tags");
            for (var tag : tags.entrySet()) {
                json.writeStringField(tag.getKey(), tag.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static Resource resource(ScalableTargetRecord target) {
        return new Resource(target.function(), target.qualifier());
    }

    private ScalableTargetRecord named(Input input) {
        var arn = input.requiredText("ResourceARN");
        return resources
                .describedOf(null, ScalableTargetRecord.class)
                .filter(target -> ScalingArns.target(target).equals(arn))
                .findAny()
                .orElseThrow(() -> new LambdaApiException(
                        ErrorCode.RESOURCE_NOT_FOUND, "No scalable target found with ARN " + arn));
    }
}
