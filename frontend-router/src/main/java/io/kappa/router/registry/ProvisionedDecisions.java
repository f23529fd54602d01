package io.kappa.router.registry;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.DeleteProvisionedConcurrency;
import io.kappa.router.registry.RegistryCommand.PutProvisionedConcurrency;
import io.kappa.router.registry.RegistryDecisions.Outcome;
import io.kappa.router.registry.RegistryDecisions.Refusal;
import java.time.Instant;
import java.util.List;

/**
 * Decides what is kept ready of functions. An account's concurrency is allocated to functions: what is reserved, and of a function without a
 * reservation, what is provisioned. A version's environments belong to the version's own configuration or to aliases', never to both.
 */
final class ProvisionedDecisions {
    private static final String UNPUBLISHED =
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.";

    private final RegistryState state;
    private final AccountQuotas quotas;

    ProvisionedDecisions(RegistryState state, AccountQuotas quotas) {
        this.state = state;
        this.quotas = quotas;
    }

    Outcome put(PutProvisionedConcurrency command, Instant now) {
        var function = command.function();
        var qualifier = command.qualifier();
        if (Version.isVersion(qualifier)) {
            requireProvisionable(function, requiredVersion(function, qualifier));
        } else {
            requireProvisionable(requiredAlias(function, qualifier), function);
        }
        requireRoom(RegistryDecisions.required(state, function), qualifier, command.executions());
        return Outcome.of(new ProvisionedConcurrencyRecord(function, qualifier, command.executions(), now));
    }

    /** Lambda answers alike where nothing is provisioned. */
    Outcome delete(DeleteProvisionedConcurrency command) {
        var function = command.function();
        var qualifier = command.qualifier();
        if (Version.isVersion(qualifier)) {
            var _ = requiredVersion(function, qualifier);
        } else {
            var _ = requiredAlias(function, qualifier);
        }
        return state.provisioned(function, qualifier)
                .map(config -> RegistryDecisions.removal(List.of(config), RegistryDecisions.required(state, function)))
                .orElse(Outcome.UNCHANGED);
    }

    private AliasRecord requiredAlias(FunctionArn function, String name) {
        return state.alias(function, name)
                .orElseThrow(() -> new Refusal(
                        ErrorCode.RESOURCE_NOT_FOUND, "Cannot find alias arn: " + function.qualified(name)));
    }

    private Version requiredVersion(FunctionArn function, String qualifier) {
        return Version.named(qualifier)
                .filter(version ->
                        state.version(new VersionArn(function, version)).isPresent())
                .orElseThrow(() -> new Refusal(
                        ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + function.qualified(qualifier)));
    }

    private void requireProvisionable(FunctionArn function, Version version) {
        if (version instanceof Version.Latest) {
            throw new Refusal(ErrorCode.INVALID_PARAMETER_VALUE, UNPUBLISHED);
        }
        requireNoSnapshots(function, version);
        if (state.aliases(function).stream()
                .anyMatch(alias -> alias.pointsTo(version)
                        && state.provisioned(function, alias.name()).isPresent())) {
            throw new Refusal(ErrorCode.RESOURCE_CONFLICT, "Version is pointed by a Provisioned Concurrency alias");
        }
    }

    /** Environments of such a version are to come from its snapshot. */
    private void requireNoSnapshots(FunctionArn function, Version version) {
        if (state.version(new VersionArn(function, version))
                .filter(VersionRecord::restorable)
                .isPresent()) {
            throw new Refusal(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "Provisioned Concurrency is not supported for SnapStart enabled functions.");
        }
    }

    private void requireProvisionable(AliasRecord alias, FunctionArn function) {
        if (alias.pointsTo(new Version.Latest())) {
            throw new Refusal(ErrorCode.INVALID_PARAMETER_VALUE, UNPUBLISHED);
        }
        requireNoSnapshots(function, alias.version());
        if (alias.additional() != null) {
            requireNoSnapshots(function, alias.additional().version());
        }
        if (state.provisioned(function).stream()
                .anyMatch(config ->
                        Version.isVersion(config.qualifier()) && alias.pointsTo(Version.parse(config.qualifier())))) {
            throw new Refusal(
                    ErrorCode.RESOURCE_CONFLICT,
                    "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version");
        }
    }

    /** Refuses to point an alias for which something is provisioned at a version for which nothing can be. */
    void requireProvisionable(AliasRecord alias) {
        if (state.provisioned(alias.function(), alias.name()).isPresent()) {
            requireProvisionable(alias, alias.function());
        }
    }

    private void requireRoom(FunctionRecord function, String qualifier, int executions) {
        var arn = function.function();
        long others = state.provisioned(arn).stream()
                .filter(config -> !config.qualifier().equals(qualifier))
                .mapToLong(ProvisionedConcurrencyRecord::requested)
                .sum();
        if (function.reservedConcurrency() != null) {
            if (others + executions > function.reservedConcurrency()) {
                throw new Refusal(
                        ErrorCode.TOO_LITTLE_UNRESERVED,
                        "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution "
                                + "for function");
            }
            return;
        }
        long allocated = others + state.allocatedConcurrency(arn.account(), arn.region()) - state.allocatedTo(arn);
        long unreserved = quotas.concurrentExecutions() - allocated;
        if (executions > unreserved) {
            throw new Refusal(
                    ErrorCode.TOO_LITTLE_UNRESERVED,
                    "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency ["
                            + unreserved + "].");
        }
        if (unreserved - executions < quotas.leastUnreserved()) {
            throw new Refusal(
                    ErrorCode.TOO_LITTLE_UNRESERVED,
                    "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below "
                            + "its minimum value of [" + quotas.leastUnreserved() + "].");
        }
    }
}
