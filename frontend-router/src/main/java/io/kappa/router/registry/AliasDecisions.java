package io.kappa.router.registry;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.FunctionConfiguration;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.CreateAlias;
import io.kappa.router.registry.RegistryCommand.DeleteAlias;
import io.kappa.router.registry.RegistryCommand.UpdateAlias;
import io.kappa.router.registry.RegistryDecisions.Outcome;
import io.kappa.router.registry.RegistryDecisions.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of aliases. */
final class AliasDecisions {
    private final RegistryState state;
    private final ProvisionedDecisions provisioned;
    private final Supplier<String> revisionIds;

    AliasDecisions(RegistryState state, ProvisionedDecisions provisioned, Supplier<String> revisionIds) {
        this.state = state;
        this.provisioned = provisioned;
        this.revisionIds = revisionIds;
    }

    Outcome create(CreateAlias command) {
        var function = command.function();
        requiredVersion(function, command.version());
        if (state.alias(function, command.name()).isPresent()) {
            throw new Refusal(
                    ErrorCode.RESOURCE_CONFLICT, "Alias already exists: " + function.qualified(command.name()));
        }
        return Outcome.of(new AliasRecord(
                function,
                command.name(),
                command.version(),
                command.description(),
                checked(function, command.version(), command.additional()),
                revisionIds.get()));
    }

    Outcome update(UpdateAlias command) {
        var function = command.function();
        var _ = RegistryDecisions.required(state, function);
        var before = state.alias(function, command.name())
                .orElseThrow(() -> new Refusal(
                        ErrorCode.RESOURCE_NOT_FOUND, "Alias not found: " + function.qualified(command.name())));
        RegistryDecisions.requireRevision(before.revisionId(), command.revisionId());
        var change = command.change();
        var version = Objects.requireNonNullElse(change.version(), before.version());
        requiredVersion(function, version);
        var additional = change.additional() == null ? additionalOf(before) : change.additional();
        var after = new AliasRecord(
                function,
                before.name(),
                version,
                Objects.requireNonNullElse(change.description(), before.description()),
                checked(function, version, additional),
                revisionIds.get());
        provisioned.requireProvisionable(after);
        return Outcome.of(after);
    }

    private static List<AliasRecord.Additional> additionalOf(AliasRecord alias) {
        return alias.additional() == null ? List.of() : List.of(alias.additional());
    }

    /** Lambda answers alike where there is no such alias. */
    Outcome delete(DeleteAlias command) {
        var function = RegistryDecisions.required(state, command.function());
        var gone = new ArrayList<RegistryRecord>();
        state.alias(command.function(), command.name()).ifPresent(gone::add);
        gone.addAll(state.settingsOf(command.function(), command.name()));
        return gone.isEmpty() ? Outcome.UNCHANGED : RegistryDecisions.removal(gone, function);
    }

    /** The one version that is to take a share, once it is known that it can; null where none is to. */
    private AliasRecord.@Nullable Additional checked(
            FunctionArn function, Version version, List<AliasRecord.Additional> additional) {
        if (additional.isEmpty()) {
            return null;
        }
        if (additional.size() > 1) {
            throw invalid("Number of items in AdditionalVersionWeights cannot be greater than 1");
        }
        var second = additional.getFirst();
        if (second.version().equals(version)) {
            throw invalid("Invalid function version " + version + ". Function version " + version
                    + " is already included in routing configuration.");
        }
        if (version instanceof Version.Latest || second.version() instanceof Version.Latest) {
            throw invalid("$LATEST is not supported for an alias pointing to more than 1 version");
        }
        requireAlike(
                configuration(requiredVersion(function, version)),
                configuration(requiredVersion(function, second.version())));
        return second;
    }

    private static FunctionConfiguration configuration(VersionRecord version) {
        return version.requested().configuration();
    }

    private static void requireAlike(FunctionConfiguration one, FunctionConfiguration other) {
        if (!one.role().equals(other.role())) {
            throw invalid("Specified versions must be associated with the same execution role");
        }
        if (!Objects.equals(one.deadLetterTargetArn(), other.deadLetterTargetArn())) {
            throw invalid("Specified versions must be associated with the same dead letter queue, or with none");
        }
    }

    private VersionRecord requiredVersion(FunctionArn function, Version version) {
        return state.version(new VersionArn(function, version))
                .orElseThrow(() -> new Refusal(
                        ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + new VersionArn(function, version)));
    }

    private static Refusal invalid(String message) {
        return new Refusal(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }
}
