package io.kappa.router.api.tag;

import io.kappa.router.api.function.Home;
import io.kappa.router.api.operation.Endpoint;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.registry.Registry;
import java.util.EnumMap;
import java.util.Map;

/** What answers the operations on tags. */
public final class TagEndpoints {

    public static Map<Operation, Endpoint> of(Home home, Registry registry) {
        var tags = new Tags(home, registry);
        var endpoints = new EnumMap<Operation, Endpoint>(Operation.class);
        endpoints.put(Operation.TAG_RESOURCE, tags::tag);
        endpoints.put(Operation.LIST_TAGS, tags::list);
        endpoints.put(Operation.UNTAG_RESOURCE, tags::untag);
        return endpoints;
    }

    private TagEndpoints() {}
}
