package io.kappa.access.router;

import io.kappa.kit.settings.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * How to reach the routers, which run functions.
 *
 * @param urls one is asked after the other
 * @param timeout of a call, from the request to the last byte of the answer; longer than any function runs
 */
public record RouterSettings(List<URI> urls, Duration timeout) {

    public RouterSettings {
        urls = List.copyOf(urls);
    }

    /** Each service has its own words for the two. */
    public static RouterSettings from(Settings settings, String urlsKey, String timeoutKey) {
        return new RouterSettings(
                settings.urls(urlsKey, "http://127.0.0.1:9000"), settings.duration(timeoutKey, Duration.ofMinutes(20)));
    }

    /** The same, with one router elsewhere: where it is may be known only once it runs. */
    public RouterSettings at(URI url) {
        return new RouterSettings(List.of(url), timeout);
    }
}
