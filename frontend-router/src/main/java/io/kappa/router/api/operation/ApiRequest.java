package io.kappa.router.api.operation;

import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A request of the control plane, read in full.
 *
 * @param parameters of the path, decoded
 * @param queries decoded values of the query by name, of which some are given twice
 * @param origin scheme and authority by which the caller reached this router
 */
public record ApiRequest(
        Operation operation,
        Map<String, String> parameters,
        Map<String, List<String>> queries,
        Buffer body,
        String requestId,
        String origin) {

    /** Decoded; of a name given twice, the first. */
    public Map<String, String> query() {
        var first = new HashMap<String, String>();
        queries.forEach((name, values) -> first.put(name, values.getFirst()));
        return first;
    }
}
