package io.kappa.router.api.function;

import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.ContainerImage;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.api.code.CodeIntake;
import io.kappa.router.api.function.ConfigurationJson.Detail;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.PackageBytes;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryAnswer;
import io.kappa.router.registry.RegistryCommand;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The operations that change something: each checks what can be checked without the state, and has the registry decide the rest. Rules that
 * look at the state are asked here too where AWS reports them before a rule of the service; the registry asks them again.
 */
final class FunctionChanges {
    private static final int LONGEST_NAME = 64;
    private static final String NO_CODE = "Please provide a source for function code.";

    private final Registry registry;
    private final Functions functions;
    private final FunctionLayers layers;
    private final FunctionImages images;
    private final ConfigurationRules rules;
    private final EnvironmentSeals seals;
    private final ConfigurationJson configurations;
    private final CodeIntake intake;

    FunctionChanges(
            Registry registry,
            Functions functions,
            FunctionLayers layers,
            FunctionImages images,
            ConfigurationRules rules,
            EnvironmentSeals seals,
            ConfigurationJson configurations,
            CodeIntake intake) {
        this.registry = registry;
        this.functions = functions;
        this.layers = layers;
        this.images = images;
        this.rules = rules;
        this.seals = seals;
        this.configurations = configurations;
        this.intake = intake;
    }

    ApiAnswer createFunction(ApiRequest request) throws Exception {
        var input = Requests.read(RequestShapes.CREATE_FUNCTION, request);
        var function = newFunction(functions.unqualified(request, input));
        var configuration = seals.sealed(function, rules.created(function.name().value(), input));
        var tags = Objects.requireNonNullElse(input.mapping("Tags"), Map.<String, String>of());
        ConfigurationRules.checkTags(tags);
        var signing = input.text(RequestShapes.CODE_SIGNING_CONFIG_ARN);
        var codeSigningConfig = signing == null || signing.isEmpty() ? null : CodeSigningConfigs.attachable(signing);
        var code = Objects.requireNonNull(input.structure("Code"), "the shape requires it");
        if (ImageRules.asked(input)) {
            if (codeSigningConfig != null) {
                throw ImageRules.codeSigning();
            }
            var image = images.resolved(ImageRules.uri(code, "creating"), configuration.architectures());
            var made = changed(registry.submit(new RegistryCommand.CreateFunction(
                    function, configuration, image, tags, input.flag("Publish"), null)));
            return configuration(201, made, function.toString());
        }
        ImageRules.refuseUri(code, "creating");
        UnsupportedOptions.refuseInCode(code);
        try (var zip = intake.take(code, NO_CODE)) {
            var wanted = layers.wanted(input);
            var layered = wanted == null ? configuration : configuration.withLayers(wanted);
            var made = changed(registry.submitWithCode(
                    function.account(),
                    zip.bytes(),
                    stored -> new RegistryCommand.CreateFunction(
                            function,
                            layered,
                            stored.withUnzippedSize(zip.unzippedSize()),
                            tags,
                            input.flag("Publish"),
                            codeSigningConfig)));
            return configuration(201, made, function.toString());
        }
    }

    private FunctionArn newFunction(FunctionIdentifier identifier) {
        var name = identifier.name();
        var function = identifier
                .function()
                .orElseThrow(() -> invalid("1 validation error detected: Value '" + name
                        + "' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to "
                        + LONGEST_NAME));
        if (registry.view().function(function).isPresent()) {
            throw new LambdaApiException(ErrorCode.RESOURCE_CONFLICT, "Function already exist: " + name);
        }
        return function;
    }

