package io.kappa.router.api.function;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryCommand;
import java.util.Objects;

/** The operations on the concurrency that a function has for itself. */
final class ReservedConcurrency {
    static final String MEMBER = "ReservedConcurrentExecutions";

    private final Registry registry;
    private final Functions functions;

    ReservedConcurrency(Registry registry, Functions functions) {
        this.registry = registry;
        this.functions = functions;
    }

    ApiAnswer put(ApiRequest request) throws Exception {
        var input = Requests.readWithQuery(RequestShapes.PUT_CONCURRENCY, request);
        int reserved = Objects.requireNonNull(input.whole(MEMBER), "the shape requires it");
        var identifier = functions.unqualified(request, input);
        var function = identifier.function().orElseThrow(() -> Functions.notFound(identifier.arn() + ":$LATEST"));
        var _ = Requests.done(registry.submit(new RegistryCommand.PutFunctionConcurrency(function, reserved)));
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeNumberField(MEMBER, reserved);
            json.writeEndObject();
        });
    }

    ApiAnswer get(ApiRequest request) {
        var reserved = functions.changed(request, input(request)).function().reservedConcurrency();
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            if (reserved != null) {
                json.writeNumberField(MEMBER, reserved);
            }
            json.writeEndObject();
        });
    }

    ApiAnswer delete(ApiRequest request) throws Exception {
        FunctionArn function =
                functions.changed(request, input(request)).function().function();
        var _ = Requests.done(registry.submit(new RegistryCommand.DeleteFunctionConcurrency(function)));
        return ApiAnswer.empty(204);
    }

    private static Input input(ApiRequest request) {
        return InputReader.read(RequestShapes.ONE_FUNCTION, Requests.parameters(request));
    }
}
