package io.kappa.router.api.function;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;

/** Finds the function that a request is about, or says in Lambda's words that there is none. */
final class Functions {
    private final Home home;
    private final Registry registry;

    Functions(Home home, Registry registry) {
        this.home = home;
        this.registry = registry;
    }

    FunctionIdentifier identified(ApiRequest request, Input input) {
        return FunctionIdentifier.of(
                input.requiredText("FunctionName"), input.text("Qualifier"), home, request.operation());
    }

    /** The function that a change is about. Versions and aliases never change, so only {@code $LATEST} may be named. */
    FunctionView changed(ApiRequest request, Input input) {
        return required(unqualified(request, input));
    }

    FunctionIdentifier unqualified(ApiRequest request, Input input) {
        return identified(request, input).requireUnqualified();
    }

    FunctionView required(FunctionIdentifier identifier) {
        return identifier.function().flatMap(this::found).orElseThrow(() -> notFound(identifier.arn()));
    }

    VersionRecord requiredVersion(FunctionIdentifier identifier) {
        return identifier
                .function()
                .flatMap(this::found)
                .flatMap(function -> function.versionOf(identifier.effectiveQualifier()))
                .orElseThrow(() -> notFound(identifier.arn()));
    }

    private java.util.Optional<FunctionView> found(FunctionArn function) {
        return registry.view().function(function);
    }

    static LambdaApiException notFound(String arn) {
        return new LambdaApiException(ErrorCode.RESOURCE_NOT_FOUND, "Function not found: " + arn);
    }
}
