package io.kappa.router.registry;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.FunctionUrlRecord;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.registry.RegistryCommand.CreateFunctionUrl;
import io.kappa.router.registry.RegistryCommand.DeleteFunctionUrl;
import io.kappa.router.registry.RegistryCommand.OfFunctionUrl;
import io.kappa.router.registry.RegistryCommand.UpdateFunctionUrl;
import io.kappa.router.registry.RegistryDecisions.Outcome;
import io.kappa.router.registry.RegistryDecisions.Refusal;
import java.time.Instant;
import java.util.List;

/** Decides what becomes of function URLs. They go with the function or alias that they are of. */
final class FunctionUrlDecisions {
    private final RegistryState state;

    FunctionUrlDecisions(RegistryState state) {
        this.state = state;
    }

    Outcome decide(OfFunctionUrl command, Instant now) {
        return switch (command) {
            case CreateFunctionUrl create -> create(create, now);
            case UpdateFunctionUrl update ->
                Outcome.of(update.change().appliedTo(required(update.function(), update.qualifier()), now));
            case DeleteFunctionUrl delete ->
                RegistryDecisions.removal(
                        List.of(required(delete.function(), delete.qualifier())),
                        RegistryDecisions.required(state, delete.function()));
        };
    }

    private Outcome create(CreateFunctionUrl command, Instant now) {
        var function = command.function();
        if (state.function(function).isEmpty() || !state.hasQualifier(function, command.qualifier())) {
            throw new Refusal(ErrorCode.RESOURCE_NOT_FOUND, "Function does not exist");
        }
        if (state.functionUrl(function, command.qualifier()).isPresent()) {
            // Lambda's wording, both blanks included.
            throw new Refusal(
                    ErrorCode.RESOURCE_CONFLICT,
                    "Failed to create function url config for [functionArn = " + command.urlOf()
                            + "]. Error message:  FunctionUrlConfig exists for this Lambda function");
        }
        return Outcome.of(new FunctionUrlRecord(
                function,
                command.qualifier(),
                command.urlId(),
                command.authType(),
                command.invokeMode(),
                command.cors(),
                now,
                now));
    }

    private FunctionUrlRecord required(FunctionArn function, String qualifier) {
        return state.functionUrl(function, qualifier)
                .orElseThrow(
                        () -> new Refusal(ErrorCode.RESOURCE_NOT_FOUND, "The resource you requested does not exist."));
    }
}
