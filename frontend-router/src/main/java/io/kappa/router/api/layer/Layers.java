package io.kappa.router.api.layer;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.router.api.code.CodeIntake;
import io.kappa.router.api.function.CodeLinks;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.function.Page;
import io.kappa.router.api.function.Requests;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.LayerPolicies;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryAnswer;
import io.kappa.router.registry.RegistryCommand;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** The operations that publish, show and delete layers. */
final class Layers {
    private static final int LONGEST_ARN = 140;

    /** More versions than these digits count nobody publishes. */
    private static final int VERSION_DIGITS = 10;

    private final Home home;
    private final Registry registry;
    private final CodeLinks links;
    private final CodeIntake intake;

    Layers(Home home, Registry registry, CodeLinks links, CodeIntake intake) {
        this.home = home;
        this.registry = registry;
        this.links = links;
        this.intake = intake;
    }

    ApiAnswer publish(ApiRequest request) throws Exception {
        var input = Requests.read(LayerShapes.PUBLISH, request);
        var layer = LayerIdentifier.requireOwn(LayerIdentifier.layer(input, home), home, request);
        requireNameable(layer);
        var content = Objects.requireNonNull(input.structure("Content"), "the shape requires it");
        try (var zip = intake.take(content, "Please provide a source for layer content.")) {
            var published = version(registry.submitWithCode(
                    layer.account(),
                    zip.bytes(),
                    stored -> new RegistryCommand.PublishLayerVersion(
                            layer,
                            stored.withUnzippedSize(zip.unzippedSize()),
                            input.textOr("Description", ""),
                            texts(input, "CompatibleRuntimes"),
                            texts(input, "CompatibleArchitectures"),
                            input.text("LicenseInfo"))));
            return shown(201, published, request);
        }
    }

    private static List<String> texts(Input input, String name) {
        return Objects.requireNonNullElse(input.texts(name), List.of());
    }

    /** A layer that functions could not name would be of no use. */
    private static void requireNameable(LayerArn layer) {
        int longest = LONGEST_ARN
                - VERSION_DIGITS
                - 1
                - layer.toString().length()
                + layer.name().length();
        if (layer.name().length() > longest) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "1 validation error detected: Value '" + layer.name()
                            + "' at 'layerName' failed to satisfy constraint: Member must have length less than or equal to "
                            + longest);
        }
    }

    private static LayerVersionRecord version(CompletionStage<RegistryAnswer> answer) throws Exception {
        return Objects.requireNonNull(
                Requests.done(answer).layerVersion(), "a version that is published is answered with");
    }

    private ApiAnswer shown(int status, LayerVersionRecord version, ApiRequest request) {
        var location = links.to(version.key(), version.code(), request.origin());
        return ApiAnswer.json(status, json -> LayerJson.write(json, version, location));
    }

    ApiAnswer get(ApiRequest request) {
        var input = InputReader.read(LayerShapes.ONE_VERSION, Requests.parameters(request));
        return shown(200, visible(LayerIdentifier.version(input, home), request), request);
    }

    ApiAnswer getByArn(ApiRequest request) {
        var input = InputReader.read(LayerShapes.BY_ARN, Requests.parameters(request));
        return shown(200, visible(LayerIdentifier.versionByArn(input, home), request), request);
    }

    /** The version, where this account may see it. Of another account's versions nobody else learns whether they exist. */
    private LayerVersionRecord visible(LayerVersionArn version, ApiRequest request) {
        var found = registry.view().layerVersion(version);
        if (version.layer().account().equals(home.account())) {
            return found.orElseThrow(LayerIdentifier::missing);
        }
        return found.filter(layer -> LayerPolicies.let(home.account(), layer))
                .orElseThrow(() -> LayerIdentifier.foreign(home, request.operation(), version.toString()));
    }

    ApiAnswer delete(ApiRequest request) throws Exception {
        var input = InputReader.read(LayerShapes.ONE_VERSION, Requests.parameters(request));
        var version = LayerIdentifier.version(input, home);
        var _ = LayerIdentifier.requireOwn(version.layer(), home, request);
        var _ = Requests.done(registry.submit(new RegistryCommand.DeleteLayerVersion(version)));
        return ApiAnswer.empty(204);
    }

    /** Layers by name, each with its newest version that passes the filters. */
    ApiAnswer list(ApiRequest request) {
        var input = InputReader.read(LayerShapes.LIST_LAYERS, Requests.parameters(request));
        var newest = new LinkedHashMap<LayerArn, LayerVersionRecord>();
        registry.view().layerVersions().stream()
                .filter(version -> isOwn(version.version().layer()) && matches(version, input))
                .forEach(version -> newest.put(version.version().layer(), version)); // The oldest come first.
        var page = Page.ofLayers(newest.values().stream(), input.text("Marker"), input.whole("MaxItems"));
        return list("Layers", page, (json, version) -> {
            json.writeStartObject();
            json.writeStringField("LayerName", version.version().layer().name());
            json.writeStringField("LayerArn", version.version().layer().toString());
            json.writeFieldName("LatestMatchingVersion");
            LayerJson.writeListed(json, version);
            json.writeEndObject();
        });
    }

    private boolean isOwn(LayerArn layer) {
        return layer.account().equals(home.account()) && layer.region().equals(home.region());
    }

    ApiAnswer listVersions(ApiRequest request) {
        var input = InputReader.read(LayerShapes.LIST_VERSIONS, Requests.parameters(request));
        var layer = LayerIdentifier.requireOwn(LayerIdentifier.layer(input, home), home, request);
        var versions = registry.view().layerVersions(layer).stream().filter(version -> matches(version, input));
        var page = Page.ofLayerVersions(versions, input.text("Marker"), input.whole("MaxItems"));
        return list("LayerVersions", page, LayerJson::writeListed);
    }

    /** Whether a version says of itself what the filters ask for. One that says nothing matches no filter. */
    private static boolean matches(LayerVersionRecord version, Input input) {
        var runtime = input.text("CompatibleRuntime");
        var architecture = input.text("CompatibleArchitecture");
        return (runtime == null || version.compatibleRuntimes().contains(runtime))
                && (architecture == null || version.compatibleArchitectures().contains(architecture));
    }

    private interface Item {
        void write(JsonGenerator json, LayerVersionRecord version) throws IOException;
    }

    private static ApiAnswer list(String name, Page<LayerVersionRecord> page, Item item) {
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            if (page.nextMarker() != null) {
                json.writeStringField("NextMarker", page.nextMarker());
            }
            json.writeArrayFieldStart(name);
            for (var version : page.items()) {
                item.write(json, version);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
