package io.kappa.router.api.tag;

import static io.kappa.router.api.shape.Shape.listing;
import static io.kappa.router.api.shape.Shape.required;
import static io.kappa.router.api.shape.Shape.structure;
import static io.kappa.router.api.shape.Shape.text;

import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.router.api.function.ConfigurationJson;
import io.kappa.router.api.function.ConfigurationRules;
import io.kappa.router.api.function.FunctionIdentifier;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.function.Requests;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.api.shape.Shape.Mapping;
import io.kappa.router.api.shape.Shape.Member;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryCommand;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The operations on tags. A resource is named by its ARN alone, never by its name. */
final class Tags {
    private static final String REGION =
            "arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:";
    private static final Member RESOURCE = required(
            "Resource",
            text(1, 256)
                    .matching(REGION
                            + "(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|code-signing-config:csc-[a-z0-9]{17}"
                            + "|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
                            + "|capacity-provider:[a-zA-Z0-9-_]+)"));

    private static final Structure TAG = structure(RESOURCE, required("Tags", new Mapping(text(), text())));
    private static final Structure UNTAG =
            structure(RESOURCE, required("tagKeys", listing(text(), 0, Integer.MAX_VALUE)));
    private static final Structure LIST = structure(RESOURCE);

    private final Home home;
    private final Registry registry;

    Tags(Home home, Registry registry) {
        this.home = home;
        this.registry = registry;
    }

    /** Something that exists, by the ARN that the registry knows it by. */
    private record Tagged(String arn, Map<String, String> tags) {}

    ApiAnswer tag(ApiRequest request) throws Exception {
        var input = Requests.read(TAG, request);
        var resource = tagged(input, request);
        var tags = Objects.requireNonNull(input.mapping("Tags"), "the shape requires it");
        if (tags.isEmpty()) {
            throw invalid("An error occurred and the request cannot be processed.");
        }
        ConfigurationRules.checkTags(tags);
        var _ = Requests.done(registry.submit(new RegistryCommand.ChangeTags(resource.arn(), tags, List.of())));
        return ApiAnswer.empty(204);
    }

    ApiAnswer untag(ApiRequest request) throws Exception {
        var input = InputReader.readWithLists(UNTAG, request.parameters(), request.queries());
        var resource = tagged(input, request);
        var keys = Objects.requireNonNull(input.texts("tagKeys"), "the shape requires it");
        var _ = Requests.done(registry.submit(new RegistryCommand.ChangeTags(resource.arn(), Map.of(), keys)));
        return ApiAnswer.empty(204);
    }

    ApiAnswer list(ApiRequest request) {
        var resource = tagged(InputReader.read(LIST, request.parameters()), request);
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            ConfigurationJson.writeMap(json, "Tags", resource.tags());
            json.writeEndObject();
        });
    }

    private Tagged tagged(Input input, ApiRequest request) {
        var arn = input.requiredText("Resource");
        return switch (arn.split(":", 7)[5]) {
            case "function" -> function(arn, request);
            case "event-source-mapping" ->
                mapping(arn)
                        .map(mapping -> new Tagged(mapping.key(), mapping.tags()))
                        .orElseThrow(() -> notFound("Event source mapping not found: " + arn));
            case "code-signing-config" ->
                Optional.of(arn)
                        .filter(CodeSigningConfigId::isArn)
                        .map(CodeSigningConfigId::parse)
                        .filter(id -> isHere(id.account(), id.region()))
                        .flatMap(registry.view()::codeSigningConfig)
                        .map(config -> new Tagged(config.key(), config.tags()))
                        .orElseThrow(
                                () -> notFound("The Lambda code signing configuration " + arn + " can not be found."));
            default -> throw notFound("Capacity provider not found: " + arn);
        };
    }

    private Tagged function(String arn, ApiRequest request) {
        var identifier = FunctionIdentifier.of(arn, null, home, request.operation());
        if (identifier.qualifier() != null) {
            throw invalid("Tags on function aliases and versions are not supported. Please specify a function ARN.");
        }
        return identifier
                .function()
                .flatMap(registry.view()::function)
                .map(found ->
                        new Tagged(found.function().key(), found.function().tags()))
                .orElseThrow(() -> notFound("Function not found: " + arn));
    }

    private Optional<EventSourceMappingRecord> mapping(String arn) {
        var lowerCase = arn.toLowerCase(Locale.ROOT);
        return Optional.of(lowerCase)
                .filter(MappingId::isArn)
                .map(MappingId::parse)
                .filter(id -> isHere(id.account(), id.region()))
                .flatMap(id -> registry.view().mapping(id.uuid()));
    }

    private boolean isHere(String account, String region) {
        return account.equals(home.account()) && region.equals(home.region());
    }

    private static LambdaApiException notFound(String message) {
        return new LambdaApiException(ErrorCode.RESOURCE_NOT_FOUND, message);
    }

    private static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }
}
