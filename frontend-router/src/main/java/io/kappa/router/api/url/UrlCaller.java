package io.kappa.router.api.url;

import io.kappa.router.api.operation.QueryParameters;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who has signed a request. The signature is taken and not verified, as with the rest of the API: there is nothing yet that knows secret
 * keys.
 */
public record UrlCaller(String accessKey) {
    private static final Pattern CREDENTIAL =
            Pattern.compile("AWS4-HMAC-SHA256 .*Credential=([^/,\\s]+)/.*Signature=.+");

    /**
     * The signer of a request, in its header or in its query.
     *
     * @param authorization header of that name, or null
     * @param query raw, or null
     */
    public static Optional<UrlCaller> of(@Nullable String authorization, @Nullable String query) {
        if (authorization != null) {
            var signed = CREDENTIAL.matcher(authorization);
            return signed.matches() ? Optional.of(new UrlCaller(signed.group(1))) : Optional.empty();
        }
        if (query == null || !query.contains("X-Amz-Signature=")) {
            return Optional.empty();
        }
        return Optional.ofNullable(QueryParameters.first(query, "X-Amz-Credential"))
                .map(credential -> new UrlCaller(credential.split("/", 2)[0]));
    }
}
