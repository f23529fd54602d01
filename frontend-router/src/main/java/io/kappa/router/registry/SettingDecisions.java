package io.kappa.router.registry;

import io.kappa.router.registry.RegistryCommand.ChangeSetting;
import io.kappa.router.registry.RegistryDecisions.Outcome;
import java.util.function.Supplier;

/** Decides what becomes of what is kept beside functions. */
final class SettingDecisions {
    private final PolicyDecisions policies;

    SettingDecisions(RegistryState state, Supplier<String> revisionIds) {
        this.policies = new PolicyDecisions(state, revisionIds);
    }

    Outcome change(ChangeSetting command) {
        var function = command.function();
        return switch (command.change()) {
            case SettingChange.AddPermission add -> policies.add(function, command.qualifier(), add);
            case SettingChange.RemovePermission remove -> policies.remove(function, command.qualifier(), remove);
        };
    }
}