    ApiAnswer updateFunctionCode(ApiRequest request) throws Exception {
        var input = Requests.read(RequestShapes.UPDATE_FUNCTION_CODE, request);
        var found = functions.changed(request, input);
        var function = arn(found);
        var before = found.version(new Version.Latest()).orElseThrow().requested();
        if (before.code() instanceof ContainerImage) {
            var architectures = Objects.requireNonNullElse(
                    input.texts("Architectures"), before.configuration().architectures());
            var image = images.resolved(ImageRules.uri(input, "updating"), architectures);
            var changed = changed(registry.submit(new RegistryCommand.UpdateFunctionCode(
                    function,
                    image,
                    input.texts("Architectures"),
                    input.flag("Publish"),
                    input.flag("DryRun"),
                    input.text("RevisionId"))));
            return configuration(200, changed, shownArn(changed));
        }
        ImageRules.refuseUri(input, "updating");
        UnsupportedOptions.refuseInCode(input);
        try (var zip = intake.take(input, NO_CODE)) {
            boolean dryRun = input.flag("DryRun");
            Function<CodePackage, RegistryCommand> command = stored -> new RegistryCommand.UpdateFunctionCode(
                    function,
                    stored.withUnzippedSize(zip.unzippedSize()),
                    input.texts("Architectures"),
                    input.flag("Publish"),
                    dryRun,
                    input.text("RevisionId"));
            var changed = changed(
                    dryRun
                            ? registry.submit(command.apply(notStored(zip.bytes())))
                            : registry.submitWithCode(function.account(), zip.bytes(), command));
            return configuration(200, changed, shownArn(changed));
        }
    }

    ApiAnswer updateFunctionConfiguration(ApiRequest request) throws Exception {
        var input = Requests.read(RequestShapes.UPDATE_FUNCTION_CONFIGURATION, request);
        var function = functions.changed(request, input);
        var before = function.version(new Version.Latest()).orElseThrow();
        var change = seals.sealed(
                        function, rules.changed(input, before.requested().configuration()))
                .withLayers(layers.wanted(input));
        var changed = changed(registry.submit(
                new RegistryCommand.UpdateFunctionConfiguration(arn(function), change, input.text("RevisionId"))));
        return configuration(200, changed, shownArn(changed));
    }

    ApiAnswer deleteFunction(ApiRequest request) throws Exception {
        var input = InputReader.read(RequestShapes.ONE_VERSION, Requests.parameters(request));
        var identifier = functions.identified(request, input);
        var unqualified = new FunctionIdentifier(identifier.home(), identifier.name(), null);
        var function = functions.required(unqualified);
        var version = deletedVersion(identifier.qualifier());
        Requests.done(registry.submit(new RegistryCommand.DeleteFunction(arn(function), version)));
        return ApiAnswer.empty(204);
    }

    private static @Nullable Version deletedVersion(@Nullable String qualifier) {
        if (qualifier == null) {
            return null;
        }
        if (qualifier.equals("$LATEST")) {
            throw invalid("$LATEST version cannot be deleted without deleting the function.");
        }
        return Version.named(qualifier).orElseThrow(() -> invalid("Deletion of aliases is not currently supported."));
    }

    ApiAnswer publishVersion(ApiRequest request) throws Exception {
        var input = Requests.read(RequestShapes.PUBLISH_VERSION, request);
        var function = arn(functions.changed(request, input));
        UnsupportedOptions.refuseIfHeld(input, "PublishTo");
        var published = changed(registry.submit(new RegistryCommand.PublishVersion(
                function, input.text("CodeSha256"), input.text("Description"), input.text("RevisionId"))));
        return configuration(201, published, shownArn(published));
    }

    /** What a dry run shows of a package: its hash and its size, and no place where it would be. */
    private static CodePackage notStored(PackageBytes zip) throws IOException {
        return new CodePackage(zip.sha256(), "dry-run", zip.size(), 0, List.of());
    }

    private static VersionRecord changed(CompletionStage<RegistryAnswer> answer) throws Exception {
        return Objects.requireNonNull(
                Requests.done(answer).version(), "a change that leaves a version answers with it");
    }

    private static FunctionArn arn(FunctionView function) {
        return function.function().function();
    }

    /** Published versions show their own ARN, {@code $LATEST} the function's. */
    private static String shownArn(VersionRecord version) {
        return switch (version.version().version()) {
            case Version.Latest _ -> version.version().function().toString();
            case Version.Published _ -> version.version().toString();
        };
    }

    private ApiAnswer configuration(int status, VersionRecord version, String arn) {
        return ApiAnswer.json(status, json -> configurations.write(json, version, arn, Detail.FULL));
    }

    private static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }
}
