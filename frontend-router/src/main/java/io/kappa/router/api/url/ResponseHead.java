package io.kappa.router.api.url;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Status, headers and cookies as a function gives them.
 *
 * @param headers by the names that they are sent under
 * @param cookies each a header {@code set-cookie} of its own
 */
public record ResponseHead(int status, Map<String, String> headers, List<String> cookies) {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VALUE = Pattern.compile("[^\\x00-\\x08\\x0a-\\x1f\\x7f]*");

    /** What belongs to the connection, or is the platform's to say, goes out under another name. */
    private static final Set<String> REMAPPED = Set.of(
            "connection",
            "date",
            "keep-alive",
            "proxy-authenticate",
            "server",
            "te",
            "trailer",
            "upgrade",
            "www-authenticate");

    /** What only the platform can know. */
    private static final Set<String> DROPPED = Set.of("content-length", "transfer-encoding");

    /** Of a result that gives none. */
    public static ResponseHead of(String contentType) {
        return new ResponseHead(200, Map.of("content-type", contentType), List.of());
    }

    /**
     * Reads a head.
     *
     * @param contentType for one that names none
     */
    static ResponseHead of(JsonNode result, String contentType) {
        return new ResponseHead(
                status(result.get("statusCode")), headers(result.get("headers"), contentType), cookies(result));
    }

    private static int status(@Nullable JsonNode status) {
        if (status == null) {
            return 200;
        }
        if (!status.isInt() || status.intValue() < 200 || status.intValue() > 599) {
            throw new MalformedResultException("statusCode is no status of a response");
        }
        return status.intValue();
    }

    private static Map<String, String> headers(@Nullable JsonNode given, String contentType) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("content-type", contentType);
        if (given == null || given.isNull()) {
            return headers;
        }
        if (!given.isObject()) {
            throw new MalformedResultException("headers are no object");
        }
        for (var header : given.properties()) {
            var name = header.getKey().toLowerCase(Locale.ROOT);
            if (!NAME.matcher(name).matches()) {
                throw new MalformedResultException("not the name of a header");
            }
            if (!DROPPED.contains(name) && !header.getValue().isNull()) {
                headers.put(REMAPPED.contains(name) ? "x-amzn-remapped-" + name : name, value(header.getValue()));
            }
        }
        return headers;
    }

    private static List<String> cookies(JsonNode result) {
        var cookies = new ArrayList<String>();
        var given = result.get("cookies");
        if (given == null || given.isNull()) {
            return cookies;
        }
        if (!given.isArray()) {
            throw new MalformedResultException("cookies are no array");
        }
        given.forEach(cookie -> cookies.add(value(cookie)));
        return cookies;
    }

    private static String value(JsonNode value) {
        if (!value.isValueNode() || !VALUE.matcher(value.asText()).matches()) {
            throw new MalformedResultException("not the value of a header");
        }
        return new String(
                value.asText().getBytes(UTF_8), ISO_8859_1); // Each character of which is one byte on the wire.
    }
}
