package io.kappa.contracts.registry;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.kappa.contracts.function.FunctionArn;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The URL of a function, or of one of its aliases: whoever knows it can invoke the function by any HTTP client.
 *
 * @param qualifier an alias or {@code $LATEST}
 * @param urlId first part of the URL's host, which nobody can guess, and which no other URL has had or will have
 * @param cors null where the function itself answers for what browsers may do
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FunctionUrlRecord(
        @JsonProperty("v") int formatVersion,
        FunctionArn function,
        String qualifier,
        String urlId,
        AuthType authType,
        InvokeMode invokeMode,
        @Nullable Cors cors,
        Instant created,
        Instant lastModified)
        implements RegistryRecord {

    /** Ends the keys of these records, and of no others. */
    static final String KEY_SUFFIX = "#function-url";

    private static final Pattern URL_ID = Pattern.compile("[a-z0-9]{32}");

    /** Who may call, in Lambda's words. */
    public enum AuthType {
        NONE,
        AWS_IAM
    }

    /** How the function's result becomes the response, in Lambda's words. */
    public enum InvokeMode {
        BUFFERED,
        RESPONSE_STREAM
    }

    /**
     * What browsers may do with answers to pages of other origins. What is null was not given.
     *
     * @param allowCredentials whether cookies and the like may come along
     * @param maxAge seconds for which a browser may remember all this
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Cors(
            @Nullable Boolean allowCredentials,
            @Nullable List<String> allowHeaders,
            @Nullable List<String> allowMethods,
            @Nullable List<String> allowOrigins,
            @Nullable List<String> exposeHeaders,
            @Nullable Integer maxAge) {
        public Cors {
            allowHeaders = copy(allowHeaders);
            allowMethods = copy(allowMethods);
            allowOrigins = copy(allowOrigins);
            exposeHeaders = copy(exposeHeaders);
        }

        /** Whether nothing is said at all. */
        @JsonIgnore
        public boolean isEmpty() {
            return allowCredentials == null
                    && maxAge == null
                    && isEmpty(allowHeaders)
                    && isEmpty(allowMethods)
                    && isEmpty(allowOrigins)
                    && isEmpty(exposeHeaders);
        }

        private static boolean isEmpty(@Nullable List<String> list) {
            return list == null || list.isEmpty();
        }

        private static @Nullable List<String> copy(@Nullable List<String> list) {
            return list == null ? null : List.copyOf(list);
        }
    }

    public FunctionUrlRecord {
        if (!URL_ID.matcher(urlId).matches()) {
            throw new IllegalArgumentException("not the id of a URL: '" + urlId + "'");
        }
    }

    public FunctionUrlRecord(
            FunctionArn function,
            String qualifier,
            String urlId,
            AuthType authType,
            InvokeMode invokeMode,
            @Nullable Cors cors,
            Instant created,
            Instant lastModified) {
        this(1, function, qualifier, urlId, authType, invokeMode, cors, created, lastModified);
    }

    /** The key of the record of the URL of a qualifier. */
    public static String key(FunctionArn function, String qualifier) {
        return function.qualified(qualifier) + KEY_SUFFIX;
    }

    @Override
    public String key() {
        return key(function, qualifier);
    }
}
