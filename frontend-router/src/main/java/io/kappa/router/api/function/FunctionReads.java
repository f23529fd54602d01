package io.kappa.router.api.function;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.function.Version;
import io.kappa.contracts.registry.CodePackage;
import io.kappa.contracts.registry.ContainerImage;
import io.kappa.contracts.registry.RegistryView.FunctionView;
import io.kappa.contracts.registry.VersionRecord;
import io.kappa.router.api.function.ConfigurationJson.Detail;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.registry.AccountQuotas;
import io.kappa.router.registry.Registry;
import java.io.IOException;
import java.util.List;

/** The operations that only look: they answer from this router's view and ask nobody. */
final class FunctionReads {
    // What AWS grants an account.
    private static final long MOST_CODE_BYTES = 80_530_636_800L;

    private final Home home;
    private final Registry registry;
    private final Functions functions;
    private final CodeLinks links;
    private final AccountQuotas quotas;
    private final ConfigurationJson configurations;

    FunctionReads(
            Home home,
            Registry registry,
            Functions functions,
            CodeLinks links,
            AccountQuotas quotas,
            ConfigurationJson configurations) {
        this.home = home;
        this.registry = registry;
        this.functions = functions;
        this.links = links;
        this.quotas = quotas;
        this.configurations = configurations;
    }

    ApiAnswer getFunction(ApiRequest request) {
        var identifier = functions.identified(
                request, InputReader.read(RequestShapes.ONE_VERSION, Requests.parameters(request)));
        var version = functions.requiredVersion(identifier);
        var function = functions.required(identifier).function();
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeFieldName("Configuration");
            configurations.write(json, version, identifier.arn(), Detail.FULL);
            json.writeObjectFieldStart("Code");
            switch (version.requested().code()) {
                case CodePackage stored -> {
                    json.writeStringField("RepositoryType", "S3");
                    json.writeStringField("Location", links.to(version.key(), stored, request.origin()));
                }
                case ContainerImage image -> {
                    json.writeStringField("RepositoryType", "ECR");
                    json.writeStringField("ImageUri", image.imageUri());
                    json.writeStringField("ResolvedImageUri", image.resolvedImageUri());
                }
            }
            json.writeEndObject();
            if (!function.tags().isEmpty()) {
                ConfigurationJson.writeMap(json, "Tags", function.tags());
            }
            if (function.reservedConcurrency() != null) {
                json.writeObjectFieldStart("Concurrency");
                json.writeNumberField(ReservedConcurrency.MEMBER, function.reservedConcurrency());
                json.writeEndObject();
            }
            json.writeEndObject();
        });
    }

    ApiAnswer getFunctionConfiguration(ApiRequest request) {
        var identifier = functions.identified(
                request, InputReader.read(RequestShapes.ONE_VERSION, Requests.parameters(request)));
        var version = functions.requiredVersion(identifier);
        return ApiAnswer.json(200, json -> configurations.write(json, version, identifier.arn(), Detail.FULL));
    }

    ApiAnswer listFunctions(ApiRequest request) {
        var input = InputReader.read(RequestShapes.LIST_FUNCTIONS, Requests.parameters(request));
        boolean everyVersion = input.has("FunctionVersion");
        // A master region asks for replicas of Lambda@Edge, and there are none here.
        var found = input.textOr("MasterRegion", "ALL").equals("ALL")
                ? registry.view().functions(home.account(), home.region())
                : List.<FunctionView>of();
        var versions = found.stream()
                .flatMap(function -> everyVersion
                        ? function.versions().values().stream()
                        : function.version(new Version.Latest()).stream());
        return page(
                "Functions", Page.ofVersions(versions, input.text("Marker"), input.whole("MaxItems")), everyVersion);
    }

    ApiAnswer listVersions(ApiRequest request) {
        var input = InputReader.read(RequestShapes.LIST_VERSIONS, Requests.parameters(request));
        var versions = functions.required(functions.identified(request, input)).versions().values().stream();
        return page("Versions", Page.ofVersions(versions, input.text("Marker"), input.whole("MaxItems")), true);
    }

    ApiAnswer getAccountSettings(ApiRequest request) {
        var found = registry.view().functions(home.account(), home.region());
        long codeBytes = codeOfLayers()
                + found.stream()
                        .flatMap(function -> function.versions().values().stream())
                        .mapToLong(version -> version.requested().code().size())
                        .sum();
        long allocated =
                found.stream().mapToLong(FunctionView::allocatedConcurrency).sum();
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("AccountLimit");
            json.writeNumberField("TotalCodeSize", MOST_CODE_BYTES);
            json.writeNumberField("CodeSizeUnzipped", DeploymentPackage.LARGEST_UNZIPPED);
            json.writeNumberField("CodeSizeZipped", DeploymentPackage.LARGEST_ZIPPED);
            json.writeNumberField("ConcurrentExecutions", quotas.concurrentExecutions());
            json.writeNumberField("UnreservedConcurrentExecutions", quotas.unreserved(allocated));
            json.writeEndObject();
            json.writeObjectFieldStart("AccountUsage");
            json.writeNumberField("TotalCodeSize", codeBytes);
            json.writeNumberField("FunctionCount", found.size());
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private long codeOfLayers() {
        return registry.view().layerVersions().stream()
                .filter(layer -> layer.version().layer().account().equals(home.account())
                        && layer.version().layer().region().equals(home.region()))
                .mapToLong(layer -> layer.code().size())
                .sum();
    }

    private ApiAnswer page(String name, Page<VersionRecord> page, boolean qualified) {
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            if (page.nextMarker() != null) {
                json.writeStringField("NextMarker", page.nextMarker());
            }
            json.writeArrayFieldStart(name);
            for (var version : page.items()) {
                writeListed(json, version, qualified);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private void writeListed(JsonGenerator json, VersionRecord version, boolean qualified) throws IOException {
        var arn = qualified
                ? version.version().toString()
                : version.version().function().toString();
        configurations.write(json, version, arn, Detail.LISTED);
    }
}
