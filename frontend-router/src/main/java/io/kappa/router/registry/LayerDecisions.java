package io.kappa.router.registry;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.layer.FunctionLayer;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.FunctionCode;
import io.kappa.contracts.registry.LayerRecord;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.contracts.registry.LayerVersionRecord.Policy;
import io.kappa.contracts.registry.LayerVersionRecord.Statement;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.AddLayerVersionPermission;
import io.kappa.router.registry.RegistryCommand.DeleteLayerVersion;
import io.kappa.router.registry.RegistryCommand.PublishLayerVersion;
import io.kappa.router.registry.RegistryCommand.RemoveLayerVersionPermission;
import io.kappa.router.registry.RegistryDecisions.Outcome;
import io.kappa.router.registry.RegistryDecisions.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of layers, and which of them functions may have. */
final class LayerDecisions {
    /** Bytes that a function's files and those of its layers may have together. */
    static final long LARGEST_UNZIPPED = 262_144_000;

    /** Of a policy as the API writes it. */
    private static final int LONGEST_POLICY = 20 * 1024;

    private final RegistryState state;
    private final Supplier<String> revisionIds;

    LayerDecisions(RegistryState state, Supplier<String> revisionIds) {
        this.state = state;
        this.revisionIds = revisionIds;
    }

    Outcome publish(PublishLayerVersion command, Instant now) {
        var layer = command.layer();
        RegistryDecisions.requireRoom(state, layer.account(), command.code().size());
        long number = lastVersion(layer) + 1;
        var published = new LayerVersionRecord(
                layer.version(number),
                command.code(),
                command.description(),
                command.compatibleRuntimes(),
                command.compatibleArchitectures(),
                command.license(),
                now,
                null);
        return Outcome.of(published, new LayerRecord(layer, number));
    }

    private long lastVersion(LayerArn layer) {
        return state.layer(layer).map(LayerRecord::lastVersion).orElse(0L);
    }

    /** Lambda answers alike where there is no such version. The layer's own record is the last, for whoever waits for the sequence. */
    Outcome delete(DeleteLayerVersion command) {
        var gone = state.layerVersion(command.version());
        if (gone.isEmpty()) {
            return Outcome.UNCHANGED;
        }
        var layer = command.version().layer();
        return new Outcome(
                List.of(
                        new Change.Removed(gone.get()),
                        new Change.Recorded(new LayerRecord(layer, lastVersion(layer)))),
                RegistryAnswer.Done.WITHOUT_RECORD);
    }

    Outcome addPermission(AddLayerVersionPermission command) {
        var before = required(command.version());
        var statements = new ArrayList<>(statements(before));
        requireRevision(before, command.revisionId());
        if (named(statements, command.statement().id()).isPresent()) {
            throw new Refusal(
                    ErrorCode.RESOURCE_CONFLICT,
                    "The statement id (" + command.statement().id()
                            + ") provided already exists. Please provide a new statement id, or remove the existing statement.");
        }
        statements.add(command.statement());
        var after = before.withPolicy(new Policy(revisionIds.get(), statements));
        int length = LayerPolicies.document(after).getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_POLICY) {
            throw new Refusal(
                    ErrorCode.POLICY_LENGTH_EXCEEDED,
                    "The final policy size (" + length + ") is bigger than the limit (" + LONGEST_POLICY + ").");
        }
        return Outcome.of(after);
    }

    Outcome removePermission(RemoveLayerVersionPermission command) {
        var before = required(command.version());
        if (before.policy() == null) {
            throw new Refusal(ErrorCode.RESOURCE_NOT_FOUND, LayerPolicies.NONE);
        }
        requireRevision(before, command.revisionId());
        var statements = new ArrayList<>(statements(before));
        var gone = named(statements, command.statementId())
                .orElseThrow(() -> new Refusal(
                        ErrorCode.RESOURCE_NOT_FOUND,
                        "Statement " + command.statementId() + " is not found in resource policy."));
        statements.remove(gone);
        return Outcome.of(before.withPolicy(statements.isEmpty() ? null : new Policy(revisionIds.get(), statements)));
    }

    private static List<Statement> statements(LayerVersionRecord version) {
        return version.policy() == null ? List.of() : version.policy().statements();
    }

    private static Optional<Statement> named(List<Statement> statements, String id) {
        return statements.stream()
                .filter(statement -> statement.id().equals(id))
                .findFirst();
    }

    private LayerVersionRecord required(LayerVersionArn version) {
        return state.layerVersion(version)
                .orElseThrow(() ->
                        new Refusal(ErrorCode.RESOURCE_NOT_FOUND, "Layer version " + version + " does not exist."));
    }

    /** Where there is no policy there is no revision either, and any will do. */
    private static void requireRevision(LayerVersionRecord version, @Nullable String revisionId) {
        var policy = version.policy();
        if (revisionId != null && policy != null && !policy.revisionId().equals(revisionId)) {
            throw new Refusal(
                    ErrorCode.PRECONDITION_FAILED,
                    "The Revision Id provided does not match the latest Revision Id. "
                            + "Call the GetLayerPolicy API to retrieve the latest Revision Id");
        }
    }

    /**
     * The configuration with the layers as they are now. Those of the function's own account must exist; whether those of another may be
     * used, the router has found out, since their owner is another.
     */
    FunctionConfiguration withLayersChosen(FunctionArn function, FunctionConfiguration configuration) {
        return configuration.withLayers(configuration.layers().stream()
                .map(layer -> layer.arn().layer().account().equals(function.account()) ? own(layer) : layer)
                .toList());
    }

    private FunctionLayer own(FunctionLayer chosen) {
        return state.layerVersion(chosen.arn())
                .map(found -> new FunctionLayer(chosen.arn(), found.code()))
                .orElseThrow(() -> new Refusal(
                        ErrorCode.INVALID_PARAMETER_VALUE, "Layer version " + chosen.arn() + " does not exist."));
    }

    /** Copies of other accounts' layers that were stored for a function. */
    static List<Upload> brought(FunctionArn function, List<FunctionLayer> layers) {
        return layers.stream()
                .filter(layer -> !layer.arn().layer().account().equals(function.account()))
                .map(layer -> Upload.of(function.account(), layer.code()))
                .toList();
    }

    /** Refuses what would not fit where functions run. */
    static void requireFit(FunctionConfiguration configuration, FunctionCode code) {
        if (configuration.layers().isEmpty() || !(code instanceof CodePackage stored)) {
            return; // What the code takes alone was found out when it came.
        }
        long together = stored.leastUnzippedSize()
                + configuration.layers().stream()
                        .mapToLong(layer -> layer.code().leastUnzippedSize())
                        .sum();
        if (together > LARGEST_UNZIPPED) {
            throw new Refusal(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "Function code combined with layers exceeds the maximum allowed size of " + LARGEST_UNZIPPED
                            + " bytes. The actual size is " + together + " bytes.");
        }
    }
}
