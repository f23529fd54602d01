package io.kappa.router.api.url;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where function URLs are. Each is served at two addresses: at any host that begins with its id and {@code .lambda-url.}, as on Lambda, and
 * below {@link #PATH} at the router's own address, for clients that cannot resolve such a host.
 */
public final class UrlAddresses {
    /** Path of all URLs, up to the id. Lambda's own paths begin with a date. */
    public static final String PATH = "/kappa/urls/";

    /** What the setting must look like. */
    public static final Pattern TEMPLATE = Pattern.compile("https?://\\S*\\{id}\\S*");

    private static final String ID = "{id}";
    private static final int ID_LENGTH = 32;
    private static final String AFTER_ID = ".lambda-url.";

    private final Optional<String> template;

    /** @param template what callers are told, with {@code {id}} in it; else the path at the address by which they reached the router */
    public UrlAddresses(Optional<String> template) {
        this.template = template;
    }

    /** @param origin scheme and authority by which the caller reached this router */
    String of(String urlId, String origin) {
        var url = template.map(text -> text.replace(ID, urlId)).orElseGet(() -> origin + PATH + urlId);
        return url.endsWith("/") ? url : url + "/";
    }

    /** The id in the host of a request, or null. Asked of every request. */
    public static @Nullable String idInHost(@Nullable String host) {
        return host != null && host.regionMatches(true, ID_LENGTH, AFTER_ID, 0, AFTER_ID.length())
                ? host.substring(0, ID_LENGTH).toLowerCase(Locale.ROOT)
                : null;
    }

    /** The id in a path below {@link #PATH}. */
    public static String idIn(String path) {
        int slash = path.indexOf('/', PATH.length());
        return path.substring(PATH.length(), slash < 0 ? path.length() : slash);
    }

    /** What the function sees of a path below {@link #PATH}. */
    public static String pathIn(String path) {
        int slash = path.indexOf('/', PATH.length());
        return slash < 0 ? "/" : path.substring(slash);
    }
}
