package io.kappa.router.api.function;

import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.operation.BodyStream;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.RegistryAnswer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Reads requests along their shapes, and waits for what the registry makes of them. */
public final class Requests {
    /** All that ever stands in the query where there is a body. */
    private static final List<String> BESIDE_A_BODY = List.of("Qualifier", "RevisionId");

    /** Members that stand in the path and in the body. */
    public static Input read(Structure shape, ApiRequest request) {
        return InputReader.read(shape, request.parameters(), BodyStream.of(request.body()));
    }

    /** As {@link #read}, with members that stand in the query. What else the query names is none of them, whatever its name. */
    public static Input readWithQuery(Structure shape, ApiRequest request) {
        var parameters = new HashMap<>(request.query());
        parameters.keySet().retainAll(BESIDE_A_BODY);
        parameters.putAll(request.parameters());
        return InputReader.read(shape, parameters, BodyStream.of(request.body()));
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
