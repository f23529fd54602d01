package io.kappa.router.registry;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.CodePackage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A change of the registry that somebody asks for. Well-formed by itself; whether it fits the state is decided by the owner. */
public sealed interface RegistryCommand {

    FunctionArn function();

    /** @param publish whether version 1, or the next number of a name used before, is published at once */
    record CreateFunction(
            FunctionArn function,
            FunctionConfiguration configuration,
            CodePackage code,
            Map<String, String> tags,
            boolean publish)
            implements RegistryCommand {}

    /**
     * @param architectures null leaves them as they are
     * @param dryRun answers what would be, and changes nothing
     * @param revisionId refuses unless it is the current one; null asks for no such check
     */
    record UpdateFunctionCode(
            FunctionArn function,
            CodePackage code,
            @Nullable List<String> architectures,
            boolean publish,
            boolean dryRun,
            @Nullable String revisionId)
            implements RegistryCommand {}

    record UpdateFunctionConfiguration(
            FunctionArn function,
            ConfigurationChange change,
            @Nullable String revisionId) implements RegistryCommand {}

    /** @param version the one version to delete; null deletes the function with all of its versions */
    record DeleteFunction(FunctionArn function, @Nullable Version version) implements RegistryCommand {}

    /**
     * @param codeSha256 base64; refuses unless the code of {@code $LATEST} has it; null asks for no such check
     * @param description of the version; null takes the function's
     */
    record PublishVersion(
            FunctionArn function,
            @Nullable String codeSha256,
            @Nullable String description,
            @Nullable String revisionId)
            implements RegistryCommand {}

    /** Ends the transition that a version is in: creation or an update. Asked by the owner itself. */
    record Settle(FunctionArn function, Version version, String revisionId) implements RegistryCommand {}
}
