package io.kappa.router.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.ImageConfiguration;
import io.kappa.contracts.function.LoggingConfiguration;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.function.SealedVariables;
import io.kappa.contracts.function.SnapStart;
import io.kappa.contracts.layer.FunctionLayer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The members of a configuration that a caller wants changed. Null leaves one as it is; an empty text clears one that may be absent. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConfigurationChange(
        @Nullable RuntimeIdentifier runtime,
        @Nullable String role,
        @Nullable String handler,
        @Nullable String description,
        @Nullable Integer timeoutSeconds,
        @Nullable Integer memoryMegabytes,
        @Nullable Integer ephemeralStorageMegabytes,
        @Nullable Map<String, String> environment,
        @Nullable LoggingConfiguration logging,
        @Nullable String tracingMode,
        @Nullable String deadLetterTargetArn,
        @Nullable String kmsKeyArn,
        @Nullable List<FunctionLayer> layers,
        @Nullable SealedVariables sealedEnvironment,
        @Nullable ChangedSnapStart snapStart,
        @Nullable ImageConfiguration image) {

    /** What the API calls {@code ApplyOn}. */
    public enum ChangedSnapStart {
        None,
        PublishedVersions
    }

    /** One that leaves layers, snapshots and image as they are, and changes no variables or leaves them in plain text. */
    public ConfigurationChange(
            @Nullable RuntimeIdentifier runtime,
            @Nullable String role,
            @Nullable String handler,
            @Nullable String description,
            @Nullable Integer timeoutSeconds,
            @Nullable Integer memoryMegabytes,
            @Nullable Integer ephemeralStorageMegabytes,
            @Nullable Map<String, String> environment,
            @Nullable LoggingConfiguration logging,
            @Nullable String tracingMode,
            @Nullable String deadLetterTargetArn,
            @Nullable String kmsKeyArn) {
        this(
                runtime,
                role,
                handler,
                description,
                timeoutSeconds,
                memoryMegabytes,
                ephemeralStorageMegabytes,
                environment,
                logging,
                tracingMode,
                deadLetterTargetArn,
                kmsKeyArn,
                null,
                null,
                null,
                null);
    }

    /** The same with the variables sealed, which replace all that there were. */
    public ConfigurationChange withEnvironment(SealedVariables sealed) {
        return with(null, layers, sealed, snapStart, image);
    }

    public ConfigurationChange withLayers(@Nullable List<FunctionLayer> changed) {
        return with(environment, changed, sealedEnvironment, snapStart, image);
    }

    public ConfigurationChange withSnapStart(@Nullable ChangedSnapStart changed) {
        return with(environment, layers, sealedEnvironment, changed, image);
    }

    /** Replaces what is set of the image, with nothing where it is empty. */
    public ConfigurationChange withImage(@Nullable ImageConfiguration changed) {
        return with(environment, layers, sealedEnvironment, snapStart, changed);
    }

    private ConfigurationChange with(
            @Nullable Map<String, String> variables,
            @Nullable List<FunctionLayer> chosen,
            @Nullable SealedVariables sealed,
            @Nullable ChangedSnapStart snapshots,
            @Nullable ImageConfiguration ofImage) {
        return new ConfigurationChange(
                runtime,
                role,
                handler,
                description,
                timeoutSeconds,
                memoryMegabytes,
                ephemeralStorageMegabytes,
                variables,
                logging,
                tracingMode,
                deadLetterTargetArn,
                kmsKeyArn,
                chosen,
                sealed,
                snapshots,
                ofImage);
    }

    /** The configuration with the changes made. */
    public FunctionConfiguration appliedTo(FunctionConfiguration before) {
        boolean sameEnvironment = environment == null && sealedEnvironment == null;
        return new FunctionConfiguration(
                runtime == null ? before.runtime() : runtime,
                orElse(role, before.role()),
                handler == null ? before.handler() : handler,
                orElse(description, before.description()),
                orElse(timeoutSeconds, before.timeoutSeconds()),
                orElse(memoryMegabytes, before.memoryMegabytes()),
                orElse(ephemeralStorageMegabytes, before.ephemeralStorageMegabytes()),
                sameEnvironment ? before.environment() : orElse(environment, Map.of()),
                before.architectures(),
                orElse(logging, before.logging()),
                orElse(tracingMode, before.tracingMode()),
                cleared(deadLetterTargetArn, before.deadLetterTargetArn()),
                cleared(kmsKeyArn, before.kmsKeyArn()),
                orElse(layers, before.layers()),
                sameEnvironment ? before.sealedEnvironment() : sealedEnvironment,
                snapStart(before.snapStart()),
                image(before.image()));
    }

    private @Nullable ImageConfiguration image(@Nullable ImageConfiguration before) {
        if (image == null) {
            return before;
        }
        return image.isEmpty() ? null : image;
    }

    private @Nullable SnapStart snapStart(@Nullable SnapStart before) {
        return switch (snapStart) {
            case null -> before;
            case None -> null;
            case PublishedVersions -> SnapStart.PublishedVersions;
        };
    }

    private static <T> T orElse(@Nullable T changed, T before) {
        return changed == null ? before : changed;
    }

    private static @Nullable String cleared(@Nullable String changed, @Nullable String before) {
        if (changed == null) {
            return before;
        }
        return changed.isEmpty() ? null : changed;
    }
}
