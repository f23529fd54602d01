package io.kappa.router.api.function;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.function.CodeSigningConfigId;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.registry.CodeSigningConfigRecord;
import io.kappa.contracts.registry.CodeSigningConfigRecord.UntrustedCode;
import io.kappa.contracts.registry.CodeSigningRecord;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.CodeSigningChange;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryCommand;
import io.kappa.router.registry.RegistryCommand.ChangeCodeSigningConfig;
import io.kappa.router.registry.SettingChange;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The operations on code signing configurations, and on which function is held to which. */
final class CodeSigningConfigs {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LETTERS_OF_AN_ID = 17;

    private final Home home;
    private final Registry registry;
    private final Functions functions;

    CodeSigningConfigs(Home home, Registry registry, Functions functions) {
        this.home = home;
        this.registry = registry;
        this.functions = functions;
    }

    ApiAnswer create(ApiRequest request) throws Exception {
        var input = Requests.read(RequestShapes.CREATE_CODE_SIGNING_CONFIG, request);
        var tags = Objects.requireNonNullElse(input.mapping("Tags"), Map.<String, String>of());
        ConfigurationRules.checkTags(tags);
        var id = new CodeSigningConfigId(home.region(), home.account(), newId());
        var change = new CodeSigningChange.Create(
                input.text("Description"),
                Objects.requireNonNull(publishers(input), "the shape requires it"),
                Objects.requireNonNullElse(untrustedCode(input), UntrustedCode.Warn),
                tags);
        var _ = Requests.done(registry.submit(new ChangeCodeSigningConfig(id, change)));
        return answer(201, required(id.toString()));
    }

    private static String newId() {
        var id = new StringBuilder("csc-");
        RANDOM.ints(LETTERS_OF_AN_ID, 0, LETTERS.length()).forEach(index -> id.append(LETTERS.charAt(index)));
        return id.toString();
    }

    private static @Nullable List<String> publishers(Input input) {
        var publishers = input.structure("AllowedPublishers");
        return publishers == null ? null : publishers.texts("SigningProfileVersionArns");
    }

    private static @Nullable UntrustedCode untrustedCode(Input input) {
        var policies = input.structure("CodeSigningPolicies");
        var untrusted = policies == null ? null : policies.text("UntrustedArtifactOnDeployment");
        return untrusted == null ? null : UntrustedCode.valueOf(untrusted);
    }

    ApiAnswer get(ApiRequest request) {
        return answer(200, required(read(RequestShapes.ONE_CODE_SIGNING_CONFIG, request)));
    }

    ApiAnswer update(ApiRequest request) throws Exception {
        var input = Requests.read(RequestShapes.UPDATE_CODE_SIGNING_CONFIG, request);
        var before = required(input.requiredText(RequestShapes.CODE_SIGNING_CONFIG_ARN));
        var change = new CodeSigningChange.Update(input.text("Description"), publishers(input), untrustedCode(input));
        var _ = Requests.done(registry.submit(new ChangeCodeSigningConfig(before.id(), change)));
        return answer(200, required(before.key()));
    }

    ApiAnswer delete(ApiRequest request) throws Exception {
        var config = required(read(RequestShapes.ONE_CODE_SIGNING_CONFIG, request));
        var _ = Requests.done(
                registry.submit(new ChangeCodeSigningConfig(config.id(), new CodeSigningChange.Delete())));
        return ApiAnswer.empty(204);
    }

