package io.kappa.router.api.function;

import io.kappa.access.encryption.SealedException;
import io.kappa.access.encryption.VariablesCipher;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.SealedVariables;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.ConfigurationChange;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Seals environment variables before the registry is asked to record them. Variables that a function has already are kept as they are sealed:
 * sealed anew they would look like others, and a version would be published that differs in nothing.
 */
final class EnvironmentSeals {
    private final VariablesCipher cipher;

    EnvironmentSeals(VariablesCipher cipher) {
        this.cipher = cipher;
    }

    FunctionConfiguration sealed(FunctionArn function, FunctionConfiguration created) {
        return created.environment().isEmpty()
                ? created
                : created.withEnvironment(cipher.seal(function, created.environment()));
    }

    ConfigurationChange sealed(FunctionView function, ConfigurationChange change) {
        var variables = change.environment();
        if (variables == null || variables.isEmpty()) {
            return change;
        }
        return change.withEnvironment(alreadySealed(function, variables)
                .orElseGet(() -> cipher.seal(function.function().function(), variables)));
    }

    /** As {@code $LATEST} or the version that was published last has them. */
    private Optional<SealedVariables> alreadySealed(FunctionView function, Map<String, String> variables) {
        return Stream.of(
                        function.version(new Version.Latest()),
                        function.version(function.versions().lastKey()))
                .flatMap(Optional::stream)
                .map(version -> version.requested().configuration())
                .filter(configuration -> configuration.sealedEnvironment() != null)
                .filter(configuration -> hasThem(function, configuration, variables))
                .findFirst()
                .map(FunctionConfiguration::sealedEnvironment);
    }

    private boolean hasThem(FunctionView function, FunctionConfiguration configuration, Map<String, String> variables) {
        try {
            return cipher.open(function.function().function(), configuration).equals(variables);
        } catch (SealedException e) {
            return false;
        }
    }

    /** The error by which Lambda says that variables cannot be decrypted. */
    static ErrorCode code(SealedException sealed) {
        return switch (sealed.why()) {
            case KEY_NOT_FOUND -> ErrorCode.KMS_NOT_FOUND;
            case NOT_AUTHENTIC -> ErrorCode.KMS_ACCESS_DENIED;
        };
    }

    static String message(SealedException sealed) {
        return "Lambda was unable to decrypt the environment variables because "
                + switch (sealed.why()) {
                    case KEY_NOT_FOUND -> "the KMS key was not found.";
                    case NOT_AUTHENTIC -> "KMS access was denied.";
                }
                + " Please check the function's KMS key settings.";
    }
}
