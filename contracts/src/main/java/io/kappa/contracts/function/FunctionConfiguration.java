package io.kappa.contracts.function;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.kappa.contracts.layer.FunctionLayer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a user has set of one function version: all that decides how it runs, apart from its code. Publishing copies it; two equal
 * configurations with equal code make one version.
 *
 * @param runtime null where the code is a container image
 * @param handler null where the code is a container image
 * @param timeoutSeconds longest invocation, 1 to 900
 * @param memoryMegabytes 128 to 10240; CPU follows it at one vCPU for 1769
 * @param ephemeralStorageMegabytes size of {@code /tmp}, 512 to 10240
 * @param environment variables of the function; empty where none are set or where they are sealed. Never logged.
 * @param architectures exactly one of {@code x86_64} and {@code arm64}
 * @param tracingMode {@code PassThrough} or {@code Active}
 * @param deadLetterTargetArn where events go that failed for good, or null
 * @param kmsKeyArn the customer's key for the environment, stored and echoed, or null
 * @param layers whose files are below {@code /opt}, later ones over earlier ones
 * @param sealedEnvironment variables of the function; null where none are set, and in records of before variables were sealed
 * @param snapStart which environments come from a snapshot; null where none do
 * @param image what is set in place of what the container image says; null where nothing is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FunctionConfiguration(
        @Nullable RuntimeIdentifier runtime,
        String role,
        @Nullable String handler,
        String description,
        int timeoutSeconds,
        int memoryMegabytes,
        int ephemeralStorageMegabytes,
        Map<String, String> environment,
        List<String> architectures,
        LoggingConfiguration logging,
        String tracingMode,
        @Nullable String deadLetterTargetArn,
        @Nullable String kmsKeyArn,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FunctionLayer> layers,
        @Nullable SealedVariables sealedEnvironment,
        @Nullable SnapStart snapStart,
        @Nullable ImageConfiguration image) {

    public FunctionConfiguration {
        environment = Map.copyOf(environment);
        architectures = List.copyOf(architectures);
        layers = layers == null ? List.of() : List.copyOf(layers); // Records did not always have any.
    }

    /** Without layers, snapshots and image, and with variables that, if it has any, are not sealed. */
    public FunctionConfiguration(
            @Nullable RuntimeIdentifier runtime,
            String role,
            @Nullable String handler,
            String description,
            int timeoutSeconds,
            int memoryMegabytes,
            int ephemeralStorageMegabytes,
            Map<String, String> environment,
            List<String> architectures,
            LoggingConfiguration logging,
            String tracingMode,
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
                architectures,
                logging,
                tracingMode,
                deadLetterTargetArn,
                kmsKeyArn,
                List.of(),
                null,
                null,
                null);
    }

    /** The same with its variables sealed. */
    public FunctionConfiguration withEnvironment(SealedVariables sealed) {
        var draft = new Draft(this);
        draft.environment = Map.of();
        draft.sealedEnvironment = sealed;
        return draft.done();
    }

    /** The same with its variables as they are. */
    public FunctionConfiguration withEnvironment(Map<String, String> variables) {
        var draft = new Draft(this);
        draft.environment = variables;
        draft.sealedEnvironment = null;
        return draft.done();
    }

    public FunctionConfiguration withDescription(String changed) {
        var draft = new Draft(this);
        draft.description = changed;
        return draft.done();
    }

    public FunctionConfiguration withArchitectures(List<String> changed) {
        var draft = new Draft(this);
        draft.architectures = changed;
        return draft.done();
    }

    public FunctionConfiguration withLayers(List<FunctionLayer> changed) {
        var draft = new Draft(this);
        draft.layers = changed;
        return draft.done();
    }

    public FunctionConfiguration withSnapStart(@Nullable SnapStart changed) {
        var draft = new Draft(this);
        draft.snapStart = changed;
        return draft.done();
    }

    /** The same with what is set of the image replaced. */
    public FunctionConfiguration withImage(@Nullable ImageConfiguration changed) {
        var draft = new Draft(this);
        draft.image = changed;
        return draft.done();
    }

    /** One that is to differ from another in a few members. */
    private static final class Draft {
        private final FunctionConfiguration other;
        private String description;
        private Map<String, String> environment;
        private List<String> architectures;
        private List<FunctionLayer> layers;
        private @Nullable SealedVariables sealedEnvironment;
        private @Nullable SnapStart snapStart;
        private @Nullable ImageConfiguration image;

        Draft(FunctionConfiguration other) {
            this.other = other;
            this.description = other.description;
            this.environment = other.environment;
            this.architectures = other.architectures;
            this.layers = other.layers;
            this.sealedEnvironment = other.sealedEnvironment;
            this.snapStart = other.snapStart;
            this.image = other.image;
        }

        FunctionConfiguration done() {
            return new FunctionConfiguration(
                    other.runtime,
                    other.role,
                    other.handler,
                    description,
                    other.timeoutSeconds,
                    other.memoryMegabytes,
                    other.ephemeralStorageMegabytes,
                    environment,
                    architectures,
                    other.logging,
                    other.tracingMode,
                    other.deadLetterTargetArn,
                    other.kmsKeyArn,
                    layers,
                    sealedEnvironment,
                    snapStart,
                    image);
        }
    }

    /** Leaves out the environment, whose values are secrets. */
    @Override
    public String toString() {
        return "FunctionConfiguration[runtime=" + (runtime == null ? null : runtime.wireName()) + ", handler=" + handler
                + ", timeoutSeconds=" + timeoutSeconds + ", memoryMegabytes=" + memoryMegabytes + "]";
    }
}
