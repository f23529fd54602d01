package io.kappa.mapper.invoke;

import io.kappa.kit.settings.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How to reach the routers, which run functions.
 *
 * @param urls one is asked after the other
 * @param timeout of a call, from the request to the last byte of the answer; longer than any function runs
 * @param mostCalls at once, from this process
 */
public record RouterSettings(List<URI> urls, Duration timeout, int mostCalls) {

    public RouterSettings {
        urls = List.copyOf(urls);
    }

    public static RouterSettings from(Settings settings) {
        return new RouterSettings(
                Arrays.stream(settings.text("mapper.routers", "http://127.0.0.1:9000")
                                .split(","))
                        .map(url -> URI.create(url.strip()))
                        .toList(),
                settings.duration("mapper.call-timeout", Duration.ofMinutes(20)),
                settings.integer("mapper.maximum-calls", 1_000, 1, 100_000));
    }

    /** The same, with one router elsewhere: where it is may be known only once it runs. */
    public RouterSettings at(URI url) {
        return new RouterSettings(List.of(url), timeout, mostCalls);
    }
}
