package io.kappa.router.api.operation;

import io.vertx.core.buffer.Buffer;
import java.util.Map;

/**
 * A request of the control plane, read in full.
 *
 * @param parameters of the path, decoded
 * @param query decoded; of a name given twice, the first
 * @param origin scheme and authority by which the caller reached this router
 */
public record ApiRequest(
        Operation operation,
        Map<String, String> parameters,
        Map<String, String> query,
        Buffer body,
        String requestId,
        String origin) {}
