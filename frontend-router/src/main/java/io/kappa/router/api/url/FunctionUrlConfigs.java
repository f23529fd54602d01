package io.kappa.router.api.url;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.FunctionUrlRecord;
import io.kappa.contracts.registry.FunctionUrlRecord.AuthType;
import io.kappa.contracts.registry.FunctionUrlRecord.Cors;
import io.kappa.contracts.registry.FunctionUrlRecord.InvokeMode;
import io.kappa.router.api.function.FunctionIdentifier;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.function.Page;
import io.kappa.router.api.function.Requests;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.operation.Endpoint;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.FunctionUrlChange;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryAnswer;
import io.kappa.router.registry.RegistryCommand;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The operations on the URLs of functions and aliases. */
public final class FunctionUrlConfigs {
    private static final String LATEST = "$LATEST";
    private static final String ID_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_LENGTH = 32;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final DateTimeFormatter MICROSECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Home home;
    private final Registry registry;
    private final UrlAddresses addresses;

    private FunctionUrlConfigs(Home home, Registry registry, UrlAddresses addresses) {
        this.home = home;
        this.registry = registry;
        this.addresses = addresses;
    }

    /** What answers the operations on function URLs. */
    public static Map<Operation, Endpoint> endpoints(Home home, Registry registry, UrlAddresses addresses) {
        var configs = new FunctionUrlConfigs(home, registry, addresses);
        var endpoints = new EnumMap<Operation, Endpoint>(Operation.class);
        endpoints.put(Operation.CREATE_FUNCTION_URL_CONFIG, configs::create);
        endpoints.put(Operation.GET_FUNCTION_URL_CONFIG, configs::get);
        endpoints.put(Operation.UPDATE_FUNCTION_URL_CONFIG, configs::update);
        endpoints.put(Operation.DELETE_FUNCTION_URL_CONFIG, configs::delete);
        endpoints.put(Operation.LIST_FUNCTION_URL_CONFIGS, configs::list);
        return endpoints;
    }

    private ApiAnswer create(ApiRequest request) throws Exception {
        var input = Requests.readWithQuery(UrlShapes.CREATE, request);
        var identifier = identified(request, input);
        var url = changed(registry.submit(new RegistryCommand.CreateFunctionUrl(
                identifier.function().orElseThrow(FunctionUrlConfigs::noFunction),
                identifier.effectiveQualifier(),
                newId(),
                AuthType.valueOf(input.requiredText("AuthType")),
                InvokeMode.valueOf(input.textOr("InvokeMode", "BUFFERED")),
                given(cors(input)))));
        return ApiAnswer.json(201, json -> {
            json.writeStartObject();
            write(json, url, request.origin());
            json.writeEndObject();
        });
    }

    /** Nobody can guess it, and no two are ever the same. */
    private static String newId() {
        return RANDOM.ints(ID_LENGTH, 0, ID_LETTERS.length())
                .mapToObj(letter -> ID_LETTERS.substring(letter, letter + 1))
                .collect(Collectors.joining());
    }

    private static @Nullable Cors given(@Nullable Cors cors) {
        return cors == null || cors.isEmpty() ? null : cors;
    }

    private ApiAnswer update(ApiRequest request) throws Exception {
        var input = Requests.readWithQuery(UrlShapes.UPDATE, request);
        var identifier = identified(request, input);
        var authType = input.text("AuthType");
        var invokeMode = input.text("InvokeMode");
        var url = changed(registry.submit(new RegistryCommand.UpdateFunctionUrl(
                identifier.function().orElseThrow(FunctionUrlConfigs::noUrl),
                identifier.effectiveQualifier(),
                new FunctionUrlChange(
                        authType == null ? null : AuthType.valueOf(authType),
                        invokeMode == null ? null : InvokeMode.valueOf(invokeMode),
                        cors(input)))));
        return shown(url, request);
    }

    private static FunctionUrlRecord changed(CompletionStage<RegistryAnswer> answer) throws Exception {
        return Objects.requireNonNull(Requests.done(answer).url(), "a URL that is set is answered with");
    }

    private ApiAnswer get(ApiRequest request) {
        var identifier = identified(request, InputReader.read(UrlShapes.ONE, Requests.parameters(request)));
        var url = identifier
                .function()
                .flatMap(function -> registry.view().url(function, identifier.effectiveQualifier()))
                .orElseThrow(FunctionUrlConfigs::noUrl);
        return shown(url, request);
    }

