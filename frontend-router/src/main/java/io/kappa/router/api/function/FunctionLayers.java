package io.kappa.router.api.function;

import io.kappa.contracts.layer.FunctionLayer;
import io.kappa.contracts.layer.LayerArn;
import io.kappa.contracts.layer.LayerVersionArn;
import io.kappa.contracts.registry.LayerVersionRecord;
import io.kappa.router.api.shape.Input;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.kappa.router.registry.LayerPolicies;
import io.kappa.router.registry.Registry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Finds the layers that a function asks for, or says in Lambda's words why it cannot have them. */
final class FunctionLayers {
    static final String MEMBER = "Layers";

    private static final int MOST = 5;

    private final Home home;
    private final Registry registry;

    FunctionLayers(Home home, Registry registry) {
        this.home = home;
        this.registry = registry;
    }

    /** In the order of the request; null where it says nothing of layers. May wait for another account's layer to be copied. */
    @Nullable
    List<FunctionLayer> wanted(Input input) throws Exception {
        var arns = input.texts(MEMBER);
        if (arns == null) {
            return null;
        }
        if (arns.size() > MOST) {
            throw invalid("Cannot reference more than " + MOST + " layers.");
        }
        var found = new ArrayList<LayerVersionRecord>();
        var earlier = new HashMap<LayerArn, LayerVersionArn>();
        for (var arn : arns) {
            var version = found(arn);
            var sameLayer = earlier.put(version.version().layer(), version.version());
            if (sameLayer != null) {
                throw invalid("Two different versions of the same layer are not allowed to be referenced in the same "
                        + "function. " + sameLayer + " and " + arn + " are versions of the same layer.");
            }
            found.add(version);
        }
        var layers = new ArrayList<FunctionLayer>();
        for (var version : found) {
            layers.add(stored(version));
        }
        return layers;
    }

    private LayerVersionRecord found(String arn) {
        if (!arn.split(":")[3].equals(home.region())) {
            throw invalid("Layers are not in the same region as the function. Layers are expected to be in region "
                    + home.region() + ".");
        }
        var version = LayerVersionArn.named(arn).orElseThrow(() -> missing(arn));
        var found = registry.view().layerVersion(version);
        if (version.layer().account().equals(home.account())) {
            return found.orElseThrow(() -> missing(arn));
        }
        return found.filter(layer -> LayerPolicies.let(home.account(), layer))
                .orElseThrow(() -> home.denied(LayerPolicies.ACTION, arn));
    }

    /** What another account stores it may delete at any time, so its layers are copied to this one. */
    private FunctionLayer stored(LayerVersionRecord version) throws Exception {
        var code = version.code();
        if (version.version().layer().account().equals(home.account())) {
            return new FunctionLayer(version.version(), code);
        }
        var copy = registry.copy(code, home.account()).toCompletableFuture().get(60, TimeUnit.SECONDS);
        return new FunctionLayer(version.version(), copy.withUnzippedSize(code.leastUnzippedSize()));
    }

    private static LambdaApiException missing(String arn) {
        return invalid("Layer version " + arn + " does not exist.");
    }

    private static LambdaApiException invalid(String message) {
        return new LambdaApiException(ErrorCode.INVALID_PARAMETER_VALUE, message);
    }
}
