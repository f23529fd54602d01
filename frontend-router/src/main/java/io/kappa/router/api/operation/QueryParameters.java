package io.kappa.router.api.operation;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query of a request, decoded. */
public final class QueryParameters {

    /**
     * Decoded values by name. Where anything of the query cannot be decoded, all of it stays as it is, and fails as what it is meant to name.
     *
     * @param query null where there is none
     */
    public static Map<String, List<String>> decoded(@Nullable String query) {
        if (query == null) {
            return Map.of();
        }
        try {
            return new QueryStringDecoder(query, false).parameters();
        } catch (IllegalArgumentException e) {
            return new QueryStringDecoder(query.replace("%", "%25"), false).parameters();
        }
    }

    /** The first value of that name, or null. */
    public static @Nullable String first(@Nullable String query, String name) {
        var values = decoded(query).get(name);
        return values == null ? null : values.getFirst();
    }

    private QueryParameters() {}
}
