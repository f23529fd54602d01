package io.kappa.router.api.url;

import io.kappa.contracts.registry.FunctionUrlRecord.Cors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a browser is told that asks on behalf of a page of another origin. Where credentials are allowed, a wildcard means nothing to
 * browsers, so what was asked for is named instead.
 */
public final class CorsHeaders {
    private static final String ALLOW = "access-control-allow-";
    private static final String ANY = "*";

    /** Whether a header of a function's own gives way to those made here. */
    public static boolean isOne(String header) {
        return header.toLowerCase(Locale.ROOT).startsWith("access-control-");
    }

    /** For the answer to a request that says where it comes from. Empty where that may not be. */
    public static Map<String, String> of(Cors cors, String origin) {
        var headers = allowed(cors, origin);
        if (!headers.isEmpty()) {
            putList(headers, "access-control-expose-headers", cors.exposeHeaders());
        }
        return headers;
    }

    /**
     * For the answer to the question what a request may be.
     *
     * @param method that is asked for
     * @param wantedHeaders that are asked for, null where none are
     */
    public static Map<String, String> preflight(
            Cors cors, String origin, String method, @Nullable String wantedHeaders) {
        var headers = allowed(cors, origin);
        if (headers.isEmpty()) {
            return headers;
        }
        putList(headers, ALLOW + "methods", named(cors, cors.allowMethods(), method));
        putList(headers, ALLOW + "headers", named(cors, cors.allowHeaders(), wantedHeaders));
        if (cors.maxAge() != null) {
            headers.put("access-control-max-age", cors.maxAge().toString());
        }
        return headers;
    }

    private static Map<String, String> allowed(Cors cors, String origin) {
        var headers = new LinkedHashMap<String, String>();
        var origins = cors.allowOrigins() == null ? List.<String>of() : cors.allowOrigins();
        boolean any = origins.contains(ANY);
        if (!any && origins.stream().noneMatch(origin::equalsIgnoreCase)) {
            return headers;
        }
        boolean credentials = Boolean.TRUE.equals(cors.allowCredentials());
        boolean anybody = any && !credentials;
        headers.put(ALLOW + "origin", anybody ? ANY : origin);
        if (credentials) {
            headers.put(ALLOW + "credentials", "true");
        }
        if (!anybody) {
            headers.put("vary", "Origin");
        }
        return headers;
    }

    private static @Nullable List<String> named(Cors cors, @Nullable List<String> configured, @Nullable String wanted) {
        boolean wildcard = configured != null && configured.contains(ANY);
        return wildcard && wanted != null && Boolean.TRUE.equals(cors.allowCredentials())
                ? List.of(wanted)
                : configured;
    }

    private static void putList(Map<String, String> headers, String name, @Nullable List<String> values) {
        if (values != null && !values.isEmpty()) {
            headers.put(name, String.join(",", values));
        }
    }

    private CorsHeaders() {}
}
