package io.kappa.router.api.mapping;

import io.kappa.access.object.ObjectStorage;
import io.kappa.router.api.function.Home;
import io.kappa.router.api.operation.Endpoint;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.registry.Registry;
import io.kappa.router.source.SourceTopics;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;

/** What answers the operations on event source mappings. */
public final class MappingEndpoints {

    public static Map<Operation, Endpoint> of(
            Home home, Registry registry, SourceTopics topics, ObjectStorage objects, Clock clock) {
        var mappings = new EventSourceMappings(home, registry, topics, objects, clock);
        var endpoints = new EnumMap<Operation, Endpoint>(Operation.class);
        endpoints.put(Operation.CREATE_EVENT_SOURCE_MAPPING, mappings::create);
        endpoints.put(Operation.GET_EVENT_SOURCE_MAPPING, mappings::get);
        endpoints.put(Operation.LIST_EVENT_SOURCE_MAPPINGS, mappings::list);
        endpoints.put(Operation.UPDATE_EVENT_SOURCE_MAPPING, mappings::update);
        endpoints.put(Operation.DELETE_EVENT_SOURCE_MAPPING, mappings::delete);
        return endpoints;
    }

    private MappingEndpoints() {}
}
