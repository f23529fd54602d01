package io.kappa.router.api.layer;

import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.operation.ApiRequest;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;

/** The layer that a request names, by name or by ARN, whether or not there is one. */
final class LayerIdentifier {

    /** @throws LambdaApiException where it is of another region, in which this router cannot look */
    static LayerArn layer(Input input, Home home) {
        var name = input.requiredText("LayerName");
        return name.startsWith("arn:") ? reachable(name, home) : new LayerArn(home.region(), home.account(), name);
    }

    private static LayerArn reachable(String arn, Home home) {
        var region = arn.split(":")[3];
        if (!region.equals(home.region())) {
            throw new LambdaApiException(
                    ErrorCode.RESOURCE_NOT_FOUND,
                    "Layers from '" + region + "' are not reachable in this region ('" + home.region() + "')");
        }
        if (!LayerArn.isArn(arn)) { // Of another partition of AWS.
            throw missing();
        }
        return LayerArn.parse(arn);
    }

    static LayerVersionArn version(Input input, Home home) {
        var layer = layer(input, home);
        long number = input.longNumber("VersionNumber");
        if (number < 1) {
            throw new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, "Layer Version Cannot be less than 1");
        }
        return layer.version(number);
    }

    /** The version that the request's {@code Arn} names. */
    static LayerVersionArn versionByArn(Input input, Home home) {
        var arn = input.requiredText("Arn");
        var _ = reachable(arn.substring(0, arn.lastIndexOf(':')), home);
        return LayerVersionArn.named(arn).orElseThrow(LayerIdentifier::missing);
    }

    static LambdaApiException missing() {
        return new LambdaApiException(ErrorCode.RESOURCE_NOT_FOUND, "The resource you requested does not exist.");
    }

    /** The layer, for operations that its own account alone may do. */
    static LayerArn requireOwn(LayerArn layer, Home home, ApiRequest request) {
        if (!layer.account().equals(home.account())) {
            throw foreign(home, request.operation(), layer.toString());
        }
        return layer;
    }

    static LambdaApiException foreign(Home home, Operation operation, String resource) {
        var named = operation == Operation.GET_LAYER_VERSION_BY_ARN ? Operation.GET_LAYER_VERSION : operation;
        return home.denied("lambda:" + named.wireName(), resource);
    }

    private LayerIdentifier() {}
}
