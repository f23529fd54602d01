package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A target tracking policy: how much of what is provisioned is to be in use.
 *
 * @param id a UUID that names it in its ARN and those of its alarms
 * @param targetValue 0.1 to 0.9, of all provisioned execution environments those that run an invocation
 * @param scaleOutCooldownSeconds null where none was given
 * @param scaleInCooldownSeconds null where none was given
 * @param disableScaleIn null where nothing was said of it
 * @param lastScaleOut when the policy last added capacity; null where it never has
 * @param lastScaleIn when the policy last took capacity away; null where it never has
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScalingPolicyRecord(
        @JsonProperty("v") int formatVersion,
        FunctionArn function,
        String qualifier,
        String name,
        String id,
        double targetValue,
        @Nullable Integer scaleOutCooldownSeconds,
        @Nullable Integer scaleInCooldownSeconds,
        @Nullable Boolean disableScaleIn,
        Instant created,
        @Nullable Instant lastScaleOut,
        @Nullable Instant lastScaleIn)
        implements ScalingRecord {

    public ScalingPolicyRecord(
            FunctionArn function,
            String qualifier,
            String name,
            String id,
            double targetValue,
            @Nullable Integer scaleOutCooldownSeconds,
            @Nullable Integer scaleInCooldownSeconds,
            @Nullable Boolean disableScaleIn,
            Instant created,
            @Nullable Instant lastScaleOut,
            @Nullable Instant lastScaleIn) {
        this(
                1,
                function,
                qualifier,
                name,
                id,
                targetValue,
                scaleOutCooldownSeconds,
                scaleInCooldownSeconds,
                disableScaleIn,
                created,
                lastScaleOut,
                lastScaleIn);
    }

    public ScalingPolicyRecord withLastScaleOut(Instant time) {
        return with(time, lastScaleIn);
    }

    public ScalingPolicyRecord withLastScaleIn(Instant time) {
        return with(lastScaleOut, time);
    }

    private ScalingPolicyRecord with(@Nullable Instant out, @Nullable Instant in) {
        return new ScalingPolicyRecord(
                function,
                qualifier,
                name,
                id,
                targetValue,
                scaleOutCooldownSeconds,
                scaleInCooldownSeconds,
                disableScaleIn,
                created,
                out,
                in);
    }

    @Override
    public String key() {
        return ScalingRecord.policyKey(function, qualifier, name);
    }
}