    private ApiAnswer shown(FunctionUrlRecord url, ApiRequest request) {
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            write(json, url, request.origin());
            json.writeStringField("LastModifiedTime", time(url.lastModified()));
            json.writeEndObject();
        });
    }

    private ApiAnswer delete(ApiRequest request) throws Exception {
        var identifier = identified(request, InputReader.read(UrlShapes.ONE, Requests.parameters(request)));
        var function = identifier.function().orElseThrow(FunctionUrlConfigs::noUrl);
        var _ = Requests.done(
                registry.submit(new RegistryCommand.DeleteFunctionUrl(function, identifier.effectiveQualifier())));
        return ApiAnswer.empty(204);
    }

    private ApiAnswer list(ApiRequest request) {
        var input = InputReader.read(UrlShapes.LIST, Requests.parameters(request));
        var function = FunctionIdentifier.of(input.requiredText("FunctionName"), null, home, request.operation())
                .function()
                .filter(arn -> registry.view().function(arn).isPresent())
                .orElseThrow(FunctionUrlConfigs::noFunction);
        var page = Page.ofUrls(registry.view().urls(function).stream(), input.text("Marker"), input.whole("MaxItems"));
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            if (page.nextMarker() != null) {
                json.writeStringField("NextMarker", page.nextMarker());
            }
            json.writeArrayFieldStart("FunctionUrlConfigs");
            for (var url : page.items()) {
                json.writeStartObject();
                write(json, url, request.origin());
                json.writeStringField("LastModifiedTime", time(url.lastModified()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** Versions have no URLs: they are refused in the words that they are refused in as a parameter. */
    private FunctionIdentifier identified(ApiRequest request, Input input) {
        var identifier = FunctionIdentifier.of(
                input.requiredText("FunctionName"), input.text("Qualifier"), home, request.operation());
        var qualifier = identifier.qualifier();
        if (qualifier != null && Version.isVersion(qualifier)) {
            throw new LambdaApiException(
                    ErrorCode.VALIDATION,
                    "1 validation error detected: Value '" + qualifier
                            + "' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: "
                            + UrlShapes.QUALIFIER.pattern());
        }
        return identifier;
    }

    private static @Nullable Cors cors(Input input) {
        var cors = input.structure("Cors");
        return cors == null
                ? null
                : new Cors(
                        cors.flagOrNull("AllowCredentials"),
                        cors.texts("AllowHeaders"),
                        cors.texts("AllowMethods"),
                        cors.texts("AllowOrigins"),
                        cors.texts("ExposeHeaders"),
                        cors.whole("MaxAge"));
    }

    private void write(JsonGenerator json, FunctionUrlRecord url, String origin) throws IOException {
        json.writeStringField("FunctionUrl", addresses.of(url.urlId(), origin));
        json.writeStringField("FunctionArn", arn(url.function(), url.qualifier()));
        json.writeStringField("AuthType", url.authType().name());
        json.writeStringField("InvokeMode", url.invokeMode().name());
        json.writeStringField("CreationTime", time(url.created()));
        var cors = url.cors();
        if (cors == null) {
            return;
        }
        json.writeObjectFieldStart("Cors");
        if (cors.allowCredentials() != null) {
            json.writeBooleanField("AllowCredentials", cors.allowCredentials());
        }
        writeList(json, "AllowHeaders", cors.allowHeaders());
        writeList(json, "AllowMethods", cors.allowMethods());
        writeList(json, "AllowOrigins", cors.allowOrigins());
        writeList(json, "ExposeHeaders", cors.exposeHeaders());
        if (cors.maxAge() != null) {
            json.writeNumberField("MaxAge", cors.maxAge());
        }
        json.writeEndObject();
    }

    private static void writeList(JsonGenerator json, String name, @Nullable List<String> texts) throws IOException {
        if (texts != null) {
            json.writeArrayFieldStart(name);
            for (var text : texts) {
                json.writeString(text);
            }
            json.writeEndArray();
        }
    }

    private static String arn(FunctionArn function, String qualifier) {
        return qualifier.equals(LATEST) ? function.toString() : function.qualified(qualifier);
    }

    private static String time(Instant instant) {
        return MICROSECONDS.format(instant);
    }

    private static LambdaApiException noFunction() {
        return new LambdaApiException(ErrorCode.RESOURCE_NOT_FOUND, "Function does not exist");
    }

    private static LambdaApiException noUrl() {
        return new LambdaApiException(ErrorCode.RESOURCE_NOT_FOUND, "The resource you requested does not exist.");
    }
}
