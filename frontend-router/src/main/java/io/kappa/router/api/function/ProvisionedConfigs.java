package io.kappa.router.api.function;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.ProvisionedConcurrencyRecord;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.provisioning.ProvisionedConcurrency;
import io.kappa.router.provisioning.ProvisionedConcurrency.Progress;
import io.kappa.router.provisioning.ProvisionedConcurrency.Status;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryCommand;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;

/** The operations on the execution environments that are kept ready for a version or an alias. */
final class ProvisionedConfigs {
    static final String MEMBER = "ProvisionedConcurrentExecutions";

    /** Lambda writes whole seconds here: {@code 2024-05-01T10:00:00+0000}. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxx").withZone(ZoneOffset.UTC);

    private final Registry registry;
    private final Functions functions;
    private final ProvisionedConcurrency provisioned;

    ProvisionedConfigs(Registry registry, Functions functions, ProvisionedConcurrency provisioned) {
        this.registry = registry;
        this.functions = functions;
        this.provisioned = provisioned;
    }

    /** A function, and a version or an alias of it, all of which exist. */
    private record Target(FunctionView view, String qualifier) {
        FunctionArn function() {
            return view.function().function();
        }
    }

    ApiAnswer put(ApiRequest request) throws Exception {
        var input = Requests.readWithQuery(RequestShapes.PUT_PROVISIONED, request);
        int executions = Objects.requireNonNull(input.whole(MEMBER), "the shape requires it");
        var target = target(
                request, input, "Provisioned Concurrency Configs cannot be applied to unpublished function versions.");
        var config = Objects.requireNonNull(
                Requests.done(registry.submit(new RegistryCommand.PutProvisionedConcurrency(
                                target.function(), target.qualifier(), executions)))
                        .provisioned(),
                "what is provisioned is answered with");
        return ApiAnswer.json(202, json -> {
            json.writeStartObject();
            // Lambda has allocated nothing at this time, whatever it had before.
            writeMembers(json, config, new Progress(0, 0, Status.IN_PROGRESS, null));
            json.writeEndObject();
        });
    }

    ApiAnswer get(ApiRequest request) {
        var target = namedTarget(request);
        var config = target.view()
                .provisioned(target.qualifier())
                .orElseThrow(() -> new LambdaApiException(
                        ErrorCode.PROVISIONED_CONFIG_NOT_FOUND,
                        "No Provisioned Concurrency Config found for this function"));
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            writeMembers(json, config, provisioned.of(target.view(), config));
            json.writeEndObject();
        });
    }

    ApiAnswer delete(ApiRequest request) throws Exception {
        var target = namedTarget(request);
        var _ = Requests.done(registry.submit(
                new RegistryCommand.DeleteProvisionedConcurrency(target.function(), target.qualifier())));
        return ApiAnswer.empty(204);
    }

    private Target namedTarget(ApiRequest request) {
        return target(
                request,
                InputReader.read(RequestShapes.ONE_PROVISIONED, Requests.parameters(request)),
                "The function resource provided must be an alias or a published version.");
    }

    /** @param unpublished what is said of {@code $LATEST}, which nothing is kept ready of */
    private Target target(ApiRequest request, Input input, String unpublished) {
        var identifier = functions.identified(request, input);
        var qualifier = Objects.requireNonNull(identifier.qualifier(), "the shape requires it");
        if (qualifier.equals("$LATEST")) {
            throw new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, unpublished);
        }
        var view = identifier.function().flatMap(registry.view()::function);
        if (Version.isVersion(qualifier)) {
            return view.filter(function -> function.versionOf(qualifier).isPresent())
                    .map(function -> new Target(function, qualifier))
                    .orElseThrow(() -> Functions.notFound(identifier.arn()));
        }
        return view.filter(function -> function.alias(qualifier).isPresent())
                .map(function -> new Target(function, qualifier))
                .orElseThrow(() -> new LambdaApiException(
                        ErrorCode.RESOURCE_NOT_FOUND, "Cannot find alias arn: " + identifier.arn()));
    }

    ApiAnswer list(ApiRequest request) {
        var input = InputReader.read(RequestShapes.LIST_PROVISIONED, Requests.parameters(request));
        var function = functions.changed(request, input);
        var page = Page.ofProvisioned(
                function.provisioned().values().stream(), input.text("Marker"), input.whole("MaxItems"));
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            if (page.nextMarker() != null) {
                json.writeStringField("NextMarker", page.nextMarker());
            }
            json.writeArrayFieldStart("ProvisionedConcurrencyConfigs");
            for (var config : page.items()) {
                json.writeStartObject();
                json.writeStringField("FunctionArn", config.function().qualified(config.qualifier()));
                writeMembers(json, config, provisioned.of(function, config));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void writeMembers(JsonGenerator json, ProvisionedConcurrencyRecord config, Progress progress)
            throws IOException {
        json.writeNumberField("RequestedProvisionedConcurrentExecutions", config.requested());
        json.writeNumberField("AvailableProvisionedConcurrentExecutions", progress.available());
        json.writeNumberField("AllocatedProvisionedConcurrentExecutions", progress.allocated());
        json.writeStringField("Status", progress.status().name());
        if (progress.reason() != null) {
            json.writeStringField("StatusReason", progress.reason());
        }
        json.writeStringField("LastModified", TIME.format(config.lastModified()));
    }
}
