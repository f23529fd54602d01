package io.kappa.router.api.function;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.AliasRecord;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.AliasChange;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryAnswer;
import io.kappa.router.registry.RegistryCommand;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The operations on aliases. */
final class Aliases {
    private final Registry registry;
    private final Functions functions;

    Aliases(Registry registry, Functions functions) {
        this.registry = registry;
        this.functions = functions;
    }

    ApiAnswer create(ApiRequest request) throws Exception {
        var input = Requests.read(RequestShapes.CREATE_ALIAS, request);
        var version = input.requiredText("FunctionVersion");
        var identifier = functions.unqualified(request, input);
        var function = identifier
                .function()
                .orElseThrow(() -> Functions.notFound(identifier.unqualifiedArn() + ":" + version));
        return answer(
                201,
                registry.submit(new RegistryCommand.CreateAlias(
                        function,
                        input.requiredText("Name"),
                        version(function, version),
                        input.textOr("Description", ""),
                        Objects.requireNonNullElse(additional(function, input), List.of()))));
    }

    ApiAnswer update(ApiRequest request) throws Exception {
        var input = Requests.read(RequestShapes.UPDATE_ALIAS, request);
        var function = function(request, input);
        var version = input.text("FunctionVersion");
        var change = new AliasChange(
                version == null ? null : version(function, version),
                input.text("Description"),
                additional(function, input));
        return answer(
                200,
                registry.submit(new RegistryCommand.UpdateAlias(
                        function, input.requiredText("Name"), change, input.text("RevisionId"))));
    }

    /** Null where nothing is said of it; empty where no second version is to have a share. */
    private static @Nullable List<AliasRecord.Additional> additional(FunctionArn function, Input input) {
        var routing = input.structure("RoutingConfig");
        if (routing == null) {
            return null;
        }
        return Objects.requireNonNullElse(routing.numbers("AdditionalVersionWeights"), Map.<String, Double>of())
                .entrySet()
                .stream()
                .map(weight -> new AliasRecord.Additional(version(function, weight.getKey()), weight.getValue()))
                .toList();
    }

    private static Version version(FunctionArn function, String text) {
        return Version.named(text).orElseThrow(() -> Functions.notFound(function.qualified(text)));
    }

    private FunctionArn function(ApiRequest request, Input input) {
        return functions.changed(request, input).function().function();
    }

    private static ApiAnswer answer(int status, CompletionStage<RegistryAnswer> answer) throws Exception {
        var alias = Objects.requireNonNull(Requests.done(answer).alias(), "an alias that is set is answered with");
        return ApiAnswer.json(status, json -> write(json, alias));
    }

    ApiAnswer get(ApiRequest request) {
        var input = InputReader.read(RequestShapes.ONE_ALIAS, Requests.parameters(request));
        var function = functions.changed(request, input);
        var name = input.requiredText("Name");
        var alias = function.alias(name)
                .orElseThrow(() -> notFound(function.function().function(), name));
        return ApiAnswer.json(200, json -> write(json, alias));
    }

    static LambdaApiException notFound(FunctionArn function, String name) {
        return new LambdaApiException(
                ErrorCode.RESOURCE_NOT_FOUND, "Cannot find alias arn: " + function.qualified(name));
    }

    ApiAnswer delete(ApiRequest request) throws Exception {
        var input = InputReader.read(RequestShapes.ONE_ALIAS, Requests.parameters(request));
        var function = function(request, input);
        var _ = Requests.done(registry.submit(new RegistryCommand.DeleteAlias(function, input.requiredText("Name"))));
        return ApiAnswer.empty(204);
    }

    ApiAnswer list(ApiRequest request) {
        var input = InputReader.read(RequestShapes.LIST_ALIASES, Requests.parameters(request));
        var wanted = input.text("FunctionVersion");
        var aliases = functions.changed(request, input).aliases().values().stream()
                .filter(alias -> wanted == null
                        || Version.named(wanted).filter(alias::pointsTo).isPresent());
        var page = Page.ofAliases(aliases, input.text("Marker"), input.whole("MaxItems"));
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            if (page.nextMarker() != null) {
                json.writeStringField("NextMarker", page.nextMarker());
            }
            json.writeArrayFieldStart("Aliases");
            for (var alias : page.items()) {
                write(json, alias);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, AliasRecord alias) throws IOException {
        json.writeStartObject();
        json.writeStringField("AliasArn", alias.key());
        json.writeStringField("Name", alias.name());
        json.writeStringField("FunctionVersion", alias.version().toString());
        json.writeStringField("Description", alias.description());
        var additional = alias.additional();
        if (additional != null) {
            json.writeObjectFieldStart("RoutingConfig");
            json.writeObjectFieldStart("AdditionalVersionWeights");
            json.writeNumberField(additional.version().toString(), additional.weight());
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeStringField("RevisionId", alias.revisionId());
        json.writeEndObject();
    }
}
