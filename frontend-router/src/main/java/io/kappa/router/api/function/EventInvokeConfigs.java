package io.kappa.router.api.function;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.access.object.ObjectStorage;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.EventInvokeChange;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryAnswer;
import io.kappa.router.registry.RegistryCommand;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The operations on how asynchronous invocations are treated, which is set for each qualifier of a function. */
final class EventInvokeConfigs {
    private final Registry registry;
    private final Functions functions;
    private final ObjectStorage objects;

    EventInvokeConfigs(Registry registry, Functions functions, ObjectStorage objects) {
        this.registry = registry;
        this.functions = functions;
        this.objects = objects;
    }

    /** A function that exists, and a qualifier that may. */
    private record Target(FunctionArn function, String qualifier) {}

    ApiAnswer put(ApiRequest request) throws Exception {
        var input = Requests.readWithQuery(RequestShapes.EVENT_INVOKE_CONFIG, request);
        var target = changed(request, input);
        return answer(registry.submit(new RegistryCommand.PutFunctionEventInvokeConfig(
                target.function(), target.qualifier(), change(input, target.function()))));
    }

    ApiAnswer update(ApiRequest request) throws Exception {
        var input = Requests.readWithQuery(RequestShapes.EVENT_INVOKE_CONFIG, request);
        var target = changed(request, input);
        return answer(registry.submit(new RegistryCommand.UpdateFunctionEventInvokeConfig(
                target.function(), target.qualifier(), change(input, target.function()))));
    }

    private Target changed(ApiRequest request, Input input) {
        if (!input.has("MaximumRetryAttempts")
                && !input.has("MaximumEventAgeInSeconds")
                && !input.has("DestinationConfig")) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "You must specify at least one of error handling or destination setting.");
        }
        var identifier = functions.identified(request, input);
        var function = identifier
                .function()
                .filter(arn -> registry.view().function(arn).isPresent())
                .orElseThrow(EventInvokeConfigs::noFunction);
        return new Target(function, identifier.effectiveQualifier());
    }

    private EventInvokeChange change(Input input, FunctionArn function) {
        var destinations = input.structure("DestinationConfig");
        var onSuccess = destination(destinations, "OnSuccess");
        var onFailure = destination(destinations, "OnFailure");
        DestinationRules.check(
                function,
                Objects.requireNonNullElse(onSuccess, ""),
                Objects.requireNonNullElse(onFailure, ""),
                registry.view());
        BucketRules.check(onFailure, objects);
        return new EventInvokeChange(
                input.whole("MaximumRetryAttempts"), input.whole("MaximumEventAgeInSeconds"), onSuccess, onFailure);
    }

    /** Null where nothing is said of it; empty where it is cleared. */
    private static @Nullable String destination(@Nullable Input destinations, String name) {
        var destination = destinations == null ? null : destinations.structure(name);
        return destination == null ? null : destination.textOr("Destination", "");
    }

    private static ApiAnswer answer(CompletionStage<RegistryAnswer> answer) throws Exception {
        var config = Objects.requireNonNull(
                Requests.done(answer).eventInvokeConfig(), "a configuration that is set is answered with");
        return ApiAnswer.json(200, json -> write(json, config));
    }

    ApiAnswer get(ApiRequest request) {
        var identifier = functions.identified(
                request, InputReader.read(RequestShapes.ONE_VERSION, Requests.parameters(request)));
        var config = identifier
                .function()
                .flatMap(registry.view()::function)
                .flatMap(function -> function.eventInvokeConfig(identifier.effectiveQualifier()))
                .orElseThrow(() -> noConfig(identifier));
        return ApiAnswer.json(200, json -> write(json, config));
    }

    ApiAnswer delete(ApiRequest request) throws Exception {
        var identifier = functions.identified(
                request, InputReader.read(RequestShapes.ONE_VERSION, Requests.parameters(request)));
        var function = identifier.function().orElseThrow(() -> noConfig(identifier));
        var _ = Requests.done(registry.submit(
                new RegistryCommand.DeleteFunctionEventInvokeConfig(function, identifier.effectiveQualifier())));
        return ApiAnswer.empty(204);
    }

    ApiAnswer list(ApiRequest request) {
        var input = InputReader.read(RequestShapes.LIST_EVENT_INVOKE_CONFIGS, Requests.parameters(request));
        var function = functions
                .identified(request, input)
                .function()
                .flatMap(registry.view()::function)
                .orElseThrow(EventInvokeConfigs::noFunction);
        var page = Page.ofConfigs(
                function.eventInvokeConfigs().values().stream(), input.text("Marker"), input.whole("MaxItems"));
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            if (page.nextMarker() != null) {
                json.writeStringField("NextMarker", page.nextMarker());
            }
            json.writeArrayFieldStart("FunctionEventInvokeConfigs");
            for (var config : page.items()) {
                write(json, config);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, EventInvokeConfigRecord config) throws IOException {
        json.writeStartObject();
        // Seconds with a fraction, which no double would keep exactly.
        json.writeNumberField(
                "LastModified", BigDecimal.valueOf(config.lastModified().toEpochMilli(), 3));
        json.writeStringField("FunctionArn", config.function().qualified(config.qualifier()));
        if (config.maximumRetryAttempts() != null) {
            json.writeNumberField("MaximumRetryAttempts", config.maximumRetryAttempts());
        }
        if (config.maximumEventAgeInSeconds() != null) {
            json.writeNumberField("MaximumEventAgeInSeconds", config.maximumEventAgeInSeconds());
        }
        json.writeObjectFieldStart("DestinationConfig");
        writeDestination(json, "OnSuccess", config.onSuccess());
        writeDestination(json, "OnFailure", config.onFailure());
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeDestination(JsonGenerator json, String name, @Nullable String destination)
            throws IOException {
        json.writeObjectFieldStart(name);
        if (destination != null) {
            json.writeStringField("Destination", destination);
        }
        json.writeEndObject();
    }

    private static LambdaApiException noFunction() {
        return new LambdaApiException(ErrorCode.RESOURCE_NOT_FOUND, "The function doesn't exist.");
    }

    private static LambdaApiException noConfig(FunctionIdentifier identifier) {
        return new LambdaApiException(
                ErrorCode.RESOURCE_NOT_FOUND,
                "The function " + identifier.unqualifiedArn() + ":" + identifier.effectiveQualifier()
                        + " doesn't have an EventInvokeConfig");
    }
}
