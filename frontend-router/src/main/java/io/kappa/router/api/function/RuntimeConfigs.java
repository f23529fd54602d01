package io.kappa.router.api.function;

import io.kappa.contracts.registry.RecursionRecord.Loop;
import io.kappa.contracts.registry.RuntimeManagementRecord;
import io.kappa.contracts.registry.RuntimeManagementRecord.UpdateRuntimeOn;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryCommand;
import io.kappa.router.registry.SettingChange;
import org.jspecify.annotations.Nullable;

/** The operations on what is done about loops of a function, and on when its versions go over to a newer build of their runtime. */
final class RuntimeConfigs {
    private final Registry registry;
    private final Functions functions;

    RuntimeConfigs(Registry registry, Functions functions) {
        this.registry = registry;
        this.functions = functions;
    }

    ApiAnswer putRecursion(ApiRequest request) throws Exception {
        var input = Requests.readWithQuery(RequestShapes.PUT_RECURSION, request);
        var function = functions.changed(request, input).function().function();
        var loop = Loop.valueOf(input.requiredText("RecursiveLoop"));
        var _ = Requests.done(registry.submit(
                new RegistryCommand.ChangeSetting(function, null, new SettingChange.PutRecursiveLoop(loop))));
        return recursion(loop);
    }

    ApiAnswer getRecursion(ApiRequest request) {
        var input = InputReader.read(RequestShapes.ONE_FUNCTION, Requests.parameters(request));
        var function = functions.changed(request, input).function().function();
        return recursion(registry.view().recursiveLoop(function));
    }

    private static ApiAnswer recursion(Loop loop) {
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeStringField("RecursiveLoop", loop.name());
            json.writeEndObject();
        });
    }

    ApiAnswer putRuntimeManagement(ApiRequest request) throws Exception {
        var input = Requests.readWithQuery(RequestShapes.PUT_RUNTIME_MANAGEMENT, request);
        var version = version(functions.identified(request, input));
        var updateRuntimeOn = UpdateRuntimeOn.valueOf(input.requiredText("UpdateRuntimeOn"));
        var build = checkedBuild(version, updateRuntimeOn, input.text("RuntimeVersionArn"));
        var _ = Requests.done(registry.submit(new RegistryCommand.ChangeSetting(
                version.version().function(),
                version.version().version().toString(),
                new SettingChange.PutRuntimeManagement(updateRuntimeOn, build))));
        return runtimeManagement(version, updateRuntimeOn, build);
    }

    /** There is one build of each runtime, so it is the only one that a version can stay with. */
    private static @Nullable String checkedBuild(
            VersionRecord version, UpdateRuntimeOn updateRuntimeOn, @Nullable String asked) {
        if (updateRuntimeOn != UpdateRuntimeOn.Manual) {
            if (asked != null) {
                throw invalid("RuntimeVersionArn can only be given where UpdateRuntimeOn is Manual.");
            }
            return null;
        }
        if (asked == null) {
            throw invalid("RuntimeVersionArn is required where UpdateRuntimeOn is Manual.");
        }
        var runtime = version.requested().configuration().runtime();
        if (runtime == null) {
            throw invalid("Functions with packageType Image have no runtime to stay with.");
        }
        if (!asked.equals(
                ConfigurationJson.runtimeVersionArn(version.version().function().region(), runtime))) {
            throw invalid("The runtime version " + asked + " is not one of " + runtime.wireName() + " here.");
        }
        return asked;
    }

    ApiAnswer getRuntimeManagement(ApiRequest request) {
        var version = version(functions.identified(
                request, InputReader.read(RequestShapes.ONE_VERSION, Requests.parameters(request))));
        var config = registry.view()
                .runtimeManagement(
                        version.version().function(),
                        version.version().version().toString());
        return runtimeManagement(
                version,
                config.map(RuntimeManagementRecord::updateRuntimeOn).orElse(UpdateRuntimeOn.Auto),
                config.map(RuntimeManagementRecord::runtimeVersionArn).orElse(null));
    }

    /** It is kept for versions, so an alias is not found. */
    private VersionRecord version(FunctionIdentifier identifier) {
        if (identifier.version().isEmpty()) {
            throw Functions.notFound(identifier.arn());
        }
        return functions.requiredVersion(identifier);
    }

    private static ApiAnswer runtimeManagement(
            VersionRecord version, UpdateRuntimeOn updateRuntimeOn, @Nullable String build) {
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeStringField("UpdateRuntimeOn", updateRuntimeOn.name());
            if (build != null) {
                json.writeStringField("RuntimeVersionArn", build);
            }
            json.writeStringField("FunctionArn", version.version().toString());
            json.writeEndObject();
        });
    }

    private static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }
}