    ApiAnswer list(ApiRequest request) {
        var input = InputReader.read(RequestShapes.LIST_CODE_SIGNING_CONFIGS, Requests.parameters(request));
        var found = registry.view().codeSigningConfigs().stream().filter(config -> isHere(config.id()));
        var page = Page.ofSigningConfigs(found, input.text("Marker"), input.whole("MaxItems"));
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            if (page.nextMarker() != null) {
                json.writeStringField("NextMarker", page.nextMarker());
            }
            json.writeArrayFieldStart("CodeSigningConfigs");
            for (var config : page.items()) {
                write(json, config);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    ApiAnswer listFunctions(ApiRequest request) {
        var input = InputReader.read(RequestShapes.LIST_FUNCTIONS_BY_CODE_SIGNING_CONFIG, Requests.parameters(request));
        var config = required(input.requiredText(RequestShapes.CODE_SIGNING_CONFIG_ARN));
        var page = Page.ofFunctions(
                registry.view().functionsHeldTo(config.id()).stream(), input.text("Marker"), input.whole("MaxItems"));
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            if (page.nextMarker() != null) {
                json.writeStringField("NextMarker", page.nextMarker());
            }
            json.writeArrayFieldStart("FunctionArns");
            for (var function : page.items()) {
                json.writeString(function.toString());
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    ApiAnswer attach(ApiRequest request) throws Exception {
        var input = Requests.read(RequestShapes.PUT_FUNCTION_CODE_SIGNING_CONFIG, request);
        var config = attachable(input.requiredText(RequestShapes.CODE_SIGNING_CONFIG_ARN));
        var function = function(request, input);
        ImageRules.refuseCodeSigning(functions.changed(request, input));
        var _ = Requests.done(registry.submit(
                new RegistryCommand.ChangeSetting(function, null, new SettingChange.PutCodeSigning(config))));
        return attached(function, Optional.of(config));
    }

    /**
     * A configuration as a function's request names it.
     *
     * @throws LambdaApiException where no configuration here can have that ARN
     */
    static CodeSigningConfigId attachable(String arn) {
        if (!CodeSigningConfigId.isArn(arn)) {
            throw new LambdaApiException(
                    ErrorCode.CODE_SIGNING_CONFIG_NOT_FOUND,
                    "The code signing configuration cannot be found. "
                            + "Check that the provided configuration is not deleted: " + arn + ".");
        }
        return CodeSigningConfigId.parse(arn);
    }

    ApiAnswer getAttached(ApiRequest request) {
        var function = function(request, InputReader.read(RequestShapes.READ_FUNCTION, Requests.parameters(request)));
        return attached(function, registry.view().codeSigning(function).map(CodeSigningRecord::config));
    }

    private static ApiAnswer attached(FunctionArn function, Optional<CodeSigningConfigId> config) {
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            if (config.isPresent()) {
                json.writeStringField(
                        RequestShapes.CODE_SIGNING_CONFIG_ARN, config.get().toString());
                json.writeStringField("FunctionName", function.name().value());
            }
            json.writeEndObject();
        });
    }

    ApiAnswer detach(ApiRequest request) throws Exception {
        var function = function(request, InputReader.read(RequestShapes.READ_FUNCTION, Requests.parameters(request)));
        var _ = Requests.done(registry.submit(
                new RegistryCommand.ChangeSetting(function, null, new SettingChange.DeleteCodeSigning())));
        return ApiAnswer.empty(204);
    }

    private FunctionArn function(ApiRequest request, Input input) {
        return functions.changed(request, input).function().function();
    }

    private static String read(Structure shape, ApiRequest request) {
        return InputReader.read(shape, Requests.parameters(request))
                .requiredText(RequestShapes.CODE_SIGNING_CONFIG_ARN);
    }

    private CodeSigningConfigRecord required(String arn) {
        return Optional.of(arn)
                .filter(CodeSigningConfigId::isArn)
                .map(CodeSigningConfigId::parse)
                .filter(this::isHere)
                .flatMap(registry.view()::codeSigningConfig)
                .orElseThrow(() -> new LambdaApiException(
                        ErrorCode.RESOURCE_NOT_FOUND,
                        "The Lambda code signing configuration " + arn + " can not be found."));
    }

    private boolean isHere(CodeSigningConfigId id) {
        return id.account().equals(home.account()) && id.region().equals(home.region());
    }

    private static ApiAnswer answer(int status, CodeSigningConfigRecord config) {
        return ApiAnswer.json(status, json -> {
            json.writeStartObject();
            json.writeFieldName("CodeSigningConfig");
            write(json, config);
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, CodeSigningConfigRecord config) throws IOException {
        json.writeStartObject();
        json.writeStringField("CodeSigningConfigId", config.id().id());
        json.writeStringField(RequestShapes.CODE_SIGNING_CONFIG_ARN, config.key());
        if (config.description() != null) {
            json.writeStringField("Description", config.description());
        }
        json.writeObjectFieldStart("AllowedPublishers");
        json.writeArrayFieldStart("SigningProfileVersionArns");
        for (var publisher : config.publishers()) {
            json.writeString(publisher);
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeObjectFieldStart("CodeSigningPolicies");
        json.writeStringField(
                "UntrustedArtifactOnDeployment", config.untrustedCode().name());
        json.writeEndObject();
        json.writeStringField("LastModified", ConfigurationJson.TIME.format(config.lastModified()));
        json.writeEndObject();
    }
}
