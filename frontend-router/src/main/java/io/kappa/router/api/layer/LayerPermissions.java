package io.kappa.router.api.layer;

import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.contracts.registry.LayerVersionRecord.Statement;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.function.Requests;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.LayerPolicies;
import io.kappa.router.registry.Registry;
import io.kappa.router.registry.RegistryCommand;
import java.util.Objects;

/** The operations that let other accounts use layers. */
final class LayerPermissions {
    private final Home home;
    private final Registry registry;

    LayerPermissions(Home home, Registry registry) {
        this.home = home;
        this.registry = registry;
    }

    ApiAnswer add(ApiRequest request) throws Exception {
        var input = Requests.readWithQuery(LayerShapes.ADD_PERMISSION, request);
        var version = own(input, request);
        var principal = input.requiredText("Principal");
        var organization = input.text("OrganizationId");
        if (organization != null && !principal.equals("*")) {
            throw new LambdaApiException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "OrganizationId can only be given where Principal is *.");
        }
        var statement = new Statement(input.requiredText("StatementId"), principal, organization);
        var changed = Objects.requireNonNull(
                Requests.done(registry.submit(new RegistryCommand.AddLayerVersionPermission(
                                version, statement, input.text("RevisionId"))))
                        .layerVersion(),
                "a version that somebody is let use is answered with");
        var policy = Objects.requireNonNull(changed.policy(), "it has a statement");
        return ApiAnswer.json(201, json -> {
            json.writeStartObject();
            json.writeStringField("Statement", LayerPolicies.document(changed, statement));
            json.writeStringField("RevisionId", policy.revisionId());
            json.writeEndObject();
        });
    }

    private LayerVersionArn own(Input input, ApiRequest request) {
        var version = LayerIdentifier.version(input, home);
        var _ = LayerIdentifier.requireOwn(version.layer(), home, request);
        return version;
    }

    ApiAnswer remove(ApiRequest request) throws Exception {
        var input = InputReader.read(LayerShapes.REMOVE_PERMISSION, Requests.parameters(request));
        var _ = Requests.done(registry.submit(new RegistryCommand.RemoveLayerVersionPermission(
                own(input, request), input.requiredText("StatementId"), input.text("RevisionId"))));
        return ApiAnswer.empty(204);
    }

    ApiAnswer get(ApiRequest request) {
        var input = InputReader.read(LayerShapes.ONE_VERSION, Requests.parameters(request));
        var arn = own(input, request);
        var version = registry.view()
                .layerVersion(arn)
                .orElseThrow(() -> new LambdaApiException(
                        ErrorCode.RESOURCE_NOT_FOUND, "Layer version " + arn + " does not exist."));
        return policy(version);
    }

    private static ApiAnswer policy(LayerVersionRecord version) {
        var policy = version.policy();
        if (policy == null) {
            throw new LambdaApiException(ErrorCode.RESOURCE_NOT_FOUND, LayerPolicies.NONE);
        }
        return ApiAnswer.json(200, json -> {
            json.writeStartObject();
            json.writeStringField("Policy", LayerPolicies.document(version));
            json.writeStringField("RevisionId", policy.revisionId());
            json.writeEndObject();
        });
    }
}
