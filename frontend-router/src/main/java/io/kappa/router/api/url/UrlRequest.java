package io.kappa.router.api.url;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map.Entry;
import org.jspecify.annotations.Nullable;

/**
 * A request to a function URL.
 *
 * @param path as it was sent, not decoded
 * @param query as it was sent, null where there is none
 * @param headers as they came, names in any case, some perhaps several times
 * @param scheme by which it came to the platform
 * @param port at which it came to the platform
 */
public record UrlRequest(
        String method,
        String path,
        @Nullable String query,
        List<Entry<String, String>> headers,
        String protocol,
        String scheme,
        String sourceIp,
        int port,
        Buffer body) {}
