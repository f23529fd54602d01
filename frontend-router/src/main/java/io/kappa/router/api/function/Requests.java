package io.kappa.router.api.function;

import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.operation.BodyStream;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.RegistryAnswer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Reads requests along their shapes, and waits for what the registry makes of them. */
public final class Requests {

    /** Members that stand in the path and in the body. */
    public static Input read(Structure shape, ApiRequest request) {
        return InputReader.read(shape, request.parameters(), BodyStream.of(request.body()));
    }

    /** As {@link #read}, with members that stand in the query. */
    public static Input readWithQuery(Structure shape, ApiRequest request) {
        return InputReader.read(shape, parameters(request), BodyStream.of(request.body()));
    }

    /** Of the path and the query together. */
    public static Map<String, String> parameters(ApiRequest request) {
        var parameters = new HashMap<>(request.query());
        parameters.putAll(request.parameters());
        return parameters;
    }

    /** @throws LambdaApiException where the registry refuses */
    public static RegistryAnswer.Done done(CompletionStage<RegistryAnswer> answer) throws Exception {
        return switch (answer.toCompletableFuture().get()) { // The registry bounds the wait.
            case RegistryAnswer.Done done -> done;
            case RegistryAnswer.Refused(var code, var message) -> throw new LambdaApiException(code, message);
        };
    }

    private Requests() {}
}
