package io.kappa.router.api.layer;

import io.kappa.router.api.code.CodeIntake;
import io.kappa.router.api.function.CodeLinks;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.operation.Endpoint;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.registry.Registry;
import java.util.EnumMap;
import java.util.Map;

/** What answers the operations on layers. */
public final class LayerEndpoints {

    public static Map<Operation, Endpoint> of(Home home, Registry registry, CodeLinks links, CodeIntake intake) {
        var layers = new Layers(home, registry, links, intake);
        var permissions = new LayerPermissions(home, registry);
        var endpoints = new EnumMap<Operation, Endpoint>(Operation.class);
        endpoints.put(Operation.PUBLISH_LAYER_VERSION, layers::publish);
        endpoints.put(Operation.GET_LAYER_VERSION, layers::get);
        endpoints.put(Operation.GET_LAYER_VERSION_BY_ARN, layers::getByArn);
        endpoints.put(Operation.DELETE_LAYER_VERSION, layers::delete);
        endpoints.put(Operation.LIST_LAYERS, layers::list);
        endpoints.put(Operation.LIST_LAYER_VERSIONS, layers::listVersions);
        endpoints.put(Operation.ADD_LAYER_VERSION_PERMISSION, permissions::add);
        endpoints.put(Operation.REMOVE_LAYER_VERSION_PERMISSION, permissions::remove);
        endpoints.put(Operation.GET_LAYER_VERSION_POLICY, permissions::get);
        return endpoints;
    }

    private LayerEndpoints() {}
}
