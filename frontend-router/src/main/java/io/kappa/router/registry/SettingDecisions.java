package io.kappa.router.registry;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.registry.RecursionRecord;
import io.kappa.contracts.registry.RuntimeManagementRecord;
import io.kappa.contracts.registry.SettingRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.ChangeSetting;
import io.kappa.router.registry.RegistryDecisions.Outcome;
import io.kappa.router.registry.RegistryDecisions.Refusal;
import io.kappa.router.registry.SettingChange.PutRuntimeManagement;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of what is kept beside functions. */
final class SettingDecisions {
    private final RegistryState state;
    private final PolicyDecisions policies;
    private final CodeSigningDecisions codeSigning;

    SettingDecisions(RegistryState state, CodeSigningDecisions codeSigning, Supplier<String> revisionIds) {
        this.state = state;
        this.policies = new PolicyDecisions(state, revisionIds);
        this.codeSigning = codeSigning;
    }

    Outcome change(ChangeSetting command) {
        var function = command.function();
        return switch (command.change()) {
            case SettingChange.AddPermission add -> policies.add(function, command.qualifier(), add);
            case SettingChange.RemovePermission remove -> policies.remove(function, command.qualifier(), remove);
            case SettingChange.PutRecursiveLoop(var loop) -> {
                var _ = RegistryDecisions.required(state, function);
                yield recorded(new RecursionRecord(function, loop));
            }
            case PutRuntimeManagement put -> putRuntimeManagement(function, command.qualifier(), put);
            case SettingChange.PutCodeSigning(var config) -> codeSigning.attach(function, config);
            case SettingChange.DeleteCodeSigning _ -> codeSigning.detach(function);
        };
    }

    private Outcome putRuntimeManagement(
            FunctionArn function, @Nullable String qualifier, PutRuntimeManagement change) {
        var version = Version.named(qualifier == null ? "$LATEST" : qualifier)
                .map(named -> new VersionArn(function, named))
                .filter(named -> state.version(named).isPresent())
                .orElseThrow(() -> new Refusal(
                        ErrorCode.RESOURCE_NOT_FOUND,
                        "Function not found: " + function.qualified(qualifier == null ? "$LATEST" : qualifier)));
        return recorded(new RuntimeManagementRecord(
                function, version.version().toString(), change.updateRuntimeOn(), change.runtimeVersionArn()));
    }

    private static Outcome recorded(SettingRecord record) {
        return new Outcome(List.of(new Change.Recorded(record)), RegistryAnswer.Done.WITHOUT_RECORD);
    }
}
